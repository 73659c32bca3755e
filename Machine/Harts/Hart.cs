using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Machine.Harts;

/// <summary>A hart: registers, control and status registers, privilege, and what it is doing.</summary>
public sealed unsafe partial class Hart : IStateful
{
    /// <summary>Its <c>mhartid</c>.</summary>
    public ulong Id { get; }

    /// <summary>Its position in the board's list.</summary>
    public int Index { get; }

    /// <summary>Address of the next instruction; inside an observer, of the one being executed.</summary>
    public ulong Pc { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }

    /// <summary>The mode it is in.</summary>
    public PrivilegeMode Privilege { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }

    /// <summary>Whether it executes, waits or is stopped.</summary>
    public HartRunState RunState => throw new NotImplementedException();

    /// <summary>Instructions that it has executed, those that ended in an exception included: its coordinate in time.</summary>
    public ulong Retired => throw new NotImplementedException();

    /// <summary>The machine's memory.</summary>
    public PhysicalMemory Memory => throw new NotImplementedException();

    /// <summary>Reads integer register 0-31.</summary>
    public ulong GetRegister(int register) => throw new NotImplementedException();

    /// <summary>Sets integer register 0-31; x0 stays 0.</summary>
    public void SetRegister(int register, ulong value) => throw new NotImplementedException();

    /// <summary>Reads floating-point register 0-31, all 64 bits.</summary>
    public ulong GetFloatRegister(int register) => throw new NotImplementedException();

    /// <summary>Sets floating-point register 0-31, all 64 bits.</summary>
    public void SetFloatRegister(int register, ulong value) => throw new NotImplementedException();

    /// <summary>Reads a control and status register as M-mode would, without side effects.</summary>
    /// <returns>False when there is no such register.</returns>
    public bool TryGetCsr(int csr, out ulong value) => throw new NotImplementedException();

    /// <summary>Writes a control and status register as M-mode would, legal bits only.</summary>
    /// <returns>False when there is no such register, or it is read-only.</returns>
    public bool TrySetCsr(int csr, ulong value) => throw new NotImplementedException();

    /// <summary>Drives one of the hart's interrupt inputs (a bit of <c>mip</c>).</summary>
    public void SetInterrupt(InterruptCause cause, bool level) => throw new NotImplementedException();

    /// <summary>Raises or takes back an interrupt as M-mode software does, by writing <c>mip</c> (SBI's IPIs and timer).</summary>
    public void SetPending(InterruptCause cause, bool level) => throw new NotImplementedException();

    /// <summary>Starts the hart, from stopped, waiting or running, at an address, with a0 and a1 (SBI HSM and ways in).
    /// All other integer registers keep their values; translation is off and S-mode interrupts are disabled.</summary>
    public void Start(PrivilegeMode mode, ulong pc, ulong a0, ulong a1) => throw new NotImplementedException();

    /// <summary>Stops the hart: it executes nothing until <see cref="Start"/>.</summary>
    public void Stop() => throw new NotImplementedException();

    /// <summary>Lets the hart wait as <c>wfi</c> does (SBI HSM retentive suspend).</summary>
    public void Suspend() => throw new NotImplementedException();

    /// <summary>Forgets cached translations (SBI RFENCE). The model's caches are coherent; this is a coordinate only.</summary>
    public void FlushTranslations() => throw new NotImplementedException();

    /// <summary>Ends the run after this instruction, or before it when called from <see cref="IObserver.Fetch"/>.</summary>
    public void RequestStop(object finding) => throw new NotImplementedException();

    /// <summary>Translates an address as a load of the hart would now, without side effects or permission checks.</summary>
    /// <returns>False where nothing is mapped.</returns>
    public bool TryTranslate(ulong virtualAddress, out ulong physicalAddress) => throw new NotImplementedException();

    /// <summary>Reads memory through the hart's translation, without side effects.</summary>
    public bool TryReadVirtual(ulong virtualAddress, Span<byte> destination) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer) => throw new NotImplementedException();
}
