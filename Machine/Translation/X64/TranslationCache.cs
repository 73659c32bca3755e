using System.Runtime.Intrinsics.X86;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// All translations that a thread of the host has made, shared by the machines that it runs. Threads have each their own,
/// so that none of this is ever locked.
/// </summary>
internal sealed unsafe class TranslationCache
{
    /// <summary>Bytes of executable memory per thread; when they are used up everything is forgotten.</summary>
    internal const int ArenaSizeBytes = 64 << 20;

    private const int LookupSite = 0;

    [ThreadStatic]
    private static TranslationCache? t_current;

    [ThreadStatic]
    private static bool t_isUnavailable;

    private readonly CodeArena _arena;
    private readonly List<ExitSite> _sites = [];
    private readonly BlockCompiler _compiler;
    private readonly int _firstFree;
    private readonly delegate* unmanaged[SuppressGCTransition]<HartState*, void*, int> _enter;
    private readonly Dictionary<(ulong Address, IsaExtensions Extensions, ulong Digest), List<TranslatedPage>> _pages = [];

    private TranslationCache(CodeArena arena)
    {
        _arena = arena;
        _sites.Add(new(ExitKind.Lookup, 0, 0));
        var code = new X64Emitter();

        CodeConstants.Emit(code);
        var trampolines = Trampolines.Emit(code, LookupSite);
        _arena.Append(code.Code);
        _firstFree = _arena.Position;
        _enter = (delegate* unmanaged[SuppressGCTransition]<HartState*, void*, int>)(_arena.Address + trampolines.Enter);
        _compiler = new(arena, trampolines, _sites);
        JumpCache = new();
    }

    /// <summary>Changes when every translation has been forgotten.</summary>
    internal int Generation { get; private set; }

    internal JumpCache JumpCache { get; }

    /// <summary>This thread's cache, or null where the host is not one that code can be made for.</summary>
    internal static TranslationCache? Current
    {
        get
        {
            if (t_current is not null || t_isUnavailable)
                return t_current;
            var isSuitable = Bmi2.X64.IsSupported && Lzcnt.X64.IsSupported && Popcnt.X64.IsSupported && Fma.IsSupported
                && Bmi1.X64.IsSupported;
            if (isSuitable && CodeArena.TryCreate(ArenaSizeBytes) is { } arena)
                t_current = new(arena);
            t_isUnavailable = t_current is null;
            return t_current;
        }
    }

    internal ExitSite Site(int number) => _sites[number];

    /// <summary>The page with this content at this address, the same one for every machine that has it.</summary>
    internal TranslatedPage PageOf(ulong virtualAddress, IsaExtensions extensions, ReadOnlySpan<byte> content)
    {
        var key = (virtualAddress, extensions, State.StateHasher.Digest(virtualAddress, content));
        if (!_pages.TryGetValue(key, out var candidates))
            _pages[key] = candidates = [];
        foreach (var candidate in candidates)
        {
            if (content.SequenceEqual(candidate.Content))
                return candidate;
        }

        var page = new TranslatedPage(virtualAddress, extensions, content.ToArray(), isShared: true);
        candidates.Add(page);
        return page;
    }

    /// <summary>Code for an instruction of the page, translated when it is asked for often enough.</summary>
    /// <param name="page">The page.</param>
    /// <param name="offset">The instruction's offset in it.</param>
    /// <param name="visitsToTranslate">How often an instruction is asked for before it is translated.</param>
    /// <returns>Null where the interpreter should go on.</returns>
    internal void* CodeFor(TranslatedPage page, int offset, int visitsToTranslate)
    {
        ref var entry = ref page.Entries[offset / 2];
        if (entry == 0)
        {
            ref var visits = ref page.Visits[offset / 2];
            if (visits == NeverTranslated || ++visits < visitsToTranslate)
                return null;
            if (!_arena.HasRoomFor(BlockCompiler.MostCodeBytes))
            {
                ForgetEverything();
                return null;
            }

            if (!_compiler.Compile(page, offset))
            {
                visits = NeverTranslated;
                return null;
            }
        }

        return _arena.Address + entry;
    }

    internal void* AddressOf(int position) => _arena.Address + position;

    /// <summary>Runs translated code until it leaves; answers the exit site.</summary>
    internal ExitSite Enter(HartState* state, void* code) => _sites[_enter(state, code)];

    private const ushort NeverTranslated = ushort.MaxValue;

    private void ForgetEverything()
    {
        _arena.Truncate(_firstFree);
        _sites.RemoveRange(1, _sites.Count - 1);
        _pages.Clear();
        JumpCache.Clear();
        Generation++;
    }
}
