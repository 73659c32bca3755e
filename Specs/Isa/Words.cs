using Verification.Machine.Isa;

namespace Verification.Specs.Isa;

/// <summary>Random operands for rows, from a seed.</summary>
public static class Words
{
    /// <summary>A word that <paramref name="form"/> matches, its open bits drawn from <paramref name="random"/>.</summary>
    public static uint Of(InstructionForm form, Random random)
    {
        while (true)
        {
            var width = form.Picture.WidthBits == 16 ? 0xffffu : uint.MaxValue;
            var word = (((uint)random.NextInt64() & ~form.Picture.Mask) | form.Picture.Match) & width;
            if (form.Picture.Matches(word))
                return word;
        }
    }
}
