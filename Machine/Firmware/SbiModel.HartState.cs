using Verification.Machine.Harts;

namespace Verification.Machine.Firmware;

/// <summary>HSM: SBI specification 2.0, chapter 9. A change of state is done at once, so that none is ever pending.</summary>
public sealed partial class SbiModel
{
    private const ulong Started = 0, Stopped = 1, Suspended = 4;
    private const uint Retentive = 0, NonRetentive = 0x8000_0000;

    private SbiResult? HartState(Hart hart, SbiCall call)
    {
        switch (call.Function)
        {
            case 0: return StartHart(call[0], call[1], call[2]);
            case 1:
                hart.Stop();
                return null;
            case 2: return Find(call[0]) is { } asked ? SbiResult.Of(StatusOf(asked)) : SbiError.InvalidParameter;
            case 3: return SuspendHart(hart, (uint)call[0], call[1], call[2]);
            default: return SbiError.NotSupported;
        }
    }

    private SbiResult StartHart(ulong hartId, ulong address, ulong opaque)
    {
        if (Find(hartId) is not { } hart) return SbiError.InvalidParameter;
        if (!IsEntry(address)) return SbiError.InvalidAddress;
        if (hart.RunState != HartRunState.Stopped) return SbiError.AlreadyAvailable;
        hart.Start(PrivilegeMode.Supervisor, address, hartId, opaque);
        return SbiError.Success;
    }

    /// <summary>Null where the hart's registers are those of its new start already.</summary>
    private SbiResult? SuspendHart(Hart hart, uint kind, ulong address, ulong opaque)
    {
        if (kind is not (Retentive or NonRetentive)) return SbiError.InvalidParameter;
        if (kind == NonRetentive)
        {
            if (!IsEntry(address)) return SbiError.InvalidAddress;
            hart.Start(PrivilegeMode.Supervisor, address, hart.Id, opaque);
        }
        hart.Suspend();
        _suspensions[hart.Index] = new HartSuspension(1, hart.Retired);
        return kind == NonRetentive ? null : SbiError.Success;
    }

    /// <summary>A hart that waits is suspended only if it has not executed anything since the call: otherwise it waits in a
    /// <c>wfi</c> of its own.</summary>
    private ulong StatusOf(Hart hart) => hart.RunState switch
    {
        HartRunState.Stopped => Stopped,
        HartRunState.Waiting when _suspensions[hart.Index].IsAt(hart.Retired) => Suspended,
        _ => Started,
    };

    private bool IsEntry(ulong address) => (address & 1) == 0 && _memory.Contains(address, 2);

    /// <summary>Where a hart stood when it was suspended last.</summary>
    private readonly record struct HartSuspension(ulong Count, ulong Retired)
    {
        /// <summary>The call itself is counted after it was answered.</summary>
        public bool IsAt(ulong retired) => Count != 0 && retired - Retired <= 1;
    }
}
