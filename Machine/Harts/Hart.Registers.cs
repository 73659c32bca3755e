using Verification.Machine.Harts.Registers;
using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

// The state behind the control and status registers, with the rules that tie one to another.
public sealed unsafe partial class Hart
{
    private ulong _status;
    private ulong _softwarePending;
    private ulong _lines;
    private ulong _timeCompare = ulong.MaxValue;
    private ulong _menvcfg;
    private ulong _mie;
    private ulong _mideleg;
    private ulong _cycleOffset;
    private ulong _instretOffset;
    private ulong _frozenCycle;
    private ulong _frozenInstret;
    private uint _counterInhibit;
    private bool _timerLapsed;

    internal ulong ExceptionDelegation;
    internal ulong MachineVector;
    internal ulong SupervisorVector;
    internal ulong SupervisorEnvironment;
    internal uint MachineCounterEnable;
    internal uint SupervisorCounterEnable;

    internal ref ulong MachineScratch => ref State->MachineScratch;

    internal ref ulong MachineExceptionPc => ref State->MachineExceptionPc;

    internal ref ulong MachineCause => ref State->MachineCause;

    internal ref ulong MachineTrapValue => ref State->MachineTrapValue;

    internal ref ulong SupervisorScratch => ref State->SupervisorScratch;

    internal ref ulong SupervisorExceptionPc => ref State->SupervisorExceptionPc;

    internal ref ulong SupervisorCause => ref State->SupervisorCause;

    internal ref ulong SupervisorTrapValue => ref State->SupervisorTrapValue;

    internal ProtectionUnit Protection { get; } = new();

    internal uint FloatStatus
    {
        get => State->FloatStatus;
        set => State->FloatStatus = value;
    }

    internal uint FloatFlags
    {
        get => (uint)State->FloatControl & 0x1F;
        set => FloatControl = State->FloatControl & ~0x1FUL | value;
    }

    internal uint RoundingMode
    {
        get => (uint)State->FloatControl >> 5 & 7;
        set => FloatControl = State->FloatControl & 0x1F | value << 5;
    }

    internal ulong FloatControl
    {
        get => State->FloatControl;
        set
        {
            State->FloatControl = value;
            FloatStatus = 3;
        }
    }

    /// <summary><c>mstatus</c>: FS lives with the floating-point registers, SD is computed.</summary>
    internal ulong Status
    {
        get
        {
            var value = _status | (ulong)FloatStatus << StatusBits.FsShift;
            return FloatStatus == 3 ? value | StatusBits.Sd : value;
        }
        set
        {
            var writable = StatusBits.Mie | StatusBits.Mpie;
            if (Options.Has(IsaExtensions.U)) writable |= StatusBits.Mprv | StatusBits.Tw;
            if (Options.Has(IsaExtensions.S))
                writable |= StatusBits.Sie | StatusBits.Spie | StatusBits.Spp | StatusBits.Sum | StatusBits.Mxr
                    | StatusBits.Tvm | StatusBits.Tsr;
            var mpp = value & StatusBits.Mpp;
            if (IsLegalMode((PrivilegeMode)(mpp >> StatusBits.MppShift))) writable |= StatusBits.Mpp;
            var before = _status;
            _status = before & ~writable | value & writable;
            if (Options.Has(IsaExtensions.F)) FloatStatus = (uint)(value >> StatusBits.FsShift) & 3;
            if (((_status ^ before) & StatusBits.Views) != 0) SelectTlbs();
            State->Leave |= (uint)LeaveReason.Interrupts;
        }
    }

    internal ulong SupervisorStatus
    {
        get => Status & (StatusBits.SupervisorWritable | StatusBits.Uxl64 | StatusBits.Sd);
        set => Status = Status & ~StatusBits.SupervisorWritable | value & StatusBits.SupervisorWritable;
    }

    internal ulong AddressTranslation
    {
        get => State->Satp;
        set
        {
            // A mode that isn't supported makes the whole write without effect.
            if (value >> 60 is not (0 or 8 or 9 or 10)) return;
            var legal = value >> 60 == 0 ? 0 : value;
            if (State->Satp == legal) return;
            State->Satp = legal;
            SelectTlbs();
        }
    }

