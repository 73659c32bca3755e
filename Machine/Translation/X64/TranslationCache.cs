using System.Runtime.Intrinsics.X86;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// All translations of the process, shared by the machines that its threads run. Whoever translates holds a lock; code that
/// is there is found and executed without one, and changes in nothing but the displacements of jumps, each written at once.
/// </summary>
/// <remarks>
/// Memory for code is bounded: a cache that is full is retired, and a new one begins. Its code stays as long as a thread
/// executes it, and then goes with the garbage.
/// </remarks>
internal sealed unsafe class TranslationCache
{
    /// <summary>Bytes of executable memory; when they are used up everything is translated anew.</summary>
    internal const int ArenaSizeBytes = 32 << 20;

    private const int LookupSite = 0;
    private const int MostPages = 4096;
    private const ushort NeverTranslated = ushort.MaxValue;

    private static readonly Lock s_succession = new();
    private static readonly bool s_isSuitable = Bmi2.X64.IsSupported && Lzcnt.X64.IsSupported && Popcnt.X64.IsSupported
        && Fma.IsSupported && Bmi1.X64.IsSupported && Sse41.IsSupported;

    private static TranslationCache? s_current;
    private static ulong s_created;
    private static bool s_isUnavailable = !s_isSuitable;

    private readonly Lock _translating = new();
    private readonly CodeArena _arena;
    private readonly ExitSites _sites = new();
    private readonly BlockCompiler _compiler;
    private readonly delegate* unmanaged[SuppressGCTransition]<HartState*, void*, int> _enter;
    private readonly Dictionary<(ulong Address, IsaExtensions Extensions, CodeInterests? Interests, ulong Digest), List<TranslatedPage>> _pages = [];

    private TranslationCache(CodeArena arena)
    {
        _arena = arena;
        _sites.Add(new(ExitKind.Lookup, 0, 0));
        var code = new X64Emitter();
        CodeConstants.Emit(code);
        var trampolines = Trampolines.Emit(code, LookupSite);
        _arena.Append(code.Code);
        _enter = (delegate* unmanaged[SuppressGCTransition]<HartState*, void*, int>)(_arena.Address + trampolines.Enter);
        _compiler = new(arena, trampolines, _sites);
    }

    /// <summary>The cache that translations are put into now, or null where the host is not one that code can be made for.</summary>
    internal static TranslationCache? Current =>
        Volatile.Read(ref s_current) is { IsRetired: false } current ? current : Succeed();

    private static TranslationCache? Succeed()
    {
        if (s_isUnavailable) return null;
        lock (s_succession)
        {
            if (s_current is { IsRetired: false }) return s_current;
            var arena = CodeArena.TryCreate(ArenaSizeBytes);
            Volatile.Write(ref s_current, arena is null ? null : new(arena));
            s_isUnavailable = arena is null;
            return s_current;
        }
    }

    /// <summary>No other has had the same; never 0.</summary>
    internal ulong Number { get; } = Interlocked.Increment(ref s_created);

    /// <summary>It is full: <see cref="Current"/> is another one.</summary>
    internal bool IsRetired { get; private set; }

    /// <summary>The page with this content at this address, the same one for every machine that has it.</summary>
    /// <param name="virtualAddress">The address.</param>
    /// <param name="extensions">What is decoded.</param>
    /// <param name="interests">What is told.</param>
    /// <param name="content">The page's bytes; those that are not known are 0.</param>
    /// <param name="known">See <see cref="TranslatedPage.Known"/>.</param>
    internal TranslatedPage PageOf(ulong virtualAddress, IsaExtensions extensions, CodeInterests? interests, ReadOnlySpan<byte> content, (int Start, int End) known)
    {
        var key = (virtualAddress, extensions, interests, State.StateHasher.Digest(virtualAddress, content));
        lock (_translating)
        {
            if (!_pages.TryGetValue(key, out var candidates))
                _pages[key] = candidates = [];
            foreach (var candidate in candidates)
            {
                if (candidate.Known == known && content.SequenceEqual(candidate.Content))
                    return candidate;
            }

            IsRetired |= _pages.Count > MostPages;
            var page = new TranslatedPage(virtualAddress, extensions, content.ToArray(), isShared: true) { Interests = interests, Known = known };
            candidates.Add(page);
            return page;
        }
    }

    /// <summary>Code for an instruction of the page, translated when it is asked for often enough.</summary>
    /// <param name="page">The page.</param>
    /// <param name="offset">The instruction's offset in it.</param>
    /// <param name="visitsToTranslate">How often an instruction is asked for before it is translated.</param>
    /// <param name="content">The page's bytes now.</param>
    /// <returns>Null where the interpreter should go on.</returns>
    internal void* CodeFor(TranslatedPage page, int offset, int visitsToTranslate, ReadOnlySpan<byte> content)
    {
        var entry = Volatile.Read(ref page.Entries[offset / 2]);
        if (entry != 0)
            return _arena.Address + entry;
        ref var visits = ref page.Visits[offset / 2];
        if (visits == NeverTranslated || ++visits < visitsToTranslate * page.Patience)
            return null;
        lock (_translating)
        {
            if (page.Entries[offset / 2] == 0)
            {
                IsRetired |= !_arena.HasRoomFor(BlockCompiler.MostCodeBytes);
                if (IsRetired)
                    return null;
                if (!page.IsShared)
                    content.CopyTo(page.Content);
                if (!_compiler.Compile(page, offset))
                {
                    visits = NeverTranslated;
                    return null;
                }
            }

            return _arena.Address + page.Entries[offset / 2];
        }
    }

    /// <summary>The bytes of all code so far.</summary>
    internal byte[] CopyOfCode() => new ReadOnlySpan<byte>(_arena.Address, _arena.Position).ToArray();

    /// <summary>A cache that no machine uses.</summary>
    internal static TranslationCache? TryCreate() =>
        s_isSuitable && CodeArena.TryCreate(ArenaSizeBytes) is { } arena ? new(arena) : null;

    internal void* AddressOf(int position) => _arena.Address + position;

    /// <summary>Runs translated code until it leaves; answers the exit site.</summary>
    internal ref readonly ExitSite Enter(HartState* state, void* code) => ref _sites[_enter(state, code)];
}
