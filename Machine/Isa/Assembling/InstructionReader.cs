namespace Verification.Machine.Isa.Assembling;

/// <summary>Finds the row, or the pseudo-instruction of one row, that a mnemonic and its operands' text are.</summary>
internal sealed class InstructionReader
{
    /// <summary>A way to write an instruction: the row's own text, or a pseudo-instruction's.</summary>
    private sealed record Candidate(string Text, IReadOnlyList<Operand> Operands, InstructionForm Form, Rewriting? Rewriting);

    private static readonly ILookup<string, Candidate> Candidates = InstructionSet.Rows
        .Concat(InstructionSet.CompressedRows)
        .Select(form => (form.Mnemonic, Candidate: new Candidate(form.Text, form.Operands, form, null)))
        .Concat(Tables.PseudoTable.Rows.Concat(Tables.PseudoTable.InputRows).Select(row =>
        {
            var (mnemonic, operands) = Operand.Parse(row.Text);
            var rewriting = new Rewriting(row.Expansion, InstructionSet.Find);
            return (mnemonic, new Candidate(row.Text, operands, rewriting.Target, rewriting));
        }))
        .ToLookup(pair => pair.Item1, pair => pair.Item2);

    private readonly Func<string, Expression> read;
    private readonly Resolver resolver;
    private readonly IsaExtensions extensions;

    internal InstructionReader(Func<string, Expression> read, Resolver resolver, IsaExtensions extensions)
    {
        this.read = read;
        this.resolver = resolver;
        this.extensions = extensions;
    }

    internal static bool Knows(string mnemonic) => Candidates.Contains(WithoutOrdering(mnemonic, out _));

    /// <summary>The instruction.</summary>
    /// <exception cref="FormatException">There is none with these operands; the message is a sentence.</exception>
    internal (InstructionForm Form, OperandValues Values, (Operand, Expression)? Open) Read(
        string mnemonic, IReadOnlyList<string> operands, int line)
    {
        var name = WithoutOrdering(mnemonic, out var ordering);
        var written = operands.Select(OperandText.Parse).ToList();
        var values = default(OperandValues);
        (Operand, Expression)? open = null;
        foreach (var candidate in Candidates[name].OrderByDescending(candidate => candidate.Form.IsIn(extensions)))
        {
            if (!TryMatch(candidate.Operands, written, line, ref values, ref open))
                continue;
            if (!candidate.Form.IsIn(extensions))
                throw new FormatException($"«{name}» needs {Missing(candidate.Form)}, which is not among the extensions.");
            if (candidate.Rewriting is { } rewriting)
            {
                values = rewriting.Expand(in values);
                if (open is { } waiting)
                    open = (rewriting.TargetOf(waiting.Item1), waiting.Item2);
            }

            if (candidate.Form.HasOrdering)
                values[OperandSlot.Mode] = ordering;
            return (candidate.Form, values, open);
        }

        var texts = Candidates[name].Select(candidate => $"«{candidate.Text}»").ToList();
        throw new FormatException(texts.Count == 0
            ? $"There is no instruction «{mnemonic}»."
            : $"«{mnemonic} {string.Join(", ", operands)}» is not of the form {string.Join(" or ", texts)}.");
    }

    /// <summary>The mnemonic in the table; <c>.aq</c> and <c>.rl</c> endings become the number that they are.</summary>
    private static string WithoutOrdering(string mnemonic, out int ordering)
    {
        for (ordering = 3; ordering > 0; ordering--)
        {
            var suffix = Ordering.Suffixes[ordering];
            if (mnemonic.EndsWith(suffix, StringComparison.Ordinal)
                && InstructionSet.TryFind(mnemonic[..^suffix.Length], out var form) && form.HasOrdering)
                return mnemonic[..^suffix.Length];
        }

        return mnemonic;
    }

    private bool TryMatch(IReadOnlyList<Operand> operands, List<OperandText> written, int line,
        ref OperandValues values, ref (Operand, Expression)? open)
    {
        values = default;
        open = null;
        var place = 0;
        for (var i = 0; i < operands.Count; i++)
        {
            var operand = operands[i];
            if (operand.Place == OperandPlace.AfterOffset)
                continue; // taken with its offset
            if (place == written.Count)
            {
                if (operand.Kind != OperandKind.RoundingMode)
                    return false;
                operand.Write(ref values, operand.Literal);
                continue;
            }

            var text = written[place++];
            var register = operand.Place == OperandPlace.ListedInParentheses ? operand
                : i + 1 < operands.Count && operands[i + 1].Place == OperandPlace.AfterOffset ? operands[i + 1]
                : null;
            if ((register is null) != (text.Base is null))
                return false;
            if (register is not null && !TrySet(register, text.Base!.Value, ref values))
                return false;
            if (register == operand)
            {
                if (text.Text is not ("" or "0"))
                    return false;
            }
            else if (!TryRead(operand, register is not null && text.Text == "" ? "0" : text.Text, line, ref values, ref open))
            {
                return false;
            }
        }

        return place == written.Count;
    }

    private static bool TrySet(Operand operand, long value, ref OperandValues values)
    {
        if (operand.IsFixed)
            return value == operand.Literal;
        operand.Write(ref values, value);
        return true;
    }

    private bool TryRead(Operand operand, string text, int line, ref OperandValues values, ref (Operand, Expression)? open)
    {
        int value;
        switch (operand.Kind)
        {
            case OperandKind.IntegerRegister or OperandKind.FixedRegister:
                return RegisterNames.TryParseInteger(text, out value) && TrySet(operand, value, ref values);
            case OperandKind.FloatRegister:
                return RegisterNames.TryParseFloat(text, out value) && TrySet(operand, value, ref values);
            case OperandKind.RoundingMode:
                return RoundingModeNames.TryParse(text, out value) && TrySet(operand, value, ref values);
            case OperandKind.Predecessors or OperandKind.Successors:
                return FenceSets.TryParse(text, out value) && TrySet(operand, value, ref values);
            case OperandKind.Csr when CsrNames.TryParse(text, out value):
                return TrySet(operand, value, ref values);
        }

        if (new OperandText(text, null).IsRegister)
            return false;
        var expression = read(text);
        if (operand.Kind == OperandKind.Csr && !resolver.TryGetNumber(expression, line, out _))
            throw new FormatException($"«{text}» is no control and status register.");
        if (operand.Kind != OperandKind.Offset && resolver.TryGetNumber(expression, line, out var number))
        {
            if (operand.Kind == OperandKind.Upper)
            {
                if (number is < 0 or > 0xfffff)
                    throw new FormatException($"An upper immediate is 0 to 0xfffff, not {number}.");
                number = (int)(number << 12);
            }

            return TrySet(operand, number, ref values);
        }

        if (operand.IsFixed)
            return false;
        open = (operand, expression);
        return true;
    }

    private string Missing(InstructionForm form) =>
        string.Join(" and ", (form.Required & ~extensions).ToString().Split(", "));
}