    internal ulong InterruptEnable
    {
        get => _mie;
        set
        {
            _mie = value;
            State->Leave |= (uint)LeaveReason.Interrupts;
        }
    }

    internal ulong InterruptDelegation
    {
        get => _mideleg;
        set
        {
            _mideleg = value;
            State->Leave |= (uint)LeaveReason.Interrupts;
        }
    }

    internal ulong ImplementedInterrupts =>
        Options.Has(IsaExtensions.S) ? InterruptBits.Machine | InterruptBits.Supervisor : InterruptBits.Machine;

    /// <summary><c>mip</c>: software's bits, the wires, and the timer that <c>stimecmp</c> drives.</summary>
    internal ulong InterruptPending
    {
        get
        {
            var pending = _softwarePending | _lines;
            if ((_menvcfg & EnvironmentBits.Stce) == 0) return pending;
            return _timerLapsed ? pending | InterruptBits.SupervisorTimer : pending & ~InterruptBits.SupervisorTimer;
        }
    }

    /// <summary>What set and clear instructions start from: the external wire is not copied into software's SEIP.</summary>
    internal ulong SoftwarePending =>
        InterruptPending & ~InterruptBits.SupervisorExternal | _softwarePending & InterruptBits.SupervisorExternal;

    internal ulong WritablePending
    {
        get
        {
            if (!Options.Has(IsaExtensions.S)) return 0;
            var bits = InterruptBits.SupervisorSoftware | InterruptBits.SupervisorExternal;
            return (_menvcfg & EnvironmentBits.Stce) != 0 ? bits : bits | InterruptBits.SupervisorTimer;
        }
    }

    internal ulong MachineEnvironment
    {
        get => _menvcfg;
        set
        {
            var changed = _menvcfg ^ value;
            _menvcfg = value;
            if ((changed & (EnvironmentBits.Adue | EnvironmentBits.Pbmte)) != 0) FlushTlbs();
            if ((changed & EnvironmentBits.Stce) != 0) ArmTimer();
        }
    }

    internal ulong TimeCompare
    {
        get => _timeCompare;
        set
        {
            _timeCompare = value;
            ArmTimer();
        }
    }

    internal bool MayCompareTime
    {
        get
        {
            if (!Options.Has(IsaExtensions.Sstc | IsaExtensions.S)) return false;
            return Privilege == PrivilegeMode.Machine
                || (_menvcfg & EnvironmentBits.Stce) != 0 && (MachineCounterEnable & 2) != 0;
        }
    }

    internal ulong Time => Host.Time;

    internal ulong Cycle
    {
        get => (_counterInhibit & 1) != 0 ? _frozenCycle : Retired - _cycleOffset;
        set
        {
            // The writing instruction itself is not counted: the next one reads what was written.
            _frozenCycle = value;
            _cycleOffset = Retired + 1 - value;
        }
    }

    internal ulong InstructionsRetired
    {
        get => (_counterInhibit & 4) != 0 ? _frozenInstret : Retired - Exceptions - _instretOffset;
        set
        {
            _frozenInstret = value;
            _instretOffset = Retired + 1 - Exceptions - value;
        }
    }

    /// <summary>Executed instructions that did not retire, because they raised an exception.</summary>
    internal ulong Exceptions { get; private set; }

    internal uint CounterInhibit
    {
        get => _counterInhibit;
        set
        {
            var (cycle, instret) = (Cycle, InstructionsRetired);
            _counterInhibit = value;
            Cycle = (value & 1) != 0 ? cycle : cycle + 1;
            InstructionsRetired = (value & 4) != 0 ? instret : instret + 1;
        }
    }

    internal ulong Misa
    {
        get
        {
            ulong misa = 2UL << 62 | 1UL << ('I' - 'A');
            Add('M', IsaExtensions.M);
            Add('A', IsaExtensions.A);
            Add('F', IsaExtensions.F);
            Add('D', IsaExtensions.D);
            Add('C', IsaExtensions.C);
            Add('S', IsaExtensions.S);
            Add('U', IsaExtensions.U);
            return misa;

            void Add(char letter, IsaExtensions extension)
            {
                if (Options.Has(extension)) misa |= 1UL << (letter - 'A');
            }
        }
    }

