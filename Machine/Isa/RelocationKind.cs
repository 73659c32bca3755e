namespace Verification.Machine.Isa;

/// <summary>Relocations, with their numbers in ELF (RISC-V ELF psABI, table 3).</summary>
public enum RelocationKind : uint
{
    /// <summary>Nothing to do.</summary>
    None = 0,

    /// <summary>R_RISCV_32: 32-bit address.</summary>
    Absolute32 = 1,

    /// <summary>R_RISCV_64: 64-bit address.</summary>
    Absolute64 = 2,

    /// <summary>R_RISCV_BRANCH: 12-bit pc-relative branch.</summary>
    Branch = 16,

    /// <summary>R_RISCV_JAL: 20-bit pc-relative jump.</summary>
    Jal = 17,

    /// <summary>R_RISCV_CALL_PLT: an <c>auipc</c> and a <c>jalr</c> after it, 32 bits pc-relative.</summary>
    CallPlt = 19,

    /// <summary>R_RISCV_PCREL_HI20: <c>auipc</c>'s part of a pc-relative address.</summary>
    PcRelHi20 = 23,

    /// <summary>R_RISCV_PCREL_LO12_I: the low part in a load or <c>addi</c>; its symbol is the label of the <c>auipc</c>.</summary>
    PcRelLo12I = 24,

    /// <summary>R_RISCV_PCREL_LO12_S: the low part in a store; its symbol is the label of the <c>auipc</c>.</summary>
    PcRelLo12S = 25,

    /// <summary>R_RISCV_HI20: <c>lui</c>'s part of an absolute address.</summary>
    Hi20 = 26,

    /// <summary>R_RISCV_LO12_I: the low part in a load or <c>addi</c>.</summary>
    Lo12I = 27,

    /// <summary>R_RISCV_LO12_S: the low part in a store.</summary>
    Lo12S = 28,

    /// <summary>R_RISCV_TPREL_HI20.</summary>
    ThreadHi20 = 29,

    /// <summary>R_RISCV_TPREL_LO12_I.</summary>
    ThreadLo12I = 30,

    /// <summary>R_RISCV_TPREL_LO12_S.</summary>
    ThreadLo12S = 31,

    /// <summary>R_RISCV_ADD8.</summary>
    Add8 = 33,

    /// <summary>R_RISCV_ADD16.</summary>
    Add16 = 34,

    /// <summary>R_RISCV_ADD32: adds to a 32-bit word.</summary>
    Add32 = 35,

    /// <summary>R_RISCV_ADD64: adds to a 64-bit word.</summary>
    Add64 = 36,

    /// <summary>R_RISCV_SUB8.</summary>
    Subtract8 = 37,

    /// <summary>R_RISCV_SUB16.</summary>
    Subtract16 = 38,

    /// <summary>R_RISCV_SUB32: subtracts from a 32-bit word.</summary>
    Subtract32 = 39,

    /// <summary>R_RISCV_SUB64: subtracts from a 64-bit word.</summary>
    Subtract64 = 40,

    /// <summary>R_RISCV_RVC_BRANCH: 8-bit pc-relative branch.</summary>
    RvcBranch = 44,

    /// <summary>R_RISCV_RVC_JUMP: 11-bit pc-relative jump.</summary>
    RvcJump = 45,

    /// <summary>R_RISCV_32_PCREL: 32-bit pc-relative address.</summary>
    PcRel32 = 57,
}

/// <summary>A place in assembled or compiled code that waits for a symbol's address.</summary>
/// <param name="Offset">Where, in bytes from the start of its section.</param>
/// <param name="Kind">How the address enters.</param>
/// <param name="Symbol">Whose address.</param>
/// <param name="Addend">What is added to it.</param>
public sealed record Relocation(int Offset, RelocationKind Kind, string Symbol, long Addend);
