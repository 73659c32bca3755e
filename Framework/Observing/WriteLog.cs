using Verification.Machine.Harts;

namespace Verification.Framework.Observing;

/// <summary>
/// Who wrote which bytes of memory last, for all stores of a run, at eight-byte granules. Meant for the second run of a
/// machine, which explains what the first one found.
/// </summary>
public sealed class WriteLog
{
    private readonly Dictionary<ulong, WriteEvent> _last = [];
    private long _count;

    /// <summary>Records a store or an atomic.</summary>
    public WriteEvent Add(Hart hart, in MemoryAccess access)
    {
        var write = new WriteEvent(hart.Id, hart.Retired, access.Pc, access.PhysicalAddress, access.SizeBytes, access.Value)
        {
            Order = _count++,
        };
        ulong end = access.PhysicalAddress + (ulong)access.SizeBytes;
        for (ulong granule = access.PhysicalAddress & ~7ul; granule < end; granule += 8) _last[granule] = write;
        return write;
    }

    /// <summary>The last store that touched the granule of an address.</summary>
    public WriteEvent? LastAt(ulong physicalAddress) =>
        _last.TryGetValue(physicalAddress & ~7ul, out var write) ? write : null;

    /// <summary>The last store that touched any byte of a range.</summary>
    public WriteEvent? LastWithin(ulong physicalAddress, ulong sizeBytes)
    {
        WriteEvent? last = null;
        for (ulong granule = physicalAddress & ~7ul; granule < physicalAddress + sizeBytes; granule += 8)
        {
            if (_last.TryGetValue(granule, out var write) && write.Address < physicalAddress + sizeBytes
                && write.Address + (ulong)write.SizeBytes > physicalAddress && (last is null || write.Order > last.Value.Order))
                last = write;
        }

        return last;
    }
}

/// <summary>A store, with its guest coordinates.</summary>
/// <param name="HartId">The hart.</param>
/// <param name="Retired">Instructions that the hart had retired before it.</param>
/// <param name="Pc">The instruction.</param>
/// <param name="Address">Physical address of the first byte.</param>
/// <param name="SizeBytes">Bytes stored.</param>
/// <param name="Value">What was stored.</param>
public readonly record struct WriteEvent(
    ulong HartId, ulong Retired, ulong Pc, ulong Address, int SizeBytes, ulong Value)
{
    /// <summary>The store's place in the order of all stores of its run.</summary>
    public long Order { get; init; }
}
