namespace Verification.Machine.Isa;

/// <summary>From words to text, as <c>objdump -M no-aliases</c> writes it.</summary>
public static class Disassembler
{
    /// <summary>The text of the instruction in <paramref name="word"/>.</summary>
    /// <param name="word">The fetched word.</param>
    /// <param name="pc">Its address, for targets.</param>
    /// <param name="extensions">The instructions that are known.</param>
    /// <returns>The text, or <c>.2byte</c> or <c>.4byte</c> with the word where it is no instruction.</returns>
    public static string Text(uint word, ulong pc, IsaExtensions extensions = IsaExtensions.All) =>
        throw new NotImplementedException();
}
