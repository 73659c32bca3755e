using Verification.Machine.Devices;
using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>A device that the user adds to the board (<c>-device</c>, <c>-drive</c>).</summary>
public abstract record DeviceConfiguration
{
    private protected DeviceConfiguration()
    {
    }

    /// <summary>A device in one of the eight virtio slots.</summary>
    public abstract record Virtio : DeviceConfiguration
    {
        private protected Virtio()
        {
        }

        /// <summary>The slot, 0 to 7 (<c>bus=virtio-mmio-bus.N</c>); by default the highest one that is free, as in QEMU.</summary>
        public int? Slot { get; init; }
    }

    /// <summary>A virtio disk (<c>virtio-blk-device</c>).</summary>
    /// <param name="Content">Its initial content; it is filled up with zeros to whole sectors of 512 bytes.</param>
    public sealed record VirtioBlock(ValueList<byte> Content) : Virtio;

    /// <summary>A virtio console (<c>virtio-serial-device</c>).</summary>
    public sealed record VirtioConsole : Virtio;

    /// <summary>A virtio entropy source (<c>virtio-rng-device</c>), fed from the schedule's random words.</summary>
    public sealed record VirtioRandom : Virtio;

    /// <summary>A virtio network card (<c>virtio-net-device</c>).</summary>
    public sealed record VirtioNet : Virtio
    {
        /// <summary>Who is at the other end of its cable; by default the card hears itself.</summary>
        public NetworkPeer Peer { get; init; } = new NetworkPeer.Echo();
    }

    /// <summary>What a flash bank holds (<c>-drive if=pflash</c>).</summary>
    /// <param name="Bank">The bank, 0 or 1.</param>
    /// <param name="Content">Its initial content, at most 32 MiB; behind it there are zeros.</param>
    public sealed record Flash(int Bank, ValueList<byte> Content) : DeviceConfiguration;

    /// <summary>A file that lies in memory at reset (<c>loader</c>).</summary>
    /// <param name="Address">Where its bytes go; null for an ELF file, whose segments say it themselves.</param>
    /// <param name="Content">The file.</param>
    public sealed record Loader(ulong? Address, ValueList<byte> Content) : DeviceConfiguration;
}
