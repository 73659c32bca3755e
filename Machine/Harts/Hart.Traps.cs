using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

// Traps: taking them, returning from them (privileged specification 3.1.6-3.1.16, 3.3.2, 4.1).
public sealed unsafe partial class Hart
{
    // Machine before supervisor, then external, software, timer (privileged specification 3.1.9).
    private static readonly InterruptCause[] InterruptOrder =
    [
        InterruptCause.MachineExternal, InterruptCause.MachineSoftware, InterruptCause.MachineTimer,
        InterruptCause.SupervisorExternal, InterruptCause.SupervisorSoftware, InterruptCause.SupervisorTimer,
    ];

    /// <summary>Takes an exception at the current instruction.</summary>
    /// <returns>False, always: the answer of whatever trapped.</returns>
    internal bool Raise(ExceptionCause cause, ulong value)
    {
        Exceptions++;
        var delegated = Privilege != PrivilegeMode.Machine && (ExceptionDelegation >> (int)cause & 1) != 0;
        EnterTrap(State->Pc, false, (int)cause, value, delegated ? PrivilegeMode.Supervisor : PrivilegeMode.Machine);
        return false;
    }

    /// <summary>Takes the most urgent interrupt that is pending and enabled, before the instruction at the program counter.</summary>
    internal void TakeInterrupt()
    {
        var pending = InterruptPending & _mie;
        if (pending == 0) return;
        var machine = pending & ~_mideleg;
        var supervisor = pending & _mideleg;
        if (Privilege == PrivilegeMode.Machine && (_status & StatusBits.Mie) == 0) machine = 0;
        if (Privilege == PrivilegeMode.Machine
            || Privilege == PrivilegeMode.Supervisor && (_status & StatusBits.Sie) == 0)
            supervisor = 0;
        var chosen = machine != 0 ? machine : supervisor;
        if (chosen == 0) return;
        foreach (var cause in InterruptOrder)
        {
            if ((chosen >> (int)cause & 1) == 0) continue;
            EnterTrap(State->Pc, true, (int)cause, 0, machine != 0 ? PrivilegeMode.Machine : PrivilegeMode.Supervisor);
            State->Pc = State->NextPc;
            return;
        }
    }

    private bool MachineReturn()
    {
        var mode = (PrivilegeMode)((_status & StatusBits.Mpp) >> StatusBits.MppShift);
        var status = _status & ~(StatusBits.Mie | StatusBits.Mpie | StatusBits.Mpp);
        if ((_status & StatusBits.Mpie) != 0) status |= StatusBits.Mie;
        status |= StatusBits.Mpie;
        if (!Options.Has(IsaExtensions.U)) status |= StatusBits.Mpp;
        return ReturnTo(mode, status, MachineExceptionPc);
    }

    private bool SupervisorReturn()
    {
        var mode = (_status & StatusBits.Spp) != 0 ? PrivilegeMode.Supervisor : PrivilegeMode.User;
        var status = _status & ~(StatusBits.Sie | StatusBits.Spie | StatusBits.Spp);
        if ((_status & StatusBits.Spie) != 0) status |= StatusBits.Sie;
        return ReturnTo(mode, status | StatusBits.Spie, SupervisorExceptionPc);
    }

    private bool ReturnTo(PrivilegeMode mode, ulong status, ulong pc)
    {
        _status = mode == PrivilegeMode.Machine ? status : status & ~StatusBits.Mprv;
        State->Privilege = mode;
        SelectGuard();
        SelectTlbs();
        State->NextPc = AlignPc(pc);
        State->Leave |= (uint)(LeaveReason.Redirect | LeaveReason.Interrupts);
        return false;
    }

    private void EnterTrap(ulong pc, bool isInterrupt, int cause, ulong value, PrivilegeMode to)
    {
        var from = State->Privilege;
        var causeWord = isInterrupt ? 1UL << 63 | (uint)cause : (uint)cause;
        ulong vector;
        if (to == PrivilegeMode.Machine)
        {
            (MachineCause, MachineExceptionPc, MachineTrapValue) = (causeWord, pc, value);
            var status = _status & ~(StatusBits.Mie | StatusBits.Mpie | StatusBits.Mpp);
            if ((_status & StatusBits.Mie) != 0) status |= StatusBits.Mpie;
            _status = status | (ulong)from << StatusBits.MppShift;
            vector = MachineVector;
        }
        else
        {
            (SupervisorCause, SupervisorExceptionPc, SupervisorTrapValue) = (causeWord, pc, value);
            var status = _status & ~(StatusBits.Sie | StatusBits.Spie | StatusBits.Spp);
            if ((_status & StatusBits.Sie) != 0) status |= StatusBits.Spie;
            if (from == PrivilegeMode.Supervisor) status |= StatusBits.Spp;
            _status = status;
            vector = SupervisorVector;
        }
        State->Privilege = to;
        SelectGuard();
        SelectTlbs();
        State->NextPc = (vector & ~3UL) + (isInterrupt && (vector & 1) != 0 ? 4UL * (uint)cause : 0);
        State->Leave |= (uint)LeaveReason.Redirect;
        Host.Code.TrapTaken?.Invoke(this, new TrapEvent(pc, isInterrupt, cause, value, from, to, State->NextPc));
    }
}
