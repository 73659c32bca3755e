using System.Runtime.CompilerServices;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Translation.X64;

namespace Verification.Machine.Translation;

/// <summary>
/// The tier that executes translated code where there is some, and interprets the rest: cold code, system instructions,
/// devices, whatever traps. One for each board: it knows which translations the board's pages stand for.
/// </summary>
internal sealed unsafe class Translator(PhysicalMemory memory, IReadOnlyList<Hart> harts)
    : ExecutionTier, ICodeListener
{
    /// <summary>How often code is asked for before it is translated.</summary>
    internal int VisitsToTranslate { get; set; } = 12;

    /// <summary>Instructions that translated code has executed on this board.</summary>
    internal ulong Translated { get; private set; }

    private const uint MaskAllExceptions = 0x1F80;

    // The host's garbage collector waits for translated code to come back: some milliseconds at most.
    private const long MostInstructions = 1 << 22;

    private const int MostRewrites = 100;

    // In place of where code goes on: its last exit stands, or an instruction was done with which the run through it ends.
    private const int Leaves = 0, Ends = -1;

    private const int KnownPages = 32;

    // A turn this short hardly pays for a whole block: it begins with the code that is paid by the instruction.
    private const ulong ShortTurn = 24;

    // MXCSR's rounding control for frm: to nearest, toward zero, down, up; other modes are the interpreter's.
    private static ReadOnlySpan<byte> RoundingControl => [0, 3, 1, 2, 0, 0, 0, 0];

    private readonly Dictionary<(ulong Number, ulong VirtualPage), TranslatedPage> _pages = [];
    private readonly Dictionary<ulong, int> _rewrites = [];

    // What was last found in _pages, by the virtual page's number: harts that take short turns come back to few pages.
    private readonly KnownPage[] _known = new KnownPage[KnownPages];
    private ulong _cacheNumber;
    private JumpCache _jumps = JumpCache.Current;
    private JumpCache _turns = JumpCache.Turns;
    private Interests? _interests;
    private int _interestsVersion;

    /// <inheritdoc/>
    internal override void Begin() => (_jumps, _turns) = (JumpCache.Current, JumpCache.Turns);

    /// <inheritdoc/>
    internal override ulong Run(Hart hart, ulong budget) =>
        TranslationCache.Current is { } cache ? Run(hart, budget, cache, default(Unobserved), null) : Interpreter.Instance.Run(hart, budget);

    // Turns may be short: all of their way is one piece.
    /// <summary>Executes translated code where there is some, and all else by other means.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong Run<TRest>(Hart hart, ulong budget, TranslationCache cache, TRest rest, Interests? interests)
        where TRest : struct, IRest
    {
        if (_interests != interests) ChangeInterests(interests);
        if (_cacheNumber != cache.Number) Adopt(cache);
        var state = hart.State;
        state->JumpCache = (nint)_jumps.Address;
        state->HostMxcsr = MaskAllExceptions;
        var left = budget;
        while (left != 0)
        {
            if (state->Leave != 0 && !hart.Attend()) break;
            if (cache.IsRetired)
            {
                if (TranslationCache.Current is not { } successor) return budget - left + rest.Run(hart, left);
                Adopt(cache = successor);
            }

            if (typeof(TRest) != typeof(Unobserved) && interests!.Version != _interestsVersion)
            {
                _interestsVersion = interests.Version;
                ForgetJumps();
            }
            var found = left == budget ? FindTurn(cache, hart, left) : FindIn(_jumps, cache, hart, state->Pc);
            left -= found == null ? rest.RunBlock(hart, left) : RunTranslated(cache, hart, found, left, rest);
        }

        GC.KeepAlive(cache);
        return budget - left;
    }

    /// <inheritdoc/>
    public bool PageWritten(ulong number, int offset, int sizeBytes)
    {
        var changed = false;
        foreach (var (key, page) in _pages)
        {
            if (key.Number != number) continue;
            changed |= page.IsShared || page.Covered.Overlaps(offset, sizeBytes);
        }

        if (changed)
        {
            _rewrites[number] = Math.Min(_rewrites.GetValueOrDefault(number) + 1, MostRewrites);
            PageReplaced(number);
        }

        return changed;
    }

    /// <inheritdoc/>
    public bool TryCover(ulong number, ref StoreFilter filter)
    {
        // Without a store that was told, the next translation might be one that others share.
        if (!_rewrites.ContainsKey(number)) return false;
        foreach (var (key, page) in _pages)
        {
            if (key.Number != number) continue;
            if (page.IsShared) return false;
            filter.Add(page.Covered);
        }

        return true;
    }

    /// <inheritdoc/>
    public void PageReplaced(ulong number)
    {
        var dropped = false;
        foreach (var key in _pages.Keys)
        {
            if (key.Number == number) dropped |= _pages.Remove(key);
        }

        if (!dropped) return;
        Array.Clear(_known);
        ForgetJumps();
    }

    /// <inheritdoc/>
    public void AllReplaced()
    {
        ForgetPages();
        _rewrites.Clear();
        ForgetJumps();
    }

    // What was found in another cache leads to code of its own.
    private void Adopt(TranslationCache cache)
    {
        _cacheNumber = cache.Number;
        ForgetPages();
        ForgetJumps();
    }

    // Code that tells less, or more, is other code.
    private void ChangeInterests(Interests? interests)
    {
        var code = harts[0].Host.Code;
        if (_interests is not null) code.Observe(_interests.StorePages, observes: false);
        (_interests, _interestsVersion) = (interests, interests?.Version ?? 0);
        ForgetPages();
        ForgetJumps();
        if (interests is null) return;
        code.Observe(interests.StorePages, observes: true);
        foreach (var hart in harts) hart.BeginObservation(interests);
    }

    private void ForgetPages()
    {
        _pages.Clear();
        Array.Clear(_known);
    }

    private void ForgetJumps()
    {
        foreach (var hart in harts) hart.ForgetJumps();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void* FindTurn(TranslationCache cache, Hart hart, ulong left)
    {
        var tail = left <= ShortTurn ? Find(cache, hart, hart.State->Pc, isTail: true) : null;
        return tail != null ? tail : FindIn(_turns, cache, hart, hart.State->Pc);
    }

    // Code asks the cache of jumps, too: what an observer is told of must not be found there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void* FindIn(JumpCache known, TranslationCache cache, Hart hart, ulong pc)
    {
        var key = hart.JumpKey;
        var found = known.Find(pc, key);
        if (found != null) return found;
        found = Find(cache, hart, pc, isTail: false);
        if (found != null && _interests?.IsTold(pc) != true) known.Put(pc, key, found);
        return found;
    }

    private void* Find(TranslationCache cache, Hart hart, ulong pc, bool isTail)
    {
        // A page that is not in the TLB is looked up by the interpreter, which can take the trap that may come of it.
        var virtualPage = pc & ~0xFFFUL;
        if (hart.State->FetchTlb[TlbEntry.Slot(pc)].FetchTag != virtualPage) return null;
        var number = hart.CachedFetchPage(pc);
        ref readonly var known = ref _known[(int)(pc >> 12) & (KnownPages - 1)];
        var page = known.Page;
        if (page is null || known.VirtualPage != virtualPage || known.Number != number) page = Know(cache, hart, pc, number);
        if (isTail) page = page.Tails;
        var entry = Volatile.Read(ref page.Entries[(int)(pc & 0xFFF) / 2]);
        if (entry != 0) return cache.AddressOf(entry);
        var code = cache.CodeFor(page, (int)(pc & 0xFFF), VisitsToTranslate, memory.FrameForRead(number)!.Bytes);
        if (code != null && !page.IsShared) hart.Host.Code.Cover(number, page.Covered);
        return code;
    }

    // An image's first and last pages hold whatever the machine has around it: what is shared is the image's part of them.
    private TranslatedPage PageOf(TranslationCache cache, ulong number, ulong virtualPage, IsaExtensions extensions)
    {
        var content = memory.FrameForRead(number)!.Bytes;
        var known = memory.LoadedPart(number);
        if (known == (0, TranslatedPage.SizeBytes)) return cache.PageOf(virtualPage, extensions, _interests?.Code, content, known);
        Span<byte> part = stackalloc byte[TranslatedPage.SizeBytes];
        part.Clear();
        content[known.Start..known.End].CopyTo(part[known.Start..]);
        return cache.PageOf(virtualPage, SharedCode.CommonOf(extensions), _interests?.Code, part, known);
    }

    private TranslatedPage Know(TranslationCache cache, Hart hart, ulong pc, ulong number)
    {
        var virtualPage = pc & ~0xFFFUL;
        if (!_pages.TryGetValue((number, virtualPage), out var translated))
        {
            var extensions = hart.CachedCode(pc)!.Extensions;
            _pages[(number, virtualPage)] = translated = _rewrites.TryGetValue(number, out var rewrites)
                ? new TranslatedPage(virtualPage, extensions, memory.FrameForRead(number)!.Bytes.ToArray(), isShared: false) { Patience = rewrites, Interests = _interests?.Code }
                : PageOf(cache, number, virtualPage, extensions);
        }

        _known[(int)(pc >> 12) & (KnownPages - 1)] = new(number, virtualPage, translated);
        return translated;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong RunTranslated<TRest>(TranslationCache cache, Hart hart, void* found, ulong left, TRest rest)
        where TRest : struct, IRest
    {
        var isObserved = typeof(TRest) != typeof(Unobserved);
        var exit = Enter(cache, hart, found, left, isObserved, out var executed);
        if (executed == left) return executed;
        if (exit == ExitKind.Budget) exit = RunTail(cache, hart, left, isObserved, ref executed);

        // Whatever the code left for, the interpreter does, up to the block's end: code that began in the middle of a block would
        // be in the way of the block's own. It leaves again at once for what it must not do either.
        return exit is ExitKind.Lookup or ExitKind.Untranslated || hart.State->Leave != 0 || executed == left
            ? executed
            : executed + rest.RunBlock(hart, left - executed);
    }

    // The end of a turn whose tail the block does not know yet. A pause in the middle goes on with whole blocks.
    private ExitKind RunTail(TranslationCache cache, Hart hart, ulong left, bool isObserved, ref ulong executed)
    {
        if (left > MostInstructions) return ExitKind.Budget;
        var tail = Find(cache, hart, hart.State->Pc, isTail: true);
        if (tail == null) return ExitKind.Budget;
        var exit = Enter(cache, hart, tail, left - executed, isObserved, out var more);
        executed += more;
        return exit;
    }

    // Runs translated code, until it leaves for something that it does not come back from.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ExitKind Enter(TranslationCache cache, Hart hart, void* found, ulong left, bool isObserved, out ulong executed)
    {
        var state = hart.State;
        var given = (long)Math.Min(left, MostInstructions);
        var retired = state->Retired;
        state->Budget = given;
        if (hart.JumpKey is var key && state->JumpKey != key) (state->JumpKey, state->JumpSalt) = (key, JumpCache.SaltOf(key));
        GiveRounding(state);
        ref readonly var site = ref cache.Enter(state, found);
        while (true)
        {
            executed = (ulong)(given - state->Budget - site.Refund);
            state->Retired = retired + executed;
            var resume = site.Kind switch
            {
                ExitKind.Perform => Perform(hart, in site, isLast: executed + 1 == left),
                ExitKind.Miss => Access(hart, in site, isObserved),
                _ => Leaves,
            };
            if (resume == Leaves) break;
            if (resume == Ends)
            {
                Translated += ++executed;
                return ExitKind.Lookup;
            }

            state->Resume = (nint)cache.AddressOf(resume);
            site = ref cache.Enter(state, cache.AddressOf(site.Reload != 0 ? site.Reload : resume));
        }

        TakeFlags(state);
        if (site.Kind != ExitKind.Lookup) state->Pc = site.Pc;
        Translated += executed;
        return site.Kind;
    }

    /// <summary>Code of a page under a virtual address.</summary>
    private readonly record struct KnownPage(ulong Number, ulong VirtualPage, TranslatedPage Page);

    /// <summary>Who executes what no translated code does.</summary>
    internal interface IRest
    {
        /// <summary>Executes up to the end of a block, at most so many instructions.</summary>
        ulong RunBlock(Hart hart, ulong left);

        /// <summary>As <see cref="ExecutionTier.Run"/>, where there can be no translated code.</summary>
        ulong Run(Hart hart, ulong budget);
    }

    private readonly struct Unobserved : IRest
    {
        public ulong RunBlock(Hart hart, ulong left) => Interpreter.RunBlock(hart, left);

        public ulong Run(Hart hart, ulong budget) => Interpreter.Instance.Run(hart, budget);
    }

    // The instruction as the interpreter does it.
    private static int Perform(Hart hart, in ExitSite site, bool isLast)
    {
        var state = hart.State;
        TakeFlags(state);
        var next = site.Pc + site.Instruction.SizeBytes;
        state->Pc = site.Pc;
        hart.Execute(site.Instruction);
        if (isLast) return Ends;
        // After a write of sstatus, for one: mostly there is no interrupt.
        if (state->Leave != 0 && (state->Leave != (uint)LeaveReason.Interrupts || !hart.Attend() || state->Pc != next)) return Ends;
        GiveRounding(state);
        return site.Resume;
    }

    // An access that found no page in the TLB: enters it there, or does the access if it is one that a TLB can't serve.
    private static int Access(Hart hart, in ExitSite site, bool isObserved)
    {
        var state = hart.State;
        if (hart.TryFill(state->MissAddress, site.Access.SizeBytes, site.Access.Kind)) return site.Resume;
        if (site.Access.Operand.IsNone || isObserved) return Leaves;
        if (hart.AccessSlow(site.Pc, state->MissAddress, site.Access) && state->Leave == 0) return site.Access.After;
        TakeFlags(state);
        state->Retired++;
        return Ends;
    }

    private static void GiveRounding(HartState* state) =>
        state->GuestMxcsr = MaskAllExceptions | (uint)RoundingControl[(int)(state->FloatControl >> 5 & 7)] << 13;

    // MXCSR: invalid, denormal, divide by zero, overflow, underflow, inexact. fflags: inexact lowest, no denormal.
    private static void TakeFlags(HartState* state)
    {
        var flags = state->GuestMxcsr & 0x3D;
        if (flags == 0) return;
        state->FloatStatus = 3;
        state->FloatControl |= (flags & 0x20) >> 5 | (flags & 0x10) >> 3 | (flags & 8) >> 1 | (flags & 4) << 1 | (flags & 1) << 4;
    }
}
