namespace Verification.Machine.Isa;

/// <summary>
/// A decoded instruction: which row of the table, and its operands. A compressed instruction decodes to the row that it
/// expands to, with <see cref="SizeBytes"/> 2.
/// </summary>
public readonly struct Instruction
{
    /// <summary>Index of the row in the instruction table: of the expansion, for compressed ones.</summary>
    public ushort Row { get; init; }

    /// <summary>2 for a compressed instruction, else 4.</summary>
    public byte SizeBytes { get; init; }

    /// <summary>Destination register, 0-31.</summary>
    public byte Rd { get; init; }

    /// <summary>First source register, 0-31.</summary>
    public byte Rs1 { get; init; }

    /// <summary>Second source register, 0-31.</summary>
    public byte Rs2 { get; init; }

    /// <summary>Third source register, 0-31 (fused multiply-add).</summary>
    public byte Rs3 { get; init; }

    /// <summary>Rounding mode field (floating point), or the fields that order (aq, rl; pred and succ of a fence).</summary>
    public byte Mode { get; init; }

    /// <summary>Immediate: sign-extended, shift amount, CSR number, or zero-extended, as the row's encoding has it.</summary>
    public long Immediate { get; init; }

    /// <summary>The encoding as fetched: 32 bits, or 16 for a compressed one.</summary>
    public uint Encoding { get; init; }
}
