using Verification.Machine.Devices;
using Verification.Machine.Harts;

namespace Verification.Machine.Firmware;

/// <summary>TIME: SBI specification 2.0, chapter 6. With Sstc the hart's own comparator is set, as OpenSBI does.</summary>
public sealed partial class SbiModel
{
    private const int SupervisorCompareCsr = 0x14d, MachineEnvironmentCsr = 0x30a;
    private const ulong ComparatorEnabled = 1UL << 63;

    private SbiResult? Time(Hart hart, SbiCall call)
    {
        if (call.Function != 0) return SbiError.NotSupported;
        SetTimer(hart, call[0]);
        return SbiError.Success;
    }

    private void SetTimer(Hart hart, ulong tick)
    {
        if (hart.TryGetCsr(MachineEnvironmentCsr, out var environment) && (environment & ComparatorEnabled) != 0
            && hart.TrySetCsr(SupervisorCompareCsr, tick))
            return;
        // "sbi_set_timer ... must clear the pending timer interrupt bit as well."
        hart.SetPending(InterruptCause.SupervisorTimer, false);
        _timers[hart.Index].Deadline = tick;
        _clock.WakeAtTime(_timers[hart.Index], tick);
    }

    /// <summary>A hart's deadline, where the hart has no comparator of its own.</summary>
    private sealed class HartTimer(Hart hart) : IAlarm
    {
        public ulong Deadline = ulong.MaxValue;

        public void Elapsed(ulong tick)
        {
            Deadline = ulong.MaxValue;
            hart.SetPending(InterruptCause.SupervisorTimer, true);
        }
    }
}
