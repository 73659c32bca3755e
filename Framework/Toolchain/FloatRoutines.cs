namespace Verification.Toolchain;

/// <summary>
/// Floating-point operations that are more than an instruction, in C# like the kernel itself. Each is exact: nothing is
/// rounded on the way.
/// </summary>
public static class FloatRoutines
{
    private const int FractionBits = 52;
    private const int SpecialExponent = 0x7ff;
    private const ulong SignBit = 1UL << 63;
    private const ulong FractionMask = (1UL << FractionBits) - 1;

    // From here on, every double is an integer.
    private const double FirstWithoutFraction = 1L << FractionBits;

    /// <summary>The largest integer that is not above the value.</summary>
    public static double Floor(double value)
    {
        if (!(Math.Abs(value) < FirstWithoutFraction)) return value;
        double whole = (long)value;
        if (whole > value) whole -= 1;
        return WithSignOf(value, whole);
    }

    /// <summary>The smallest integer that is not below the value.</summary>
    public static double Ceiling(double value)
    {
        if (!(Math.Abs(value) < FirstWithoutFraction)) return value;
        double whole = (long)value;
        if (whole < value) whole += 1;
        return WithSignOf(value, whole);
    }

    /// <summary>The value without its fraction.</summary>
    public static double Truncate(double value) =>
        Math.Abs(value) < FirstWithoutFraction ? WithSignOf(value, (long)value) : value;

    /// <summary>What remains of the dividend after taking the divisor away as often as it goes; the dividend's sign.</summary>
    public static double Remainder(double dividend, double divisor)
    {
        ulong sign = BitConverter.DoubleToUInt64Bits(dividend) & SignBit;
        ulong left = BitConverter.DoubleToUInt64Bits(dividend) & ~SignBit;
        ulong right = BitConverter.DoubleToUInt64Bits(divisor) & ~SignBit;
        const ulong infinity = (ulong)SpecialExponent << FractionBits;
        if (right == 0 || left >= infinity || right > infinity) return double.NaN;
        if (left < right) return dividend;
        (ulong rest, int leftExponent) = Parts(left);
        (ulong step, int rightExponent) = Parts(right);
        // The fraction has 53 bits: eleven more fit a word.
        rest %= step;
        for (int exponent = leftExponent - rightExponent; exponent > 0; exponent -= 11)
            rest = (rest << Math.Min(exponent, 11)) % step;
        return BitConverter.UInt64BitsToDouble(sign | Whole(rest, rightExponent));
    }

    // A zero keeps the sign of what it came from.
    private static double WithSignOf(double value, double whole) =>
        BitConverter.UInt64BitsToDouble((BitConverter.DoubleToUInt64Bits(whole) & ~SignBit) | (BitConverter.DoubleToUInt64Bits(value) & SignBit));

    // Subnormal numbers have the least exponent, and no leading one.
    private static (ulong Fraction, int Exponent) Parts(ulong bits)
    {
        int exponent = (int)(bits >> FractionBits);
        return exponent == 0 ? (bits, 1) : ((bits & FractionMask) | (1UL << FractionBits), exponent);
    }

    private static ulong Whole(ulong fraction, int exponent)
    {
        while (fraction >> FractionBits == 0)
        {
            if (fraction == 0 || exponent == 1) return fraction;
            fraction <<= 1;
            exponent--;
        }

        return ((ulong)exponent << FractionBits) | (fraction & FractionMask);
    }
}
