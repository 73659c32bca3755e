using System.Buffers.Binary;
using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// A split virtqueue as its device sees it: Virtual I/O Device specification 1.2, section 2.7. The rings lie in the guest's
/// memory and are the guest's to ruin, so each step is bounded, and whatever breaks the rules is a
/// <see cref="VirtioBrokenException"/>, upon which the device asks to be reset.
/// </summary>
/// <remarks>Not modelled: packed rings (2.8), which QEMU doesn't offer either.</remarks>
public sealed class VirtioQueue : IStateful
{
    /// <summary>The largest ring.</summary>
    public const uint SizeMaximum = 1024;

    private const ushort Next = 1, DeviceWrites = 2, Indirect = 4;
    private const int DescriptorBytes = 16;

    private ushort _availableSeen, _used, _usedSignalled;
    private bool _hasSignalled;

    /// <summary>Number of descriptors; a power of two.</summary>
    public uint Size;

    /// <summary>Whether the driver has set the queue up.</summary>
    public bool Ready;

    /// <summary>Where descriptors, available ring and used ring lie.</summary>
    public ulong DescriptorAddress, AvailableAddress, UsedAddress;

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        (Size, Ready) = (0, false);
        (DescriptorAddress, AvailableAddress, UsedAddress) = (0, 0, 0);
        (_availableSeen, _used, _usedSignalled, _hasSignalled) = (0, 0, 0, false);
    }

    /// <summary>The next chain of buffers that the driver offers, or null.</summary>
    /// <exception cref="VirtioBrokenException">The ring or the chain breaks the rules.</exception>
    public VirtioChain? TryTake(PhysicalMemory memory)
    {
        if (!Ready || Size == 0) return null;
        var available = (ushort)(Read16(memory, AvailableAddress + 2) - _availableSeen);
        if (available == 0) return null;
        if (available > Size) throw new VirtioBrokenException("more chains are available than the ring holds");
        var head = Read16(memory, AvailableAddress + 4 + _availableSeen % Size * 2);
        _availableSeen++;
        return new VirtioChain(head, Collect(memory, head));
    }

    /// <summary>Gives a chain back, with <paramref name="writtenBytes"/> written to it.</summary>
    public void Return(PhysicalMemory memory, VirtioChain chain, uint writtenBytes)
    {
        Span<byte> entry = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, chain.Head);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], writtenBytes);
        Write(memory, UsedAddress + 4 + _used % Size * 8, entry);
        _used++;
        BinaryPrimitives.WriteUInt16LittleEndian(entry, _used);
        Write(memory, UsedAddress + 2, entry[..2]);
    }

    /// <summary>Asks the driver to notify of each further chain (2.7.10: <c>avail_event</c>, behind the used ring).</summary>
    public void AskForNotification(PhysicalMemory memory)
    {
        Span<byte> seen = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(seen, _availableSeen);
        Write(memory, UsedAddress + 4 + Size * 8UL, seen);
    }

    /// <summary>Whether the driver offers nothing more.</summary>
    public bool IsEmpty(PhysicalMemory memory) => Read16(memory, AvailableAddress + 2) == _availableSeen;

    /// <summary>Whether the driver wants to be interrupted for the buffers used since it was interrupted last.</summary>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="suppression">How the driver says what it wants.</param>
    public bool WantsInterrupt(PhysicalMemory memory, VirtioSuppression suppression)
    {
        if (suppression == VirtioSuppression.Flag) return (Read16(memory, AvailableAddress) & 1) == 0;
        // 2.7.7.1: when the used index passes used_event, which lies behind the available ring.
        var wanted = Read16(memory, AvailableAddress + 4 + Size * 2UL);
        var passes = !_hasSignalled || (ushort)(_used - wanted - 1) < (ushort)(_used - _usedSignalled);
        (_usedSignalled, _hasSignalled) = (_used, true);
        return passes;
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref Size);
        transfer.Value(ref Ready);
        transfer.Value(ref DescriptorAddress);
        transfer.Value(ref AvailableAddress);
        transfer.Value(ref UsedAddress);
        transfer.Value(ref _availableSeen);
        transfer.Value(ref _used);
        transfer.Value(ref _usedSignalled);
        transfer.Value(ref _hasSignalled);
    }

    private List<VirtioBuffer> Collect(PhysicalMemory memory, uint head)
    {
        var buffers = new List<VirtioBuffer>();
        var (table, tableSize, index, inIndirect) = (DescriptorAddress, Size, head, false);
        while (true)
        {
            if (index >= tableSize) throw new VirtioBrokenException("a descriptor's number lies outside of the table");
            if ((uint)buffers.Count >= SizeMaximum) throw new VirtioBrokenException("a chain of descriptors is a loop");
            var (address, lengthBytes, flags, next) = Descriptor(memory, table + index * DescriptorBytes);
            if ((flags & Indirect) != 0)
            {
                if (inIndirect || (flags & Next) != 0 || lengthBytes % DescriptorBytes != 0 || lengthBytes == 0)
                    throw new VirtioBrokenException("an indirect descriptor is malformed");
                (table, tableSize, index, inIndirect) = (address, lengthBytes / DescriptorBytes, 0, true);
                continue;
            }
            var access = (flags & DeviceWrites) != 0 ? VirtioAccess.Write : VirtioAccess.Read;
            if (!memory.Contains(address, lengthBytes)) throw new VirtioBrokenException("a buffer lies outside of memory");
            if (access == VirtioAccess.Read && buffers.Count > 0 && buffers[^1].Access == VirtioAccess.Write)
                throw new VirtioBrokenException("a readable buffer follows a writable one");
            buffers.Add(new VirtioBuffer(address, lengthBytes, access));
            if ((flags & Next) == 0) return buffers;
            if ((uint)buffers.Count >= tableSize) throw new VirtioBrokenException("a chain of descriptors is a loop");
            index = next;
        }
    }

    private static (ulong Address, uint LengthBytes, ushort Flags, ushort Next) Descriptor(PhysicalMemory memory, ulong address)
    {
        Span<byte> bytes = stackalloc byte[DescriptorBytes];
        if (!memory.TryRead(address, bytes)) throw new VirtioBrokenException("a descriptor lies outside of memory");
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]));
    }

    private static ushort Read16(PhysicalMemory memory, ulong address)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (!memory.TryRead(address, bytes)) throw new VirtioBrokenException("a ring lies outside of memory");
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    private static void Write(PhysicalMemory memory, ulong address, ReadOnlySpan<byte> bytes)
    {
        if (!memory.TryWrite(address, bytes)) throw new VirtioBrokenException("a ring lies outside of memory");
    }
}

/// <summary>How a driver tells when it wants to be interrupted.</summary>
public enum VirtioSuppression
{
    /// <summary>By a flag of the available ring.</summary>
    Flag,

    /// <summary>By an index (VIRTIO_F_EVENT_IDX).</summary>
    EventIndex,
}

/// <summary>The driver broke the rules of a virtqueue.</summary>
public sealed class VirtioBrokenException(string what) : Exception(what);
