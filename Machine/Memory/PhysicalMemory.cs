using System.Runtime.CompilerServices;
using Verification.Machine.State;

namespace Verification.Machine.Memory;

/// <summary>
/// The machine's memory: banks anywhere in the 56-bit space, in 4 KiB pages that exist once they are touched. Its cost
/// follows the pages touched, never the size of the banks.
/// </summary>
/// <remarks>
/// A page is shared with snapshots until it is written; then the memory owns a copy. Every first write of a page after a
/// snapshot or a restore enters it in the dirty list, so that <see cref="Restore"/> costs per dirty page. Engines keep host
/// addresses of pages in their TLBs, and are told through <see cref="IPageWatcher"/> when to drop them.
/// </remarks>
public sealed unsafe class PhysicalMemory : IDisposable
{
    /// <summary>Size of a page.</summary>
    public const int PageSizeBytes = Frame.SizeBytes;

    private readonly MemoryBank[] _banks;
    private readonly List<(ulong Page, Frame Frame)> _dirty = [];
    private readonly List<(ulong Page, Frame Frame)> _stale = [];
    private readonly Stack<Frame> _spare = new();
    private readonly ulong _windowPage;
    private readonly Dictionary<ulong, PageMarks> _marks = [];
    private readonly HashSet<ulong> _seenAsZeros = [];
    private readonly Dictionary<ulong, (int Start, int End)> _loaded = [];
    private PageTree _tree = PageTree.Empty();
    private object _owner = new();
    private object? _lender;
    private MemorySnapshot? _origin;
    private FrameWindow? _window;
    private bool _isWindowShared;
    private ulong _digest;
    private ulong _lastPage = ulong.MaxValue;
    private Frame? _lastFrame;

    /// <summary>Memory with these banks, which must not overlap nor leave the 56-bit space.</summary>
    /// <exception cref="ArgumentException">A sentence that says which bank is impossible.</exception>
    public PhysicalMemory(IEnumerable<MemoryBank> banks, MemoryFill fill)
    {
        _banks = banks.OrderBy(bank => bank.BaseAddress).ToArray();
        Fill = fill;
        for (var i = 0; i < _banks.Length; i++)
        {
            var bank = _banks[i];
            if (bank.SizeBytes == 0) throw new ArgumentException($"The memory bank at 0x{bank.BaseAddress:x} is empty.");
            if (bank.BaseAddress >= 1UL << 56 || bank.SizeBytes > (1UL << 56) - bank.BaseAddress)
                throw new ArgumentException($"The memory bank {bank} leaves the 56-bit physical address space.");
            if (i > 0 && _banks[i - 1].EndAddress > bank.BaseAddress)
                throw new ArgumentException($"The memory banks {_banks[i - 1]} and {bank} overlap.");
        }

        _windowPage = _banks.Length == 0 ? 0 : (_banks.MaxBy(bank => bank.SizeBytes).BaseAddress + PageSizeBytes - 1) >> 12;
    }

    /// <summary>The banks, in ascending order.</summary>
    public IReadOnlyList<MemoryBank> Banks => _banks;

    /// <summary>What pages hold before they are written.</summary>
    public MemoryFill Fill { get; }

    /// <summary>Pages that were written since the last snapshot or restore.</summary>
    public int DirtyPageCount => _dirty.Count;

    /// <summary>Host address less guest address of the pages that lie in their places: most of those that are written. 0 as
    /// long as there are none.</summary>
    internal nint FlatAddend => _window is null ? 0 : (nint)_window.Data - (nint)(_windowPage << 12);

    /// <summary>Told of what the model itself reads for the guest.</summary>
    internal Action<ulong, int>? Reading { get; set; }

    /// <summary>Told of everything that makes what engines remember of pages void.</summary>
    internal IPageWatcher? Watcher { get; set; }

