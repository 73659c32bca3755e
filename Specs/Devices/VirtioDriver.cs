using Verification.Machine.Devices;
using Verification.Machine.Memory;

namespace Verification.Specs.Devices;

/// <summary>A driver for one queue of a virtio slot, written from the specification's driver requirements (3.1, 2.7.13).</summary>
internal sealed class VirtioDriver
{
    public const ulong Memory0 = 0x8000_0000, Buffers = Memory0 + 0x10_0000;
    private const uint RingSize = 8;

    private readonly ulong _descriptors, _available, _used;
    private readonly uint _queue;
    private ushort _made, _seen;

    public VirtioDriver(VirtioMmio slot, PhysicalMemory memory, uint queue)
    {
        (Slot, Memory, _queue) = (slot, memory, queue);
        _descriptors = Memory0 + queue * 0x4000UL;
        _available = _descriptors + 16 * RingSize;
        _used = _descriptors + 0x1000;
        slot.Word(0x30, queue);
        slot.Word(0x38, RingSize);
        if (slot.IsModern)
        {
            slot.Word(0x80, (uint)_descriptors);
            slot.Word(0x90, (uint)_available);
            slot.Word(0xa0, (uint)_used);
            slot.Word(0x44, 1);
        }
        else
        {
            slot.Word(0x28, 4096);
            slot.Word(0x3c, 4096);
            slot.Word(0x40, (uint)(_descriptors / 4096));
        }
    }

    public VirtioMmio Slot { get; }

    public PhysicalMemory Memory { get; }

    public static PhysicalMemory NewMemory() => new([new MemoryBank(Memory0, 4 << 20)], MemoryFill.Zero);

    /// <summary>Of the features of the rings, interrupts by index.</summary>
    public const uint EventIndex = 1 << 29;

    /// <summary>Resets the device and agrees on all of its features but interrupts by index and by emptiness.</summary>
    public static void Begin(VirtioMmio slot, uint refused = EventIndex | 1 << 24)
    {
        slot.Word(0x70, 0);
        slot.Word(0x70, 1);
        slot.Word(0x70, 3);
        for (uint half = 0; half < 2; half++)
        {
            slot.Word(0x14, half);
            slot.Word(0x24, half);
            slot.Word(0x20, slot.Word(0x10) & ~(half == 0 ? refused : 0));
        }
        slot.Word(0x70, 11);
    }

    /// <summary>From now on the device works.</summary>
    public static void Go(VirtioMmio slot) => slot.Word(0x70, slot.Word(0x70) | 4);

    public void Descriptor(int index, ulong address, uint lengthBytes, ushort flags, ushort next)
    {
        var at = _descriptors + (ulong)index * 16;
        Memory.Write(at, address);
        Memory.Write(at + 8, lengthBytes);
        Memory.Write(at + 12, flags);
        Memory.Write(at + 14, next);
    }

    /// <summary>Offers a chain of these buffers, and notifies. Gives the length that the device says it wrote; null where the
    /// chain did not come back.</summary>
    public uint? Send(params (ulong Address, uint LengthBytes, bool Writable)[] buffers)
    {
        for (var i = 0; i < buffers.Length; i++)
        {
            var flags = (buffers[i].Writable ? 2 : 0) | (i + 1 < buffers.Length ? 1 : 0);
            Descriptor(i, buffers[i].Address, buffers[i].LengthBytes, (ushort)flags, (ushort)(i + 1));
        }
        return Offer(0);
    }

    public uint? Offer(ushort head)
    {
        Memory.Write(_available + 4 + _made % RingSize * 2UL, head);
        Memory.Write(_available + 2, ++_made);
        Slot.Word(0x50, _queue);
        return Collect();
    }

    /// <summary>Wants no interrupt before the used index has passed this one.</summary>
    public void AskForInterrupt(ushort usedIndex) => Memory.Write(_available + 4 + RingSize * 2, usedIndex);

    /// <summary>Up to which chain the device has asked to be notified.</summary>
    public ushort NotificationAsked => Memory.Read<ushort>(_used + 4 + RingSize * 8);

    /// <summary>The length of the next chain that came back.</summary>
    public uint? Collect()
    {
        if (Memory.Read<ushort>(_used + 2) == _seen) return null;
        return Memory.Read<uint>(_used + 8 + _seen++ % RingSize * 8UL);
    }
}
