namespace Verification.Machine.Isa;

/// <summary>From instructions to words.</summary>
public static class Encoder
{
    // By row of the full table.
    private static readonly CompressedForm[][] Contractions =
        [.. InstructionSet.Rows.Select(row => InstructionSet.CompressedRows.Where(form => form.Expansion.Row == row.Row).ToArray())];

    /// <summary>The 32-bit word of an instruction of the full table, from its row and operands.</summary>
    /// <exception cref="ArgumentException">An operand does not fit its field.</exception>
    public static uint Encode(in Instruction instruction) =>
        Encode(InstructionSet.Rows[instruction.Row], OperandValues.Of(in instruction));

    /// <summary>The word of the instruction with this mnemonic; operands that it has not are ignored.</summary>
    /// <param name="mnemonic">As in the table: <c>addi</c>, <c>c.addi</c>.</param>
    /// <param name="rd">Destination register.</param>
    /// <param name="rs1">First source register.</param>
    /// <param name="rs2">Second source register.</param>
    /// <param name="rs3">Third source register.</param>
    /// <param name="immediate">Immediate, shift amount or CSR; of <c>lui</c> and <c>auipc</c> the value with its low 12 bits 0.</param>
    /// <param name="mode">Rounding mode, <c>aq</c> (2) and <c>rl</c> (1), or predecessors (times 16) and successors.</param>
    /// <exception cref="ArgumentException">There is no such instruction, or an operand does not fit its field.</exception>
    public static uint Encode(
        string mnemonic, int rd = 0, int rs1 = 0, int rs2 = 0, int rs3 = 0, long immediate = 0, int mode = 0)
    {
        var values = default(OperandValues);
        values[OperandSlot.Rd] = rd;
        values[OperandSlot.Rs1] = rs1;
        values[OperandSlot.Rs2] = rs2;
        values[OperandSlot.Rs3] = rs3;
        values[OperandSlot.Mode] = mode;
        values[OperandSlot.Immediate] = immediate;
        return Encode(InstructionSet.Find(mnemonic), in values);
    }

    /// <summary>The word of an instruction of <paramref name="form"/>.</summary>
    /// <exception cref="ArgumentException">An operand does not fit its field.</exception>
    public static uint Encode(InstructionForm form, in OperandValues values)
    {
        if (form.Picture.TryEncode(in values, out var word, out var misfit))
            return word;
        throw new ArgumentException(misfit is { } slot
            ? $"«{form.Text}» takes {form.Picture.RangeOf(slot)} as {NameOf(form, slot)}, not {values[slot]}."
            : $"«{form.Text}» with these operands is a reserved encoding.");
    }

    /// <summary>
    /// The 16-bit form of an instruction of the full table, where a hart with <paramref name="extensions"/> has one.
    /// What would be a hint keeps its full form.
    /// </summary>
    public static bool TryCompress(in Instruction instruction, IsaExtensions extensions, out ushort halfWord)
    {
        var full = OperandValues.Of(in instruction);
        foreach (var form in Contractions[instruction.Row])
        {
            if (form.IsIn(extensions) && form.Rewriting.TryContract(in full, out var values)
                && !IsHint(form, in values)
                && form.Picture.TryEncode(in values, out var word, out _))
            {
                halfWord = (ushort)word;
                return true;
            }
        }

        halfWord = 0;
        return TrySayOtherwise(in instruction, out var other) && TryCompress(in other, extensions, out halfWord);
    }

    /// <summary>The same effect by another row or with its sources exchanged, where that may have a compressed form.</summary>
    private static bool TrySayOtherwise(in Instruction instruction, out Instruction other)
    {
        other = default;
        var values = OperandValues.Of(in instruction);
        var (rd, rs1, rs2) = (values[OperandSlot.Rd], values[OperandSlot.Rs1], values[OperandSlot.Rs2]);
        switch (InstructionSet.Rows[instruction.Row].Mnemonic)
        {
            case "addi" when instruction.Immediate == 0 && rd != 0 && rs1 != 0: // mv
                values = default;
                (values[OperandSlot.Rd], values[OperandSlot.Rs2]) = (rd, rs1);
                other = values.ToInstruction(InstructionSet.Find("add").Row, 4, 0);
                return true;
            case "add" or "addw" or "and" or "or" or "xor" when rd == rs2 && rd != rs1:
                (values[OperandSlot.Rs1], values[OperandSlot.Rs2]) = (rs2, rs1);
                other = values.ToInstruction(instruction.Row, 4, 0);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Compressed instructions that write x0 or add or shift by 0 are set aside for hints.</summary>
    private static bool IsHint(CompressedForm form, in OperandValues values)
    {
        foreach (var operand in form.Operands)
        {
            if (operand.Name == "rd" && values[OperandSlot.Rd] == 0)
                return true;
        }

        return form.Mnemonic is "c.addi" or "c.slli" or "c.srli" or "c.srai" && values[OperandSlot.Immediate] == 0;
    }

    private static string NameOf(InstructionForm form, OperandSlot slot) =>
        form.Operands.FirstOrDefault(operand => operand.Slot == slot && !operand.IsFixed)?.Name
        ?? slot.ToString().ToLowerInvariant();
}