    /// <summary>Whether all of the range is memory.</summary>
    public bool Contains(ulong address, ulong sizeBytes)
    {
        while (sizeBytes != 0)
        {
            var bank = BankAt(address);
            if (bank is null) return false;
            var here = bank.Value.EndAddress - address;
            if (here >= sizeBytes) return true;
            address += here;
            sizeBytes -= here;
        }
        return true;
    }

    /// <summary>Copies memory out.</summary>
    /// <returns>False, and nothing copied, when some of the range isn't memory.</returns>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!Contains(address, (ulong)destination.Length)) return false;
        Reading?.Invoke(address, destination.Length);
        while (!destination.IsEmpty)
        {
            var offset = (int)(address & 4095);
            var part = Math.Min(destination.Length, PageSizeBytes - offset);
            ReadPage(address >> 12).Slice(offset, part).CopyTo(destination);
            destination = destination[part..];
            address += (ulong)part;
        }
        return true;
    }

    /// <summary>Copies bytes into memory.</summary>
    /// <returns>False, and nothing stored, when some of the range isn't memory.</returns>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (!Contains(address, (ulong)source.Length)) return false;
        while (!source.IsEmpty)
        {
            var offset = (int)(address & 4095);
            var part = Math.Min(source.Length, PageSizeBytes - offset);
            source[..part].CopyTo(new Span<byte>(WritablePage(address >> 12) + offset, part));
            NotifyWrite(address, part);
            source = source[part..];
            address += (ulong)part;
        }
        return true;
    }

    /// <summary>Copies memory out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Some of the range isn't memory.</exception>
    public void Read(ulong address, Span<byte> destination)
    {
        if (!TryRead(address, destination)) throw NoMemory(address, destination.Length);
    }

    /// <summary>Copies bytes into memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Some of the range isn't memory.</exception>
    public void Write(ulong address, ReadOnlySpan<byte> source)
    {
        if (!TryWrite(address, source)) throw NoMemory(address, source.Length);
    }

    /// <summary>Reads a little-endian word.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It isn't all memory.</exception>
    public T Read<T>(ulong address) where T : unmanaged
    {
        T value = default;
        Read(address, new Span<byte>(&value, sizeof(T)));
        return value;
    }

    /// <summary>Writes a little-endian word.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It isn't all memory.</exception>
    public void Write<T>(ulong address, T value) where T : unmanaged => Write(address, new ReadOnlySpan<byte>(&value, sizeof(T)));

    /// <summary>Puts a page that nobody can change in place of the untouched one, to be shared until it is written.</summary>
    /// <param name="page">Its number; the page is wholly memory.</param>
    /// <param name="frame">The content, with the digest that it has at this place.</param>
    /// <returns>False, and nothing done, where the page has been touched or happens to hold the same.</returns>
    internal bool TryMap(ulong page, Frame frame)
    {
        if (_tree.Find(page) is not null || !IsWhole(page) || Fill.MayBegin(page, frame.Bytes)) return false;
        _tree.Set(page, frame, _owner);
        _digest += frame.Digest;
        ComeIntoBeing(page);
        if (page == _lastPage) _lastPage = ulong.MaxValue;
        return true;
    }

    /// <summary>Remembers all of memory, in constant time; pages are shared from now on.</summary>
    public MemorySnapshot Save()
    {
        if (_lender is not null) throw new InvalidOperationException("Borrowed memory can't be kept: a snapshot would hold the lender's pages.");
        Hash();
        ForgetDirty();
        _owner = new object();
        _isWindowShared |= _window is not null;
        Watcher?.WritesRevoked();
        _lastPage = ulong.MaxValue;
        return _origin = new MemorySnapshot(this, _tree.Share(), _digest);
    }

    /// <summary>Makes memory what it was. Going back to the snapshot that this memory descends from costs per dirty page.</summary>
    /// <exception cref="ArgumentException">The snapshot is of memory with other banks or another fill.</exception>
    public void Restore(MemorySnapshot snapshot)
    {
        if (!snapshot.Fits(_banks, Fill)) throw new ArgumentException("The snapshot is of a machine with other memory.");
        _lastPage = ulong.MaxValue;
        if (snapshot == _origin)
        {
            foreach (var (page, frame) in _dirty) Revert(page, frame, snapshot);
        }
        else
        {
            foreach (var (_, frame) in _dirty) if (frame.Owner == _owner) Spare(frame);
            _tree = snapshot.Tree.Share();
            _owner = new object();
            _origin = snapshot;
            Watcher?.AllMoved();
        }
        Watcher?.WritesRevoked();
        ForgetDirty();
        _stale.Clear();
        _digest = snapshot.Digest;
    }

    /// <summary>Memory of its own with the snapshot's content.</summary>
    public static PhysicalMemory Fork(MemorySnapshot snapshot)
    {
        var memory = new PhysicalMemory(snapshot.Banks, snapshot.Fill);
        memory.Restore(snapshot);
        return memory;
    }

    /// <summary>Makes unused memory what another is now. Frames stay the other's, which must not be written to as long as this
    /// memory is in use; what is written here is copied. So neither remembers anything of it when it is over.</summary>
    /// <exception cref="ArgumentException">The other memory has other banks or another fill.</exception>
    internal void Borrow(PhysicalMemory lender)
    {
        if (!lender._banks.AsSpan().SequenceEqual(_banks) || lender.Fill != Fill)
            throw new ArgumentException("The lender is a machine with other memory.");
        (_tree, _lender, _lastPage) = (lender._tree.Share(), lender._owner, ulong.MaxValue);
    }

    /// <summary>Forgets everything; snapshots stay.</summary>
    public void Dispose()
    {
        Watcher = null;
        // Pages written since the last snapshot are nobody else's.
        foreach (var (_, frame) in _dirty) if (!frame.IsPlaced) Frame.Release(frame);
        if (_window is not null && !_isWindowShared) FrameWindow.Release(_window);
        _window = null;
        while (_spare.TryPop(out var frame)) Frame.Release(frame);
        _tree = PageTree.Empty();
        _dirty.Clear();
        _stale.Clear();
        _marks.Clear();
        _seenAsZeros.Clear();
        _loaded.Clear();
        _lastPage = ulong.MaxValue;
    }

    /// <summary>Something was loaded here, and pages that it does not fill hold what they held before.</summary>
    internal void NoteLoaded(ulong start, ulong end)
    {
        var (first, last) = (start >> 12, (end - 1) >> 12);
        var lastEnd = (int)((end - 1) & 4095) + 1;
        Note(first, (int)(start & 4095), first == last ? lastEnd : PageSizeBytes);
        if (first != last) Note(last, 0, lastEnd);

        void Note(ulong page, int from, int to) => _loaded[page] =
            _loaded.TryGetValue(page, out var known) ? (Math.Min(from, known.Start), Math.Max(to, known.End)) : (from, to);
    }

    /// <summary>The part of a page that was loaded with something: other machines may have the same there, and not around it.</summary>
    internal (int Start, int End) LoadedPart(ulong page) => _loaded.TryGetValue(page, out var part) ? part : (0, PageSizeBytes);

    /// <summary>A digest of the content of all banks, which does not depend on what happened to be touched.</summary>
    public ulong Hash()
    {
        if (_lender is not null) throw new InvalidOperationException("Borrowed memory has no digest: the lender's pages are not all digested.");
        foreach (var (page, frame) in _stale)
        {
            frame.IsStale = false;
            _digest -= frame.Digest;
            frame.Digest = DigestOf(page, frame);
            _digest += frame.Digest;
        }
        if (_stale.Count > 0) Watcher?.WritesRevoked();
        _stale.Clear();
        return StateHasher.Mix(_digest);
    }

    /// <summary>Every page that may differ from the fill, in ascending order.</summary>
    internal IEnumerable<ulong> TouchedPages() => _tree.Pages().Select(entry => entry.Page);

    /// <summary>The page's content for reading, or null where the page isn't wholly memory.</summary>
    internal Frame? FrameForRead(ulong page)
    {
        if (page == _lastPage) return _lastFrame;
        var frame = _tree.Find(page);
        if (frame is null)
        {
            if (!Contains(page << 12, PageSizeBytes) && !TouchesBank(page)) return null;
            if (Fill.IsNoise) frame = Materialise(page);
            else
            {
                _seenAsZeros.Add(page);
                return ZeroFrame.Instance;
            }
        }
        (_lastPage, _lastFrame) = (page, frame);
        return frame;
    }

    /// <summary>Where the page is read. What all machines share, such as a kernel's constants, lies far from this memory's own pages: it is
    /// copied to its place among them, unless that is somebody's.</summary>
    /// <param name="page">The page.</param>
    /// <param name="frame">Its content.</param>
    /// <param name="mayCopy">False where a copy is only taken that is there already.</param>
    internal byte* DataForRead(ulong page, Frame frame, bool mayCopy)
    {
        var place = page - _windowPage;
        if (frame.Owner is not null || frame.IsPlaced || frame == ZeroFrame.Instance || place >= FrameWindow.PageCount) return frame.Data;
        if (mayCopy) _window ??= FrameWindow.Take();
        return (_window?.TryCopy((int)place, frame, mayCopy) ?? frame).Data;
    }

    /// <summary>The page's content for writing. The caller has made sure that it is memory.</summary>
    internal Frame FrameForWrite(ulong page)
    {
        var frame = _tree.Find(page);
        if (frame is null) frame = Materialise(page);
        else if (frame.Owner != _owner)
        {
            var copy = NewFrame(page);
            Unsafe.CopyBlock(copy.Data, frame.Data, PageSizeBytes);
            copy.Digest = frame.Digest;
            copy.IsStale = false;
            _tree.Set(page, copy, _owner);
            Watcher?.PageMoved(page, (nint)frame.Data);
            frame = copy;
        }
        if (!frame.IsDirty)
        {
            frame.IsDirty = true;
            _dirty.Add((page, frame));
        }
        if (!frame.IsStale)
        {
            frame.IsStale = true;
            _stale.Add((page, frame));
        }
        (_lastPage, _lastFrame) = (page, frame);
        return frame;
    }

    /// <summary>Whether the page is this memory's own and known to be written: a further store changes nothing but bytes.</summary>
    internal bool MayWriteInPlace(Frame frame) => frame.Owner == _owner && frame.IsDirty && frame.IsStale;

    /// <summary>Whether the frame is this memory's own, or its lender's, so that its content can change.</summary>
    internal bool Owns(Frame frame) => frame.Owner == _owner || (_lender is not null && frame.Owner == _lender);

    /// <summary>Whether every byte of the page is memory: only such pages may be reached without a check.</summary>
    internal bool IsWhole(ulong page) => Contains(page << 12, PageSizeBytes);

    /// <summary>Why the page must not be written without a look.</summary>
    internal PageMarks MarksOf(ulong page) => _marks.GetValueOrDefault(page);

    /// <summary>Marks the page: cached write permissions must be dropped by the caller.</summary>
    internal void Mark(ulong page, PageMarks marks) => _marks[page] = MarksOf(page) | marks;

    /// <summary>Takes marks off.</summary>
    internal void Unmark(ulong page, PageMarks marks)
    {
        var left = MarksOf(page) & ~marks;
        if (left == 0) _marks.Remove(page);
        else _marks[page] = left;
    }

    /// <summary>Tells the watcher of a write to a marked page.</summary>
    internal void NotifyWrite(ulong address, int sizeBytes, PageMarks except = PageMarks.None)
    {
        if (_marks.Count == 0) return;
        var marks = MarksOf(address >> 12) & ~except;
        if (marks != 0) Watcher?.PageWritten(address, sizeBytes, marks);
    }

    private ReadOnlySpan<byte> ReadPage(ulong page) => FrameForRead(page)!.Bytes;

    private byte* WritablePage(ulong page) => FrameForWrite(page).Data;

    private Frame NewFrame(ulong page)
    {
        var frame = TakePlace(page) ?? (_spare.TryPop(out var spare) ? spare : Frame.Take());
        frame.Owner = _owner;
        frame.IsDirty = false;
        frame.Derived = null;
        return frame;
    }

    private Frame? TakePlace(ulong page)
    {
        var place = page - _windowPage;
        return place < FrameWindow.PageCount ? (_window ??= FrameWindow.Take()).TryTake((int)place) : null;
    }

    // Nobody else has the frame.
    private void Spare(Frame frame)
    {
        if (frame.IsPlaced) frame.Owner = null;
        else if (_spare.Count < 1024) _spare.Push(frame);
    }

    private Frame Materialise(ulong page)
    {
        var frame = NewFrame(page);
        Fill.FillPage(page, frame.Bytes);
        frame.Digest = 0;
        frame.IsStale = false;
        _tree.Set(page, frame, _owner);
        ComeIntoBeing(page);
        return frame;
    }

    // Noise exists from the first look on, and zeros are seen in one place for all: who has not looked remembers no place.
    private void ComeIntoBeing(ulong page)
    {
        if (_seenAsZeros.Remove(page)) Watcher?.PageMoved(page, (nint)ZeroFrame.Instance.Data);
    }

    private void Revert(ulong page, Frame frame, MemorySnapshot snapshot)
    {
        var original = snapshot.Tree.Find(page) ?? (Fill.IsNoise ? null : ZeroFrame.Instance);
        var marks = MarksOf(page);
        if (original is null)
        {
            Span<byte> fill = stackalloc byte[PageSizeBytes];
            Fill.FillPage(page, fill);
            if (marks != 0) Watcher?.PageReplaced(page, marks, frame.Bytes, fill);
            fill.CopyTo(frame.Bytes);
            frame.Digest = 0;
        }
        else
        {
            if (marks != 0) Watcher?.PageReplaced(page, marks, frame.Bytes, original.Bytes);
            Unsafe.CopyBlock(frame.Data, original.Data, PageSizeBytes);
            frame.Digest = original.Digest;
        }
        frame.IsStale = false;
    }

    private void ForgetDirty()
    {
        foreach (var (_, frame) in _dirty) frame.IsDirty = false;
        _dirty.Clear();
    }

    private ulong DigestOf(ulong page, Frame frame)
    {
        if (!Fill.IsNoise)
        {
            if (!frame.Bytes.ContainsAnyExcept((byte)0)) return 0;
        }
        else if (Fill.MayBegin(page, frame.Bytes))
        {
            Span<byte> fill = stackalloc byte[PageSizeBytes];
            Fill.FillPage(page, fill);
            if (frame.Bytes.SequenceEqual(fill)) return 0;
        }
        return StateHasher.Mix(StateHasher.Digest(page, frame.Bytes));
    }

    private MemoryBank? BankAt(ulong address)
    {
        foreach (var bank in _banks)
            if (address - bank.BaseAddress < bank.SizeBytes) return bank;
        return null;
    }

    /// <summary>Whether some of the page is memory.</summary>
    internal bool TouchesBank(ulong page)
    {
        foreach (var bank in _banks)
            if (bank.BaseAddress < (page + 1) << 12 && page << 12 < bank.EndAddress) return true;
        return false;
    }

    private static ArgumentOutOfRangeException NoMemory(ulong address, long sizeBytes) =>
        new(nameof(address), $"There is no memory at 0x{address:x} for {sizeBytes} bytes.");
}
