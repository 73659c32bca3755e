namespace Verification.Toolchain.Codegen;

/// <summary>Sequences that put a constant into a register.</summary>
internal static class ConstantBuilder
{
    /// <summary>The instructions, each with its operand: the first one starts from nothing, the others go on.</summary>
    public static List<(string Mnemonic, long Immediate)> Build(long value)
    {
        List<(string, long)> steps = [];
        Append(value, steps);
        return steps;
    }

    private static void Append(long value, List<(string, long)> steps)
    {
        if (value is >= -2048 and <= 2047)
        {
            steps.Add(("li", value));
            return;
        }

        if (value == (int)value)
        {
            long low = (value << 52) >> 52;
            long high = (value - low) << 32 >> 32;
            steps.Add(("lui", high));
            if (low != 0) steps.Add(("addiw", low));
            return;
        }

        // A positive number with zeros in front: build it at the top and shift it down.
        int leading = System.Numerics.BitOperations.LeadingZeroCount((ulong)value);
        if (leading > 0)
        {
            long top = value << leading;
            long filled = top | (long)((1UL << leading) - 1);
            List<(string, long)> one = [];
            Append(filled == (int)filled || filled is >= -2048 and <= 2047 ? filled : top, one);
            List<(string, long)> plain = [];
            AppendPlain(value, plain);
            if (one.Count + 1 < plain.Count)
            {
                steps.AddRange(one);
                steps.Add(("srli", leading));
                return;
            }

            steps.AddRange(plain);
            return;
        }

        AppendPlain(value, steps);
    }

    private static void AppendPlain(long value, List<(string, long)> steps)
    {
        long low = (value << 52) >> 52;
        long rest = (value - low) >> 12;
        int shift = 12 + System.Numerics.BitOperations.TrailingZeroCount(rest);
        rest >>= shift - 12;
        Append(rest, steps);
        steps.Add(("slli", shift));
        if (low != 0) steps.Add(("addi", low));
    }
}
