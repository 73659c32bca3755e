using Verification.Machine.Memory;

namespace Verification.Machine.Harts;

/// <summary>
/// What the board's harts remember of memory - decoded code, translations, reservations - kept coherent with it: pages that
/// something was derived from are marked, so that stores to them come by here.
/// </summary>
internal sealed unsafe class CodeCache : IPageWatcher
{
    /// <summary>Steps decoded for this board alone before everything is dropped: bounds the memory of self-modifying guests.</summary>
    private const int StepsMax = 1 << 21;

    /// <summary>Stores into decoded code of a page before all that was decoded from it is forgotten.</summary>
    private const int RewritesMax = 16;

    private readonly Dictionary<ulong, CodePage> _pages = [];
    private readonly List<ulong> _tablePages = [];

    // Of pages with code and data, the words that are code: other words are stored to in place.
    private readonly Dictionary<ulong, StoreFilter[]> _filters = [];
    private readonly PhysicalMemory _memory;
    private readonly HartOptions _options;
    private readonly List<Hart> _active = [];
    private (ulong Address, int SizeBytes, Action Used)? _choice;
    private Hart[] _harts = [];
    private int _steps;

    internal CodeCache(PhysicalMemory memory, HartOptions options, Slice slice)
    {
        (_memory, _options, Slice) = (memory, options, slice);
        memory.Watcher = this;
    }

    /// <summary>What is executed now.</summary>
    internal Slice Slice { get; }

    /// <summary>Told of each trap while an observed run lasts.</summary>
    internal Action<Hart, TrapEvent>? TrapTaken { get; set; }

    /// <summary>Told when a watched page (<see cref="PageMarks.Watched"/>) was written.</summary>
    internal Action<ulong, int>? Watched { get; set; }

    /// <summary>Who derives more from code than blocks, and must forget it when code changes.</summary>
    internal ICodeListener? Listener { get; set; }

    internal void Attach(Hart[] harts) => _harts = harts;

    /// <summary>The hart has TLBs from now on; one that never executed has none, and costs nothing here.</summary>
    internal void Activate(Hart hart) => _active.Add(hart);

    internal void Deactivate(Hart hart) => _active.Remove(hart);

