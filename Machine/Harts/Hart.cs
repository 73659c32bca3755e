using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Verification.Machine.Harts.Registers;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Machine.Harts;

/// <summary>A hart: registers, control and status registers, privilege, and what it is doing.</summary>
public sealed unsafe partial class Hart : IStateful
{
    private readonly HartState[] _state = GC.AllocateArray<HartState>(1, pinned: true);

    internal Hart(ulong id, int index, HartOptions options, PhysicalMemory memory, IHartHost host)
    {
        (Id, Index, Options, Memory, Host) = (id, index, options, memory, host);
        State = (HartState*)Unsafe.AsPointer(ref _state[0]);
        State->ReservedVirtual = HartState.Nowhere;
        State->Handle = (nint)GCHandle.Alloc(this, GCHandleType.Weak);
        Reset();
    }

    /// <summary>Frees the handle by which unmanaged state finds the hart.</summary>
    ~Hart() => FreeHandle();

    /// <summary>Its <c>mhartid</c>.</summary>
    public ulong Id { get; }

    /// <summary>Its position in the board's list.</summary>
    public int Index { get; }

    /// <summary>Address of the next instruction; inside an observer or a firmware call, of the one being executed.</summary>
    public ulong Pc
    {
        get => State->Pc;
        set => State->Pc = value;
    }

    /// <summary>The mode it is in.</summary>
    public PrivilegeMode Privilege
    {
        get => State->Privilege;
        set
        {
            State->Privilege = value;
            SelectTlbs();
            SelectGuard();
            State->Leave |= (uint)LeaveReason.Interrupts;
        }
    }

    /// <summary>Whether it executes, waits or is stopped.</summary>
    public HartRunState RunState { get; private set; } = HartRunState.Stopped;

    /// <summary>Instructions that it has executed, those that ended in an exception included: its coordinate in time.</summary>
    public ulong Retired => State->Executed;

    /// <summary>The machine's memory.</summary>
    public PhysicalMemory Memory { get; }

    internal HartState* State { get; }

    internal HartOptions Options { get; }

    internal IHartHost Host { get; }

    /// <summary>Reads integer register 0-31.</summary>
    public ulong GetRegister(int register) => State->X[Checked(register)];

    /// <summary>Sets integer register 0-31; x0 stays 0.</summary>
    public void SetRegister(int register, ulong value)
    {
        if (Checked(register) != 0) State->X[register] = value;
        if (register == 2) SelectGuard();
    }

    /// <summary>Reads floating-point register 0-31, all 64 bits.</summary>
    public ulong GetFloatRegister(int register) => State->F[Checked(register)];

    /// <summary>Sets floating-point register 0-31, all 64 bits.</summary>
    public void SetFloatRegister(int register, ulong value) => State->F[Checked(register)] = value;

    /// <summary>Reads a control and status register as M-mode would, without side effects.</summary>
    /// <returns>False when there is no such register.</returns>
    public bool TryGetCsr(int csr, out ulong value)
    {
        value = 0;
        if (CsrTable.Find(csr) is not { } row) return false;
        value = row.Read(this);
        return true;
    }

    /// <summary>Writes a control and status register as M-mode would, legal bits only.</summary>
    /// <returns>False when there is no such register, or it is read-only.</returns>
    public bool TrySetCsr(int csr, ulong value)
    {
        if (CsrTable.Find(csr) is not { IsReadOnly: false } row) return false;
        row.Write?.Invoke(this, value);
        return true;
    }

    /// <summary>Drives one of the hart's interrupt inputs (a bit of <c>mip</c>).</summary>
    public void SetInterrupt(InterruptCause cause, bool level)
    {
        var bit = 1UL << (int)cause;
        _lines = level ? _lines | bit : _lines & ~bit;
        State->Leave |= (uint)LeaveReason.Interrupts;
        WakeIfPending();
    }

    /// <summary>Raises or takes back an interrupt as M-mode software does, by writing <c>mip</c> (SBI's IPIs and timer).</summary>
    public void SetPending(InterruptCause cause, bool level)
    {
        var bit = 1UL << (int)cause;
        WritePending(level ? bit : 0, bit);
    }

