namespace Verification.Toolchain;

/// <summary>Relocation types of the RISC-V ELF psABI, with its numbers.</summary>
public enum RelocationKind
{
    /// <summary>R_RISCV_32: symbol + addend, 4 bytes.</summary>
    Absolute32 = 1,

    /// <summary>R_RISCV_64: symbol + addend, 8 bytes.</summary>
    Absolute64 = 2,

    /// <summary>R_RISCV_BRANCH: a conditional branch, reach 4 KiB.</summary>
    Branch = 16,

    /// <summary>R_RISCV_JAL: <c>jal</c>, reach 1 MiB. Compiled code calls with these.</summary>
    Jal = 17,

    /// <summary>R_RISCV_CALL_PLT: an <c>auipc</c>, <c>jalr</c> pair.</summary>
    CallPlt = 19,

    /// <summary>R_RISCV_PCREL_HI20: the <c>auipc</c> of a pc-relative pair.</summary>
    PcRelHi20 = 23,

    /// <summary>
    /// R_RISCV_PCREL_LO12_I: the I-type half of such a pair. Symbol + addend name the <c>auipc</c>, as in the psABI: the
    /// symbol is that of the method itself, the addend the offset of the <c>auipc</c> in it.
    /// </summary>
    PcRelLo12I = 24,

    /// <summary>R_RISCV_PCREL_LO12_S: likewise, for a store.</summary>
    PcRelLo12S = 25,

    /// <summary>R_RISCV_HI20: the <c>lui</c> of an absolute pair.</summary>
    Hi20 = 26,

    /// <summary>R_RISCV_LO12_I: the I-type half of an absolute pair.</summary>
    Lo12I = 27,

    /// <summary>R_RISCV_LO12_S: the S-type half of an absolute pair.</summary>
    Lo12S = 28,

    /// <summary>R_RISCV_RVC_BRANCH: a compressed conditional branch.</summary>
    RvcBranch = 44,

    /// <summary>R_RISCV_RVC_JUMP: a compressed jump.</summary>
    RvcJump = 45,
}

/// <summary>A place that the linker fills in.</summary>
/// <param name="Offset">Byte offset in the code or content.</param>
/// <param name="Kind">How.</param>
/// <param name="Symbol">With which symbol's address.</param>
/// <param name="Addend">Added to it.</param>
public sealed record Relocation(int Offset, RelocationKind Kind, string Symbol, long Addend);
