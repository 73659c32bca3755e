using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>What is plugged into a virtio slot: a kind of device, without the transport.</summary>
public abstract class VirtioFunction : IStateful
{
    private VirtioMmio? _slot;
    private PhysicalMemory? _memory;

    /// <summary>QEMU's name of the device.</summary>
    public abstract string Name { get; }

    /// <summary>Its number (Virtual I/O Device specification 1.2, section 5).</summary>
    public abstract uint DeviceId { get; }

    /// <summary>Number of its queues.</summary>
    public abstract int QueueCount { get; }

    /// <summary>The features of this kind of device.</summary>
    public virtual ulong Features => 0;

    /// <summary>Length of its configuration space.</summary>
    public virtual int ConfigurationBytes => 0;

    /// <summary>A byte of its configuration space.</summary>
    public virtual byte ReadConfiguration(int offset) => 0;

    /// <summary>The driver writes a byte of the configuration space.</summary>
    public virtual void WriteConfiguration(int offset, byte value)
    {
    }

    /// <summary>The driver has put chains into this queue.</summary>
    public abstract void Notified(int queue);

    /// <summary>The driver has reset the device.</summary>
    public virtual void Reset()
    {
    }

    /// <inheritdoc/>
    public virtual void Transfer(StateTransfer transfer)
    {
    }

    internal void Plug(VirtioMmio slot, PhysicalMemory memory, IClock? clock) => (_slot, _memory, Clock) = (slot, memory, clock);

    /// <summary>The board's time; null for a slot that stands alone.</summary>
    protected IClock? Clock { get; private set; }

    /// <summary>The slot.</summary>
    protected VirtioMmio Slot => _slot ?? throw new InvalidOperationException($"{Name} is in no slot.");

    /// <summary>The guest's memory.</summary>
    protected PhysicalMemory Memory => _memory ?? throw new InvalidOperationException($"{Name} is in no slot.");
}
