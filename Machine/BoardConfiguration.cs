using Verification.Machine.Devices;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>A machine, as a value: equal configurations and equal images give equal runs.</summary>
public sealed record BoardConfiguration
{
    /// <summary>The harts, in the order of the devicetree.</summary>
    public ValueList<HartConfiguration> Harts { get; init; } = [new HartConfiguration(0)];

    /// <summary>The memory banks, in the order of the devicetree.</summary>
    public ValueList<MemoryBank> Memory { get; init; } = [new MemoryBank(0x8000_0000, 128UL << 20)];

    /// <summary>What memory holds at power-on.</summary>
    public MemoryFill Fill { get; init; } = MemoryFill.Zero;

    /// <summary>Instructions and privileged features of the harts (<c>-cpu</c>).</summary>
    public IsaExtensions Extensions { get; init; } = IsaExtensions.Default;

    /// <summary>The <c>mhartid</c> of the hart that boots.</summary>
    public ulong BootHartId { get; init; }

    /// <summary>The kernel's command line (<c>-append</c>): <c>/chosen/bootargs</c>.</summary>
    public string? Append { get; init; }

    /// <summary>The initial ramdisk (<c>-initrd</c>).</summary>
    public ValueList<byte>? Initrd { get; init; }

    /// <summary>How the devicetree is written.</summary>
    public DevicetreeChoices Devicetree { get; init; } = new();

    /// <summary>Devices besides those that every board has.</summary>
    public ValueList<DeviceConfiguration> Devices { get; init; } = [];

    /// <summary>What the virtio slots look like (<c>-global virtio-mmio.force-legacy=</c>).</summary>
    public VirtioTransport VirtioTransport { get; init; } = VirtioTransport.Legacy;

    /// <summary>What gives timer and software interrupts (<c>-machine virt,aclint=</c>).</summary>
    public CoreInterruptor Interruptor { get; init; } = CoreInterruptor.Clint;

    /// <summary>What starts the kernel.</summary>
    public FirmwareChoice Firmware { get; init; } = new FirmwareChoice.Model();

    /// <summary>How harts are interleaved.</summary>
    public ScheduleChoice Schedule { get; init; } = ScheduleChoice.Default;

    /// <summary>What happens at a misaligned load or store.</summary>
    public MisalignedAccess Misaligned { get; init; } = MisalignedAccess.Done;
}

/// <summary>What harts do with a misaligned load or store (atomics always trap).</summary>
public enum MisalignedAccess
{
    /// <summary>It is done, as by QEMU.</summary>
    Done,

    /// <summary>It raises an address-misaligned exception.</summary>
    Trapped,
}
