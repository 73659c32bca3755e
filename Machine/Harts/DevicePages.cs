namespace Verification.Machine.Harts;

/// <summary>
/// The pages without memory that a hart has come to lately in one way of seeing it, and whether it may: drivers ask one device
/// again and again.
/// </summary>
internal sealed class DevicePages
{
    private const int Count = 8;

    private readonly Entry[] _entries = new Entry[Count];

    /// <summary>Whether there may be entries to forget.</summary>
    internal bool Any { get; private set; }

    /// <summary>The physical address of an access that was allowed before.</summary>
    internal bool TryFind(ulong address, AccessKind kind, out ulong physical)
    {
        ref readonly var entry = ref _entries[Slot(address)];
        physical = entry.Physical | address & 4095;
        return (kind == AccessKind.Store ? entry.Stores : entry.Loads) == (address | 4095);
    }

    /// <summary>Loads, or stores, of the whole page are allowed.</summary>
    internal void Remember(ulong address, ulong physical, AccessKind kind)
    {
        ref var entry = ref _entries[Slot(address)];
        if (entry.Physical != (physical & ~4095UL) || (entry.Loads | entry.Stores) != (address | 4095)) entry = default;
        entry.Physical = physical & ~4095UL;
        if (kind == AccessKind.Load) entry.Loads = address | 4095;
        else if (kind == AccessKind.Store) entry.Stores = address | 4095;
        Any = true;
    }

    internal void Clear()
    {
        if (!Any) return;
        Array.Clear(_entries);
        Any = false;
    }

    private static int Slot(ulong address) => (int)(address >> 12 ^ address >> 24) & (Count - 1);

    // The last address of the virtual page where it may be accessed, or 0.
    private record struct Entry(ulong Physical, ulong Loads, ulong Stores);
}
