using System.Runtime.CompilerServices;

namespace Verification.Machine.Isa;

/// <summary>Where an operand stands in an <see cref="Instruction"/>.</summary>
public enum OperandSlot
{
    /// <summary><see cref="Instruction.Rd"/>.</summary>
    Rd,

    /// <summary><see cref="Instruction.Rs1"/>.</summary>
    Rs1,

    /// <summary><see cref="Instruction.Rs2"/>.</summary>
    Rs2,

    /// <summary><see cref="Instruction.Rs3"/>.</summary>
    Rs3,

    /// <summary><see cref="Instruction.Mode"/>.</summary>
    Mode,

    /// <summary><see cref="Instruction.Immediate"/>.</summary>
    Immediate,
}

/// <summary>The operands of an instruction, one number for each <see cref="OperandSlot"/>.</summary>
[InlineArray(6)]
public struct OperandValues : IEquatable<OperandValues>
{
    private long first;

    /// <summary>The operand in <paramref name="slot"/>.</summary>
    public long this[OperandSlot slot]
    {
        readonly get => this[(int)slot];
        set => this[(int)slot] = value;
    }

    /// <summary>The operands of <paramref name="instruction"/>.</summary>
    public static OperandValues Of(in Instruction instruction)
    {
        var values = default(OperandValues);
        values[OperandSlot.Rd] = instruction.Rd;
        values[OperandSlot.Rs1] = instruction.Rs1;
        values[OperandSlot.Rs2] = instruction.Rs2;
        values[OperandSlot.Rs3] = instruction.Rs3;
        values[OperandSlot.Mode] = instruction.Mode;
        values[OperandSlot.Immediate] = instruction.Immediate;
        return values;
    }

    /// <inheritdoc/>
    public readonly bool Equals(OperandValues other) => ((ReadOnlySpan<long>)this).SequenceEqual(other);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is OperandValues other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(this[0], this[1], this[2], this[3], this[4], this[5]);

    /// <summary>The instruction with these operands.</summary>
    internal readonly Instruction ToInstruction(int row, int sizeBytes, uint encoding) => new()
    {
        Row = (ushort)row,
        SizeBytes = (byte)sizeBytes,
        Rd = (byte)this[OperandSlot.Rd],
        Rs1 = (byte)this[OperandSlot.Rs1],
        Rs2 = (byte)this[OperandSlot.Rs2],
        Rs3 = (byte)this[OperandSlot.Rs3],
        Mode = (byte)this[OperandSlot.Mode],
        Immediate = this[OperandSlot.Immediate],
        Encoding = encoding,
    };
}
