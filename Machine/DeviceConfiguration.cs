using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>A device that the user adds to the board (<c>-device</c>, <c>-drive</c>).</summary>
public abstract record DeviceConfiguration
{
    private protected DeviceConfiguration()
    {
    }

    /// <summary>A virtio disk.</summary>
    /// <param name="Content">Its initial content, whole 512-byte sectors.</param>
    public sealed record VirtioBlock(ValueList<byte> Content) : DeviceConfiguration;

    /// <summary>A virtio console.</summary>
    public sealed record VirtioConsole : DeviceConfiguration;

    /// <summary>A virtio entropy source, fed from the schedule's random words.</summary>
    public sealed record VirtioRandom : DeviceConfiguration;

    /// <summary>A virtio network card that hears itself.</summary>
    public sealed record VirtioNet : DeviceConfiguration;
}
