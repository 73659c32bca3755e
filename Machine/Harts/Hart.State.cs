using Verification.Machine.State;

namespace Verification.Machine.Harts;

// What a snapshot holds of a hart. Caches are not state: they are dropped when a snapshot is restored.
public sealed unsafe partial class Hart
{
    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Values(new Span<ulong>(State->X, 32));
        transfer.Values(new Span<ulong>(State->F, 32));
        transfer.Value(ref State->Pc);
        transfer.Value(ref State->Retired);
        transfer.Value(ref State->FloatStatus);
        transfer.Value(ref State->FloatControl);
        var (privilege, runState, exceptions) = ((byte)State->Privilege, (byte)RunState, Exceptions);
        transfer.Value(ref privilege);
        transfer.Value(ref runState);
        transfer.Value(ref exceptions);
        (State->Privilege, RunState, Exceptions) = ((PrivilegeMode)privilege, (HartRunState)runState, exceptions);
        transfer.Value(ref _status);
        transfer.Value(ref State->Satp);
        transfer.Value(ref _softwarePending);
        transfer.Value(ref _lines);
        transfer.Value(ref _timeCompare);
        transfer.Value(ref _timerLapsed);
        transfer.Value(ref _menvcfg);
        transfer.Value(ref _mie);
        transfer.Value(ref _mideleg);
        transfer.Value(ref _cycleOffset);
        transfer.Value(ref _instretOffset);
        transfer.Value(ref _frozenCycle);
        transfer.Value(ref _frozenInstret);
        transfer.Value(ref _counterInhibit);
        transfer.Value(ref ExceptionDelegation);
        transfer.Value(ref MachineVector);
        transfer.Value(ref MachineScratch);
        transfer.Value(ref MachineExceptionPc);
        transfer.Value(ref MachineCause);
        transfer.Value(ref MachineTrapValue);
        transfer.Value(ref SupervisorVector);
        transfer.Value(ref SupervisorScratch);
        transfer.Value(ref SupervisorExceptionPc);
        transfer.Value(ref SupervisorCause);
        transfer.Value(ref SupervisorTrapValue);
        transfer.Value(ref SupervisorEnvironment);
        transfer.Value(ref MachineCounterEnable);
        transfer.Value(ref SupervisorCounterEnable);
        var reserved = Reserved;
        transfer.Value(ref reserved);
        Reserved = reserved;
        var address = ReservedAddress;
        transfer.Value(ref address);
        ReservedAddress = address;
        Protection.Transfer(transfer);
        if (!transfer.IsRestoring) return;
        // Interrupts are looked for before the first instruction, as they would have been: that look changes nothing else.
        State->Leave = (uint)LeaveReason.Interrupts;
        FlushTlbs();
        DropStackGuard();
        RearmTimer();
    }
}
