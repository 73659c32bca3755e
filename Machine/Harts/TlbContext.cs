using System.Runtime.CompilerServices;
using Verification.Machine.State;

namespace Verification.Machine.Harts;

/// <summary>
/// A TLB for one way of seeing memory: an address space (<c>satp</c> with its ASID) and the permissions of a mode. A hart
/// keeps a few of them, so that switching between processes, or between user and kernel, forgets nothing.
/// </summary>
internal sealed unsafe class TlbContext
{
    private static readonly Spares<TlbContext> s_spares = new(512);

    private readonly TlbEntry[] _entries = GC.AllocateUninitializedArray<TlbEntry>(TlbEntry.Count, pinned: true);
    private readonly FlatTag[] _flat = FlatTag.NewTable();
    private readonly ushort[] _filled = new ushort[TlbEntry.Count];
    private readonly bool[] _isFilled = new bool[TlbEntry.Count];
    private readonly ushort[] _only = new ushort[1];
    private int _filledCount;
    private nint _lastAddend;
    private FrameTags? _frames;

    private readonly ulong[] _physical = GC.AllocateArray<ulong>(TlbEntry.Count, pinned: true);
    private readonly nint[] _filters = GC.AllocateArray<nint>(TlbEntry.Count, pinned: true);

    private TlbContext()
    {
        Array.Fill(_entries, TlbEntry.Empty);
        FlatTags = (FlatTag*)Unsafe.AsPointer(ref _flat[0]);
        Entries = (TlbEntry*)Unsafe.AsPointer(ref _entries[0]);
        Physical = (ulong*)Unsafe.AsPointer(ref _physical[0]);
        Filters = (StoreFilter**)Unsafe.AsPointer(ref _filters[0]);
    }

    /// <summary>One that no hart uses; it must be assigned.</summary>
    internal static TlbContext Take() => s_spares.TryTake() ?? new TlbContext();

    /// <summary>Keeps it for the next machine.</summary>
    internal static void Release(TlbContext context)
    {
        context.IsUsed = false;
        context.Clear();
        context._frames?.Guard(StackEnds.None);
        s_spares.Keep(context);
    }

    /// <summary>The entries, at a fixed address.</summary>
    internal TlbEntry* Entries { get; }

    /// <summary>Beside the entries, at a fixed address: what they say of pages that are <see cref="FlatAddend"/> away.</summary>
    internal FlatTag* FlatTags { get; }

    /// <summary>Host address less guest address of most pages, so far as one can tell; 0 as long as one can't.</summary>
    internal nint FlatAddend { get; private set; }

    /// <summary>Decoded code of the pages whose fetch tag is set, by slot.</summary>
    internal CodePage?[] Code { get; } = new CodePage?[TlbEntry.Count];

    /// <summary>Physical page addresses by slot, for reservations and observers.</summary>
    internal ulong* Physical { get; }

    /// <summary>By slot, for entries whose write tag is <see cref="TlbEntry.Filtered"/>.</summary>
    internal StoreFilter** Filters { get; }

    /// <summary><c>satp</c>; 0 where addresses aren't translated.</summary>
    internal ulong Satp { get; private set; }

    /// <summary>Mode, SUM and MXR.</summary>
    internal uint View { get; private set; }

    /// <summary>Whether it has been given to an address space.</summary>
    internal bool IsUsed { get; private set; }

    /// <summary>When it was selected last, in selections of the hart.</summary>
    internal ulong LastUse { get; set; }

    /// <summary>Whether there may be entries to forget.</summary>
    internal bool HasEntries => _filledCount != 0 || Devices.Any;

    /// <summary>Pages that no entry stands for.</summary>
    internal DevicePages Devices { get; } = new();

    /// <summary>Stands for what fetches mean in this context, as long as they mean the same; 0 until somebody asks.</summary>
    internal ulong JumpKey { get; set; }

    private ReadOnlySpan<ushort> FilledSlots => _filled.AsSpan(0, _filledCount);

