using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

/// <summary>
/// Sees what harts do, while they do it. Implementations are structs: the observed interpreter is compiled for each, and an
/// empty method costs nothing. An observer ends the run at the very instruction with <see cref="Hart.RequestStop"/>.
/// </summary>
public interface IObserver
{
    /// <summary>An instruction is about to execute; registers are those before it.</summary>
    void Fetch(Hart hart, ulong pc, in Instruction instruction);

    /// <summary>A store is about to reach memory or a device; a load or an atomic has been done.</summary>
    void Access(Hart hart, in MemoryAccess access);

    /// <summary>A trap was taken; the hart is at its handler.</summary>
    void Trap(Hart hart, in TrapEvent trap);

    /// <summary>A control and status register was written; the new value is what the instruction gave, legal or not.</summary>
    void Csr(Hart hart, int csr, ulong oldValue, ulong newValue);

    /// <summary>A jump, call, return or taken branch.</summary>
    void Transfer(Hart hart, ulong from, ulong to, TransferKind kind);

    /// <summary>An integer register was written (never x0).</summary>
    void Register(Hart hart, int register, ulong value);

    /// <summary>An <c>ecall</c> is about to be served by the model's own firmware: a7, a6 and a0-a5 are in the registers.</summary>
    void HostCall(Hart hart, ulong extension, ulong function);
}

/// <summary>An access to memory or a device by an instruction.</summary>
/// <param name="Pc">Address of the instruction.</param>
/// <param name="VirtualAddress">As the instruction computed it.</param>
/// <param name="PhysicalAddress">Where it went.</param>
/// <param name="SizeBytes">1, 2, 4, 8 (16 for a pair); 64 for a block zeroed.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Value">The value loaded or stored (the new one, for an atomic), zero-extended.</param>
/// <param name="BaseRegister">The integer register that the address was computed from.</param>
public readonly record struct MemoryAccess(
    ulong Pc, ulong VirtualAddress, ulong PhysicalAddress, int SizeBytes, AccessKind Kind, ulong Value, int BaseRegister);

/// <summary>Kinds of memory access.</summary>
public enum AccessKind
{
    /// <summary>An instruction fetch.</summary>
    Fetch,

    /// <summary>A load.</summary>
    Load,

    /// <summary>A store.</summary>
    Store,

    /// <summary>An atomic read-modify-write: <c>amo*</c>, <c>amocas</c>, a successful <c>sc</c>.</summary>
    Atomic,
}

/// <summary>A trap, as taken.</summary>
/// <param name="Pc">Address of the instruction that trapped or was interrupted.</param>
/// <param name="IsInterrupt">An interrupt, not an exception.</param>
/// <param name="Cause">Exception or interrupt number, as in <c>mcause</c> without its top bit.</param>
/// <param name="Value">What <c>mtval</c> or <c>stval</c> got.</param>
/// <param name="From">Mode in which it arose.</param>
/// <param name="To">Mode that handles it.</param>
/// <param name="Handler">Where the hart goes on.</param>
public readonly record struct TrapEvent(
    ulong Pc, bool IsInterrupt, int Cause, ulong Value, PrivilegeMode From, PrivilegeMode To, ulong Handler);

/// <summary>Kinds of control transfer, told apart by the link-register conventions (unprivileged specification 2.5.1).</summary>
public enum TransferKind
{
    /// <summary>A jump that links in ra or t0.</summary>
    Call,

    /// <summary>An indirect jump through ra or t0 that does not link.</summary>
    Return,

    /// <summary>Any other jump.</summary>
    Jump,

    /// <summary>A taken branch.</summary>
    Branch,

    /// <summary><c>mret</c> or <c>sret</c>.</summary>
    TrapReturn,
}
