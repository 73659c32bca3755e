using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>What stands between reset and the kernel (<c>-bios</c>).</summary>
public abstract record FirmwareChoice
{
    private protected FirmwareChoice()
    {
    }

    /// <summary><c>-bios none</c>: every hart starts in M-mode at the reset vector, which leads to 0x80000000.</summary>
    public sealed record None : FirmwareChoice;

    /// <summary>The model itself answers SBI calls; the boot hart enters the image in S-mode.</summary>
    public sealed record Model : FirmwareChoice;

    /// <summary><c>-bios FILE</c>: this firmware runs in M-mode and starts the kernel.</summary>
    /// <param name="Image">The file.</param>
    public sealed record File(ValueList<byte> Image) : FirmwareChoice;
}
