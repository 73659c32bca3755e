using System.Text;
using Verification.Machine.Isa.Tables;

namespace Verification.Machine.Isa;

/// <summary>How an instruction is written.</summary>
public enum DisassemblyStyle
{
    /// <summary>As in the instruction table: <c>jalr zero,0(ra)</c>.</summary>
    Plain,

    /// <summary>Full instructions by the pseudo-instruction that they are, where they are one: <c>ret</c>.</summary>
    Pseudo,
}

/// <summary>From words to text, as GNU <c>objdump</c> writes it.</summary>
public static class Disassembler
{
    private static readonly ILookup<int, (string Mnemonic, IReadOnlyList<Operand> Operands, Rewriting Rewriting)> Pseudos =
        PseudoTable.Rows.Select(row =>
        {
            var (mnemonic, operands) = Operand.Parse(row.Text);
            return (mnemonic, operands, new Rewriting(row.Expansion, InstructionSet.Find));
        }).ToLookup(row => row.Item3.Target.Row);

    /// <summary>The text of the instruction in <paramref name="word"/>.</summary>
    /// <param name="word">The fetched word.</param>
    /// <param name="pc">Its address, for targets.</param>
    /// <param name="extensions">The instructions that are known.</param>
    /// <param name="style">How it is written.</param>
    /// <returns>
    /// The text; <c>.2byte</c> or <c>.4byte</c> with the word where it is no instruction, or one with reserved fields set
    /// that have no place in its text.
    /// </returns>
    public static string Text(uint word, ulong pc, IsaExtensions extensions = IsaExtensions.All,
        DisassemblyStyle style = DisassemblyStyle.Plain)
    {
        if (!Decoder.TryFindForm(word, extensions, out var form))
            return Raw(word);
        if (form.Picture.WidthBits == 16)
            word &= 0xffff;
        var values = form.Picture.Extract(word);
        if (!IsSaidByOperands(form, in values, word))
            return Raw(word);
        if (style == DisassemblyStyle.Pseudo)
        {
            var full = form is CompressedForm compressed ? compressed.Rewriting.Expand(in values) : values;
            var row = form is CompressedForm { Expansion.Row: var expanded } ? expanded : form.Row;
            foreach (var pseudo in Pseudos[row])
            {
                if (pseudo.Rewriting.TryContract(in full, out var contracted))
                    return Text(pseudo.Mnemonic, pseudo.Operands, in contracted, pc);
            }

            return Text(Mnemonic(InstructionSet.Rows[row], in full), InstructionSet.Rows[row].Operands, in full, pc);
        }

        return Text(Mnemonic(form, in values), form.Operands, in values, pc);
    }

    private static string Raw(uint word) =>
        Decoder.SizeBytes(word) == 2 ? $".2byte 0x{word & 0xffff:x4}" : $".4byte 0x{word:x8}";

    /// <summary>Whether the word follows from its text: fences have fields that harts ignore.</summary>
    private static bool IsSaidByOperands(InstructionForm form, in OperandValues values, uint word)
    {
        var said = default(OperandValues);
        foreach (var operand in form.Operands.Where(operand => !operand.IsFixed))
            operand.Write(ref said, operand.Read(in values));
        if (form.HasOrdering)
            said[OperandSlot.Mode] = values[OperandSlot.Mode];
        return form.Picture.TryEncode(in said, out var again, out _) && again == word;
    }

    private static string Mnemonic(InstructionForm form, in OperandValues values) =>
        form.HasOrdering ? form.Mnemonic + Ordering.Suffixes[values[OperandSlot.Mode]] : form.Mnemonic;

    private static string Text(string mnemonic, IReadOnlyList<Operand> operands, in OperandValues values, ulong pc)
    {
        var text = new StringBuilder(mnemonic);
        for (var i = 0; i < operands.Count; i++)
        {
            var operand = operands[i];
            var value = operand.IsFixed ? operand.Literal : operand.Read(in values);
            if (operand.Kind == OperandKind.RoundingMode && value == operand.Literal)
                continue;
            if (operand.Place != OperandPlace.AfterOffset)
                text.Append(i == 0 ? ' ' : ',');
            text.Append(operand.Place == OperandPlace.Listed ? Text(operand, value, pc) : $"({Text(operand, value, pc)})");
        }

        return text.ToString();
    }

    private static string Text(Operand operand, long value, ulong pc) => operand.Kind switch
    {
        OperandKind.IntegerRegister or OperandKind.FixedRegister => RegisterNames.Integer[(int)value],
        OperandKind.FloatRegister => RegisterNames.Float[(int)value],
        OperandKind.ShiftAmount => $"0x{value:x}",
        OperandKind.Upper => $"0x{value >> 12 & 0xfffff:x}",
        OperandKind.Offset => $"0x{pc + (ulong)value:x}",
        OperandKind.Csr => CsrNames.Of((int)value),
        OperandKind.RoundingMode => RoundingModeNames.Of((int)value),
        OperandKind.Predecessors or OperandKind.Successors => FenceSets.Of((int)value),
        _ => value.ToString(),
    };
}