    /// <summary>The decoded code of a page.</summary>
    internal CodePage PageOf(ulong number, Frame frame)
    {
        ref var page = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_pages, number, out _);
        if (page is not null) return page;
        if (_memory.Owns(frame))
        {
            Mark(number, PageMarks.Code);
            return page = new CodePage(number, _options.Extensions);
        }
        // Nobody can change the frame: what is decoded from it serves every machine that shares it.
        return page = SharedCode.Of(frame).PageFor(number, _options.Extensions);
    }

    /// <summary>Decodes the block at an offset of a page.</summary>
    internal Block Decode(CodePage page, int offset)
    {
        var frame = page.SharedSource ?? _memory.FrameForRead(page.Number)!;
        var block = BlockDecoder.Decode(frame.Bytes, offset, page.Extensions, out var covered);
        page.Add(offset, block, covered);
        if (page.SharedSource is null) Cover(page.Number, page.Covered);
        if (page.SharedSource is null && (_steps += block.Steps.Length) > StepsMax) DropCode();
        return block;
    }

    /// <summary>Which stores to a page with code must be told, at a fixed address; null where all must be.</summary>
    internal StoreFilter* FilterOf(ulong number)
    {
        if (!_pages.TryGetValue(number, out var page) || page.SharedSource is not null) return null;
        if (_filters.TryGetValue(number, out var known)) return StoreFilter.AddressOf(known);
        var filter = StoreFilter.New();
        filter[0].Add(page.Covered);
        if (Listener?.TryCover(number, ref filter[0]) == false) return null;
        _filters[number] = filter;
        return StoreFilter.AddressOf(filter);
    }

    /// <summary>More of a page has become code.</summary>
    internal void Cover(ulong number, PageCoverage covered)
    {
        if (!_filters.TryGetValue(number, out var filter)) return;
        filter[0].Add(covered);
        foreach (var hart in _active) hart.ForgetShared();
    }

    /// <summary>Every page that code was decoded from becomes immutable: share the work with whoever shares the frames.</summary>
    internal void PublishCode()
    {
        foreach (var (number, page) in _pages)
        {
            if (page.SharedSource is not null || _memory.FrameForRead(number) is not { } frame || _memory.Owns(frame)) continue;
            page.SharedSource = frame;
            SharedCode.Of(frame).Offer(page);
        }
        _steps = 0;
    }

    /// <summary>A cached walk depends on the page.</summary>
    internal void MarkTable(ulong number)
    {
        if ((_memory.MarksOf(number) & PageMarks.Choice) != 0) Accessed(number << 12, 4096);
        if ((_memory.MarksOf(number) & PageMarks.Table) != 0) return;
        _tablePages.Add(number);
        Mark(number, PageMarks.Table);
    }

    /// <summary>The page walker itself set accessed or dirty bits: translations stay, code there does not.</summary>
    internal void WalkerWrote(ulong address) => _memory.NotifyWrite(address, 8, PageMarks.Table);

    /// <summary>While the hart doesn't execute, stores of others to what it reserved must be seen.</summary>
    internal void MarkReservation(Hart hart)
    {
        if (hart.ReservationIsMarked) return;
        hart.ReservationIsMarked = true;
        var number = hart.ReservedAddress >> 12;
        Mark(number, PageMarks.Reserved);
    }

    internal void UnmarkReservation(Hart hart)
    {
        hart.ReservationIsMarked = false;
        var number = hart.ReservedAddress >> 12;
        foreach (var other in _harts)
            if (other.ReservationIsMarked && other.ReservedAddress >> 12 == number) return;
        _memory.Unmark(number, PageMarks.Reserved);
    }

    /// <summary>After a restore: marks follow the reservations that the harts have now.</summary>
    internal void MarkReservations()
    {
        foreach (var hart in _harts)
        {
            hart.ReservationIsMarked = false;
            if (hart.Reserved) MarkReservation(hart);
        }
    }

    /// <summary>Whether reads of some page must be looked at.</summary>
    internal bool WatchesReads => _choice is not null;

    /// <summary>Tells of each access to these bytes from now on, before it is done or, of a store, at once.</summary>
    internal void WatchChoice(ulong address, int sizeBytes, Action used)
    {
        _choice = (address, sizeBytes, used);
        Mark(address >> 12, PageMarks.Choice);
        Mark((address + (ulong)sizeBytes - 1) >> 12, PageMarks.Choice);
        _memory.Reading = Accessed;
    }

    /// <summary>The bytes are about to be read, or have been written.</summary>
    internal void Accessed(ulong address, int sizeBytes)
    {
        if (_choice is { } choice && address < choice.Address + (ulong)choice.SizeBytes && choice.Address < address + (ulong)sizeBytes)
            choice.Used();
    }

    /// <summary>Stores to the pages come by the slow path, where an observer is told, or no longer.</summary>
    internal void Observe(IEnumerable<ulong> numbers, bool observes)
    {
        foreach (var number in numbers)
        {
            if (observes)
            {
                Mark(number, PageMarks.Observed);
                continue;
            }

            _memory.Unmark(number, PageMarks.Observed);
            // The filters go with the observer.
            foreach (var hart in _active) hart.ForgetWrites(number);
        }
    }

    internal void Watch(ulong address) => Mark(address >> 12, PageMarks.Watched);

    /// <inheritdoc/>
    public void PageWritten(ulong address, int sizeBytes, PageMarks marks)
    {
        if ((marks & PageMarks.Code) != 0) CodeWritten(address >> 12, (int)(address & 4095), sizeBytes);
        if ((marks & PageMarks.Table) != 0) ForgetTranslations();
        if ((marks & PageMarks.Reserved) != 0) BreakReservations(address, sizeBytes);
        if ((marks & PageMarks.Watched) != 0) Watched?.Invoke(address, sizeBytes);
        if ((marks & PageMarks.Choice) != 0) Accessed(address, sizeBytes);
    }

    /// <inheritdoc/>
    public void PageReplaced(ulong page, PageMarks marks, ReadOnlySpan<byte> oldContent, ReadOnlySpan<byte> newContent)
    {
        if ((marks & PageMarks.Table) != 0) ForgetTranslations();
        if ((marks & PageMarks.Code) == 0) return;
        Listener?.PageReplaced(page);
        if (!_pages.TryGetValue(page, out var code)) return;
        if (code.Covered.FirstDifference(oldContent, newContent) >= 0) CodeWritten(page, 0, Frame.SizeBytes);
    }

    /// <inheritdoc/>
    public void PageMoved(ulong page, nint oldAddress)
    {
        foreach (var hart in _active) hart.ForgetPage(page);
        // The frame that others share stays with them; here the page now has content of its own.
        if (!_pages.TryGetValue(page, out var code) || code.SharedSource is null) return;
        _pages[page] = code.Clone(page);
        _memory.Mark(page, PageMarks.Code);
    }

    /// <inheritdoc/>
    public void AllMoved()
    {
        Listener?.AllReplaced();
        foreach (var (number, page) in _pages)
        {
            if (page.SharedSource is { } source && _memory.FrameForRead(number) == source) continue;
            _pages.Remove(number);
            _memory.Unmark(number, PageMarks.Code);
        }
        _filters.Clear();
        ForgetTranslations();
        foreach (var hart in _active) hart.FlushTlbs();
    }

    /// <inheritdoc/>
    public void WritesRevoked()
    {
        foreach (var hart in _active) hart.ForgetWrites();
    }

    private void CodeWritten(ulong number, int offset, int sizeBytes)
    {
        if (Listener?.PageWritten(number, offset, sizeBytes) == true) LeaveBlocks();
        if (!_pages.TryGetValue(number, out var page))
        {
            _memory.Unmark(number, PageMarks.Code);
            return;
        }
        if (!page.Covered.Overlaps(offset, sizeBytes)) return;
        LeaveBlocks();
        if (++page.Rewrites < RewritesMax)
        {
            page.Remove(offset, sizeBytes);
            return;
        }
        // It is code no more: a kernel has given the page to somebody else, whose stores are to be fast again.
        Listener?.PageReplaced(number);
        _pages.Remove(number);
        _filters.Remove(number);
        _memory.Unmark(number, PageMarks.Code);
        foreach (var hart in _active) hart.FlushTlbs();
    }

    private void LeaveBlocks()
    {
        foreach (var hart in _active) hart.State->Leave |= (uint)LeaveReason.Code;
    }

    private void ForgetTranslations()
    {
        foreach (var hart in _active) hart.FlushTranslated();
        foreach (var number in _tablePages) _memory.Unmark(number, PageMarks.Table);
        _tablePages.Clear();
    }

    private void BreakReservations(ulong address, int sizeBytes)
    {
        const ulong set = Hart.CacheBlockBytes;
        var current = Slice.Hart;
        foreach (var hart in _harts)
        {
            if (hart == current || !hart.ReservationIsMarked) continue;
            var start = hart.ReservedAddress & ~(set - 1);
            if (address < start + set && start < address + (ulong)sizeBytes) hart.GiveUpReservation();
        }
    }

    private void DropCode()
    {
        Listener?.AllReplaced();
        foreach (var number in _pages.Keys) _memory.Unmark(number, PageMarks.Code);
        _pages.Clear();
        _filters.Clear();
        _steps = 0;
        foreach (var hart in _active) hart.FlushTlbs();
    }

    private void Mark(ulong number, PageMarks marks)
    {
        var before = _memory.MarksOf(number);
        if ((before & marks) == marks) return;
        _memory.Mark(number, marks);
        // No TLB lets stores go on to a page that had a mark already, unless some pass a filter.
        if ((before & ~(PageMarks.Observed | PageMarks.Code)) != PageMarks.None) return;
        foreach (var hart in _active) hart.ForgetWrites(number);
    }
}
