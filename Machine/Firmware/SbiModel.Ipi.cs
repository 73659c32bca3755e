using Verification.Machine.Harts;

namespace Verification.Machine.Firmware;

/// <summary>IPI and RFENCE: SBI specification 2.0, chapters 7 and 8.</summary>
public sealed partial class SbiModel
{
    private SbiResult? SendIpi(SbiCall call)
    {
        if (call.Function != 0) return SbiError.NotSupported;
        return Interrupt(Find(new HartMask(call[0], call[1])));
    }

    private static SbiError Interrupt(List<Hart>? harts)
    {
        if (harts is null) return SbiError.InvalidParameter;
        foreach (var hart in harts) hart.SetPending(InterruptCause.SupervisorSoftware, true);
        return SbiError.Success;
    }

    /// <summary>FENCE.I, SFENCE.VMA and SFENCE.VMA with an address space; the four of hypervisors are not there.</summary>
    private SbiResult? Fence(SbiCall call) =>
        call.Function > 2 ? SbiError.NotSupported : Flush(Find(new HartMask(call[0], call[1])));

    private static SbiError Flush(List<Hart>? harts)
    {
        if (harts is null) return SbiError.InvalidParameter;
        foreach (var hart in harts) hart.FlushTranslations();
        return SbiError.Success;
    }
}
