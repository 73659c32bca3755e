namespace Verification.Machine.Isa;

/// <summary>A row of the instruction table without its meaning: what encoder, decoder and texts need.</summary>
public class InstructionForm
{
    internal InstructionForm(int row, string text, string picture, int widthBits, IsaExtensions required)
    {
        Row = row;
        Text = text;
        Picture = new BitPicture(picture, widthBits);
        Required = required;
        (Mnemonic, Operands) = Operand.Parse(text);
        HasOrdering = picture.Contains(" aq ", StringComparison.Ordinal);
    }

    /// <summary>Index in <see cref="InstructionSet.Rows"/>, or in <see cref="InstructionSet.CompressedRows"/>.</summary>
    public int Row { get; }

    /// <summary>Mnemonic and operands.</summary>
    public string Text { get; }

    /// <summary>The encoding.</summary>
    public BitPicture Picture { get; }

    /// <summary>The extensions, all of which a hart must have.</summary>
    public IsaExtensions Required { get; }

    /// <summary>The first word of the text.</summary>
    public string Mnemonic { get; }

    /// <summary>The operands in the order in which they are written.</summary>
    public IReadOnlyList<Operand> Operands { get; }

    /// <summary>Whether the mnemonic takes <c>.aq</c>, <c>.rl</c> and <c>.aqrl</c>.</summary>
    public bool HasOrdering { get; }

    /// <summary>Whether a hart with <paramref name="extensions"/> has this instruction.</summary>
    public bool IsIn(IsaExtensions extensions) => (Required & ~extensions) == 0;

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>A compressed instruction and the full one that it expands to.</summary>
public sealed class CompressedForm : InstructionForm
{
    /// <summary>An operand of the expansion: taken from the compressed one's <paramref name="Source"/>, or fixed.</summary>
    internal readonly record struct Binding(OperandSlot Target, OperandSlot? Source, long Literal);

    internal CompressedForm(int row, CompressedRow text, IsaExtensions required, Func<string, InstructionForm> find)
        : base(row, text.Text, text.Picture, 16, required)
    {
        var (mnemonic, operands) = Operand.Parse(text.Expansion);
        Expansion = find(mnemonic);
        if (operands.Count != Expansion.Operands.Count)
            throw new FormatException($"«{text.Text}» expands to «{text.Expansion}», which has another number of operands.");
        Bindings = [.. operands.Zip(Expansion.Operands, (given, target) =>
            new Binding(target.Slot, given.IsFixed ? null : given.Slot, given.Literal))];
    }

    /// <summary>The row that it expands to.</summary>
    public InstructionForm Expansion { get; }

    internal Binding[] Bindings { get; }

    /// <summary>The expansion's operands, from those of the compressed instruction.</summary>
    internal OperandValues Expand(in OperandValues values)
    {
        var full = default(OperandValues);
        foreach (var binding in Bindings)
            full[binding.Target] = binding.Source is { } source ? values[source] : binding.Literal;
        return full;
    }

    /// <summary>The compressed instruction's operands, where the full instruction's allow it.</summary>
    internal bool TryContract(in OperandValues full, out OperandValues values)
    {
        values = default;
        var known = 0;
        foreach (var binding in Bindings)
        {
            var value = full[binding.Target];
            if (binding.Source is not { } source)
            {
                if (value != binding.Literal)
                    return false;
            }
            else if ((known & (1 << (int)source)) == 0)
            {
                known |= 1 << (int)source;
                values[source] = value;
            }
            else if (values[source] != value)
            {
                return false;
            }
        }

        return true;
    }
}