    internal bool Is(ulong satp, uint view) => IsUsed && Satp == satp && View == view;

    internal void Assign(ulong satp, uint view)
    {
        (Satp, View, IsUsed) = (satp, view, true);
        Clear();
    }

    /// <summary>The flat tags for what goes through a frame pointer, at a fixed address.</summary>
    internal FlatTag* FrameTagsFor(StackEnds ends)
    {
        if (ends == StackEnds.None) return FlatTags;
        _frames ??= new(_flat);
        _frames.Guard(ends);
        return _frames.Tags;
    }

    /// <summary>The entry of a slot has been filled.</summary>
    /// <param name="slot">Which one.</param>
    /// <param name="expectedAddend">What <see cref="FlatAddend"/> should be; 0 where that shows only when two pages agree.</param>
    internal void Filled(int slot, nint expectedAddend)
    {
        var addend = Entries[slot].Addend;
        if (FlatAddend == 0)
        {
            FlatAddend = expectedAddend != 0 ? expectedAddend : addend == _lastAddend ? addend : 0;
            _lastAddend = addend;
            if (FlatAddend != 0)
            {
                foreach (var known in FilledSlots) Flatten(known);
            }
        }

        Flatten(slot);
        if (_isFilled[slot]) return;
        _isFilled[slot] = true;
        _filled[_filledCount++] = (ushort)slot;
    }

    /// <summary>Forgets all entries.</summary>
    internal void Clear()
    {
        foreach (var slot in FilledSlots)
        {
            Forget(slot);
            Code[slot] = null;
            _isFilled[slot] = false;
        }

        Devices.Clear();
        _filledCount = 0;
        FlatAddend = _lastAddend = 0;
        JumpKey = 0;
    }

    /// <summary>Forgets what leads to a physical page. What was translated from it stays true: its content is the same.</summary>
    internal void ClearPage(ulong physicalPage)
    {
        foreach (var slot in SlotsOf(physicalPage))
        {
            if (Physical[slot] != physicalPage << 12) continue;
            Forget(slot);
            Code[slot] = null;
        }
    }

    /// <summary>Forgets that stores to a physical page are allowed.</summary>
    internal void ClearWrites(ulong physicalPage)
    {
        foreach (var slot in SlotsOf(physicalPage))
            if (Physical[slot] == physicalPage << 12) ClearWrite(slot);
    }

    /// <summary>Where a physical page can be: in one slot, unless page tables lead to it.</summary>
    private ReadOnlySpan<ushort> SlotsOf(ulong physicalPage)
    {
        if (Satp != 0) return FilledSlots;
        _only[0] = (ushort)TlbEntry.Slot(physicalPage << 12);
        return _only;
    }

    /// <summary>Forgets that stores are allowed anywhere.</summary>
    internal void ClearWrites()
    {
        foreach (var slot in FilledSlots) ClearWrite(slot);
    }

    /// <summary>Empties the entry of a slot.</summary>
    internal void Forget(int slot)
    {
        ref var entry = ref Entries[slot];
        if (entry.Page is var page && FlatTags[FlatTag.Slot(page)].IsOf(page)) SetFlat(page, FlatTag.Empty);
        entry = TlbEntry.Empty;
    }

    private void ClearWrite(int slot)
    {
        ref var entry = ref Entries[slot];
        if (entry.Page is var page && FlatTags[FlatTag.Slot(page)] is var tag && tag.IsOf(page)) SetFlat(page, tag with { Write = TlbEntry.Nothing });
        entry.WriteTag = TlbEntry.Nothing;
    }

    private void Flatten(int slot)
    {
        ref var entry = ref Entries[slot];
        if (entry.Addend == FlatAddend) SetFlat(entry.Page, new() { Read = entry.ReadTag, Write = entry.WriteTag });
    }

    private void SetFlat(ulong page, FlatTag tag)
    {
        FlatTags[FlatTag.Slot(page)] = tag;
        _frames?.Follow(FlatTag.Slot(page));
    }
}
