namespace Verification.Machine.Isa;

/// <summary>A row of the instruction table without its meaning: what encoder, decoder and texts need.</summary>
public class InstructionForm
{
    private InstructionTraits? traits;

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

    /// <summary>What it may do besides computing, whatever its operands: read off its meaning.</summary>
    public InstructionTraits Traits => traits ??= InstructionEffects.Of(Typical).Traits;

    /// <summary>An instruction of this row (of the expansion, for a compressed one) with all registers different.</summary>
    private protected virtual Instruction Typical => new() { Row = (ushort)Row, SizeBytes = 4, Rd = 1, Rs1 = 2, Rs2 = 3, Rs3 = 4 };

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
    internal CompressedForm(int row, CompressedRow text, IsaExtensions required, Func<string, InstructionForm> find)
        : base(row, text.Text, text.Picture, 16, required)
    {
        Rewriting = new Rewriting(text.Expansion, find);
    }

    /// <summary>The row that it expands to.</summary>
    public InstructionForm Expansion => Rewriting.Target;

    internal Rewriting Rewriting { get; }

    private protected override Instruction Typical =>
        new() { Row = (ushort)Expansion.Row, SizeBytes = 2, Rd = 1, Rs1 = 2, Rs2 = 3, Rs3 = 4 };
}
