namespace Verification.Machine.Isa.Assembling;

/// <summary>An operand as it is written: an expression or a name, and where there is one a register in parentheses.</summary>
/// <param name="Text">What stands before the parentheses.</param>
/// <param name="Base">The register in parentheses.</param>
internal readonly record struct OperandText(string Text, int? Base)
{
    internal static OperandText Parse(string text)
    {
        if (text.EndsWith(')') && text.LastIndexOf('(') is >= 0 and var open
            && RegisterNames.TryParseInteger(text[(open + 1)..^1].Trim(), out var register))
            return new(text[..open].Trim(), register);
        return new(text, null);
    }

    internal bool IsRegister =>
        Base is null && (RegisterNames.TryParseInteger(Text, out _) || RegisterNames.TryParseFloat(Text, out _));
}