    internal bool MayCount(int counter)
    {
        var bit = 1u << counter;
        if (!Options.Has(counter < 3 ? IsaExtensions.Zicntr : IsaExtensions.Zihpm)) return false;
        if (Privilege == PrivilegeMode.Machine) return true;
        if ((MachineCounterEnable & bit) == 0) return false;
        return Privilege == PrivilegeMode.Supervisor || !Options.Has(IsaExtensions.S) || (SupervisorCounterEnable & bit) != 0;
    }

    internal ulong AlignPc(ulong value) => value & CodeAddressBits(Options.Extensions);

    internal static ulong CodeAddressBits(IsaExtensions extensions) => extensions.HasFlag(IsaExtensions.C) ? ~1UL : ~3UL;

    internal void WritePending(ulong value, ulong mask)
    {
        _softwarePending = _softwarePending & ~mask | value & mask;
        State->Leave |= (uint)LeaveReason.Interrupts;
        WakeIfPending();
    }

    internal ulong LegalEnvironment(ulong old, ulong value, ulong writable)
    {
        var bits = EnvironmentBits.Fiom;
        if (Options.Has(IsaExtensions.Zicbom)) bits |= EnvironmentBits.Cbcfe | ((value & EnvironmentBits.Cbie) == 2UL << 4 ? 0 : EnvironmentBits.Cbie);
        if (Options.Has(IsaExtensions.Zicboz)) bits |= EnvironmentBits.Cbze;
        if (Options.Has(IsaExtensions.Svadu)) bits |= EnvironmentBits.Adue;
        if (Options.Has(IsaExtensions.Svpbmt)) bits |= EnvironmentBits.Pbmte;
        if (Options.Has(IsaExtensions.Sstc)) bits |= EnvironmentBits.Stce;
        bits &= writable;
        return old & ~bits | value & bits;
    }

    internal void WriteProtection(int register, ulong value)
    {
        Protection.WriteConfiguration(register, value);
        FlushTlbs();
    }

    internal void WriteProtectionAddress(int entry, ulong value)
    {
        Protection.WriteAddress(entry, value);
        FlushTlbs();
    }

    /// <summary>Reads and writes a register as an instruction does.</summary>
    /// <returns>False when the current mode may not, or there is none: an illegal instruction, for the caller to raise.</returns>
    internal bool TryAccessCsr(int number, CsrOperation operation, bool reads, bool writes, ulong operand,
        out ulong old, out ulong written)
    {
        old = written = 0;
        var row = CsrTable.Find(number);
        if (row is null || (int)Privilege < row.LowestMode || writes && row.IsReadOnly) return false;
        if (row.Reachable is { } reachable && !reachable(this)) return false;
        if (reads || operation != CsrOperation.Write) old = row.Read(this);
        if (!writes) return true;
        var start = operation == CsrOperation.Write || row.Software is null ? old : row.Software(this);
        written = operation switch
        {
            CsrOperation.Write => operand,
            CsrOperation.Set => start | operand,
            _ => start & ~operand,
        };
        row.Write?.Invoke(this, written);
        return true;
    }

    private bool IsLegalMode(PrivilegeMode mode) => mode switch
    {
        PrivilegeMode.Machine => true,
        PrivilegeMode.Supervisor => Options.Has(IsaExtensions.S),
        PrivilegeMode.User => Options.Has(IsaExtensions.U),
        _ => false,
    };

    private void RearmTimer()
    {
        var on = (_menvcfg & EnvironmentBits.Stce) != 0;
        if (on && !_timerLapsed) Host.SetDeadline(this, _timeCompare);
    }

    /// <summary>Looks anew whether <c>stimecmp</c> has been reached, since it or time was written.</summary>
    internal void ArmTimer()
    {
        var on = (_menvcfg & EnvironmentBits.Stce) != 0;
        _timerLapsed = on && Host.Time >= _timeCompare;
        Host.SetDeadline(this, on && !_timerLapsed ? _timeCompare : ulong.MaxValue);
        State->Leave |= (uint)LeaveReason.Interrupts;
        WakeIfPending();
    }
}