    /// <summary>Starts the hart, from stopped, waiting or running, at an address, with a0 and a1 (SBI HSM and ways in).
    /// All other integer registers keep their values; translation is off, and the mode's interrupts are disabled.</summary>
    public void Start(PrivilegeMode mode, ulong pc, ulong a0, ulong a1)
    {
        if (mode != PrivilegeMode.Machine) PrepareBelowMachine();
        Status &= ~(StatusBits.Sie | StatusBits.Mie);
        AddressTranslation = 0;
        Privilege = mode;
        (State->X[10], State->X[11]) = (a0, a1);
        Reserved = false;
        GoTo(pc);
        SetRunState(HartRunState.Running);
    }

    /// <summary>Stops the hart: it executes nothing until <see cref="Start"/>.</summary>
    public void Stop() => SetRunState(HartRunState.Stopped);

    /// <summary>Lets the hart wait as <c>wfi</c> does (SBI HSM retentive suspend).</summary>
    public void Suspend()
    {
        if ((InterruptPending & _mie) == 0) SetRunState(HartRunState.Waiting);
    }

    /// <summary>Forgets cached translations, as <c>sfence.vma</c> does (SBI RFENCE). They are coherent with the page tables
    /// anyway: nothing depends on it.</summary>
    public void FlushTranslations() => FlushTranslated();

    /// <summary>Ends the run after this instruction, or before it when called from <see cref="IObserver.Fetch"/>.</summary>
    public void RequestStop(object finding) => Host.RequestStop(new StopReason.ObserverStop(finding));

    /// <summary>Power-on state: M-mode at address 0, stopped.</summary>
    internal void Reset()
    {
        new Span<ulong>(State->X, 32).Clear();
        new Span<ulong>(State->F, 32).Clear();
        (State->FloatStatus, State->FloatControl) = (0, 0);
        _status = (Options.Has(IsaExtensions.U) ? StatusBits.Uxl64 : 0) | (Options.Has(IsaExtensions.S) ? StatusBits.Sxl64 : 0);
        _menvcfg = Options.Has(IsaExtensions.Svadu) && !Options.Has(IsaExtensions.Svade) ? EnvironmentBits.Adue : 0;
        State->Privilege = PrivilegeMode.Machine;
        Protection.Reset();
        State->MisalignedPc = Options.Has(IsaExtensions.C) ? 0UL : 2UL;
        FlushTlbs();
    }

    /// <summary>The machine is no longer used.</summary>
    internal void Release()
    {
        ReleaseTlbs();
        FreeHandle();
        GC.SuppressFinalize(this);
    }

    private void FreeHandle()
    {
        if (State->Handle == 0) return;
        GCHandle.FromIntPtr(State->Handle).Free();
        State->Handle = 0;
    }

    /// <summary>Where the hart goes on, whether it executes just now or not.</summary>
    internal void GoTo(ulong pc)
    {
        State->NextPc = pc;
        if (State->InBlock == 0) State->Pc = pc;
        else State->Leave |= (uint)LeaveReason.Redirect;
    }

    internal void SetRunState(HartRunState state)
    {
        if (state == RunState) return;
        RunState = state;
        State->Leave |= (uint)LeaveReason.Slice;
        Host.RunStateChanged(this);
    }

    /// <summary>The deadline of <c>stimecmp</c> has come.</summary>
    internal void TimerElapsed()
    {
        _timerLapsed = true;
        State->Leave |= (uint)LeaveReason.Interrupts;
        WakeIfPending();
    }

    // M-mode's registers as firmware leaves them: everything that S-mode can handle is delegated to it, counters and
    // environment are open, and one protection entry allows all of memory.
    private void PrepareBelowMachine()
    {
        if (Options.Has(IsaExtensions.S))
        {
            ExceptionDelegation = 0xB1FF;
            InterruptDelegation = InterruptBits.Supervisor;
        }
        MachineCounterEnable = SupervisorCounterEnable = uint.MaxValue;
        MachineEnvironment = LegalEnvironment(0, ulong.MaxValue, EnvironmentBits.Cbie | EnvironmentBits.Cbcfe
            | EnvironmentBits.Cbze | EnvironmentBits.Pbmte | EnvironmentBits.Stce | _menvcfg & EnvironmentBits.Adue);
        WriteProtectionAddress(0, ulong.MaxValue);
        WriteProtection(0, 0x1F);
        FloatStatus = Options.Has(IsaExtensions.F) ? 3u : 0u;
    }

    private void WakeIfPending()
    {
        if (RunState == HartRunState.Waiting && (InterruptPending & _mie) != 0) SetRunState(HartRunState.Running);
    }

    private static int Checked(int register) => (uint)register < 32
        ? register
        : throw new ArgumentOutOfRangeException(nameof(register), $"There is no register {register}.");
}
