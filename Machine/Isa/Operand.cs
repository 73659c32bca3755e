namespace Verification.Machine.Isa;

/// <summary>What an operand in an instruction's text is.</summary>
public enum OperandKind
{
    /// <summary>An integer register (<c>rd</c>, <c>rs1</c>, <c>rs2</c>, primed for x8-x15).</summary>
    IntegerRegister,

    /// <summary>A floating-point register (<c>fd</c>, <c>fs1</c>, <c>fs2</c>, <c>fs3</c>).</summary>
    FloatRegister,

    /// <summary>A number (<c>imm</c>, <c>uimm</c>, <c>zimm</c>).</summary>
    Number,

    /// <summary>A shift amount (<c>shamt</c>).</summary>
    ShiftAmount,

    /// <summary>Bits 31 to 12 of the immediate, as a number of 20 bits (<c>upper</c>).</summary>
    Upper,

    /// <summary>A code address, encoded relative to this instruction (<c>offset</c>).</summary>
    Offset,

    /// <summary>A control and status register (<c>csr</c>).</summary>
    Csr,

    /// <summary>
    /// A rounding mode: <c>rm</c>, where it is left out dynamic; <c>rme</c> of exact conversions, where left out
    /// <c>rne</c>. <see cref="Operand.Literal"/> holds what it is when left out.
    /// </summary>
    RoundingMode,

    /// <summary>The accesses before a fence (<c>pred</c>).</summary>
    Predecessors,

    /// <summary>The accesses after a fence (<c>succ</c>).</summary>
    Successors,

    /// <summary>A register that the text fixes, such as <c>sp</c>: <see cref="Operand.Literal"/>.</summary>
    FixedRegister,

    /// <summary>A number that the text fixes: <see cref="Operand.Literal"/>.</summary>
    FixedNumber,
}

/// <summary>How an operand is written after the one before it.</summary>
public enum OperandPlace
{
    /// <summary>After a comma (or first).</summary>
    Listed,

    /// <summary>After a comma (or first), in parentheses: <c>(rs1)</c>.</summary>
    ListedInParentheses,

    /// <summary>In parentheses directly after an offset: <c>imm(rs1)</c>.</summary>
    AfterOffset,
}

/// <summary>An operand as an instruction's text names it.</summary>
/// <param name="Name">The name in the text.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Slot">Where the decoded instruction holds it.</param>
/// <param name="Place">How it is written.</param>
/// <param name="Literal">The value of a fixed register or number, or of a rounding mode that is left out.</param>
public sealed record Operand(string Name, OperandKind Kind, OperandSlot Slot, OperandPlace Place, long Literal = 0)
{
    /// <summary>Whether the text fixes it.</summary>
    public bool IsFixed => Kind is OperandKind.FixedRegister or OperandKind.FixedNumber;

    /// <summary>The operand's value among those of an instruction.</summary>
    public long Read(in OperandValues values) => Kind switch
    {
        OperandKind.Predecessors => values[Slot] >> 4,
        OperandKind.Successors => values[Slot] & 15,
        _ => values[Slot],
    };

    /// <summary>Sets the operand's value among those of an instruction.</summary>
    public void Write(ref OperandValues values, long value) => values[Slot] = Kind switch
    {
        OperandKind.Predecessors => (values[Slot] & 15) | (value << 4),
        OperandKind.Successors => (values[Slot] & ~15L) | value,
        _ => value,
    };

    /// <summary>The mnemonic and the operands of a row's text.</summary>
    /// <exception cref="FormatException">A name is none of those that <see cref="OperandKind"/> lists.</exception>
    public static (string Mnemonic, IReadOnlyList<Operand> Operands) Parse(string text)
    {
        var space = text.IndexOf(' ');
        if (space < 0)
            return (text, []);
        var operands = new List<Operand>();
        foreach (var part in text[(space + 1)..].Split(',', StringSplitOptions.TrimEntries))
        {
            var open = part.IndexOf('(');
            if (open != 0)
                operands.Add(Named(open < 0 ? part : part[..open], OperandPlace.Listed));
            if (open >= 0)
            {
                var place = open == 0 ? OperandPlace.ListedInParentheses : OperandPlace.AfterOffset;
                operands.Add(Named(part[(open + 1)..^1], place));
            }
        }

        return (text[..space], operands);
    }

    private static Operand Named(string name, OperandPlace place)
    {
        var (kind, slot) = name.TrimEnd('\'') switch
        {
            "rd" => (OperandKind.IntegerRegister, OperandSlot.Rd),
            "rs1" => (OperandKind.IntegerRegister, OperandSlot.Rs1),
            "rs2" => (OperandKind.IntegerRegister, OperandSlot.Rs2),
            "fd" => (OperandKind.FloatRegister, OperandSlot.Rd),
            "fs1" => (OperandKind.FloatRegister, OperandSlot.Rs1),
            "fs2" => (OperandKind.FloatRegister, OperandSlot.Rs2),
            "fs3" => (OperandKind.FloatRegister, OperandSlot.Rs3),
            "imm" or "uimm" or "nzimm" or "nzuimm" => (OperandKind.Number, OperandSlot.Immediate),
            "zimm" => (OperandKind.Number, OperandSlot.Rs1),
            "shamt" => (OperandKind.ShiftAmount, OperandSlot.Immediate),
            "upper" or "nzupper" => (OperandKind.Upper, OperandSlot.Immediate),
            "offset" => (OperandKind.Offset, OperandSlot.Immediate),
            "csr" => (OperandKind.Csr, OperandSlot.Immediate),
            "rm" or "rme" => (OperandKind.RoundingMode, OperandSlot.Mode),
            "pred" => (OperandKind.Predecessors, OperandSlot.Mode),
            "succ" => (OperandKind.Successors, OperandSlot.Mode),
            _ => (OperandKind.FixedNumber, OperandSlot.Immediate),
        };
        if (kind != OperandKind.FixedNumber)
            return new(name, kind, slot, place, name == "rm" ? RoundingModeNames.Dynamic : 0);
        if (RegisterNames.TryParseInteger(name, out var register))
            return new(name, OperandKind.FixedRegister, OperandSlot.Rd, place, register);
        return long.TryParse(name, out var number)
            ? new(name, OperandKind.FixedNumber, OperandSlot.Immediate, place, number)
            : throw new FormatException($"«{name}» is no operand's name.");
    }
}
