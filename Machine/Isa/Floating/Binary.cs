namespace Verification.Machine.Isa.Floating;

/// <summary>An IEEE 754 binary interchange format (IEEE 754-2019, section 3.4): its shape, and packing.</summary>
/// <param name="ExponentBits">Width of the exponent field.</param>
/// <param name="FractionBits">Width of the trailing significand field.</param>
internal sealed record Binary(int ExponentBits, int FractionBits)
{
    private static readonly Binary Half = new(5, 10);
    private static readonly Binary Single = new(8, 23);
    private static readonly Binary Double = new(11, 52);

    /// <summary>The format by its name.</summary>
    internal static Binary Of(FloatFormat format) => format switch
    {
        FloatFormat.Half => Half,
        FloatFormat.Single => Single,
        _ => Double,
    };

    internal int WidthBits { get; } = 1 + ExponentBits + FractionBits;

    /// <summary>Bits of a significand, the implicit one included.</summary>
    internal int Precision { get; } = FractionBits + 1;

    /// <summary>Exponent of the lowest bit of a subnormal number.</summary>
    internal int LowestExponent { get; } = 2 - (1 << (ExponentBits - 1)) - FractionBits;

    /// <summary>Exponent of the highest bit of the largest finite number.</summary>
    internal int HighestExponent { get; } = (1 << (ExponentBits - 1)) - 1;

    internal ulong SignBit { get; } = 1UL << (ExponentBits + FractionBits);

    internal ulong Infinity { get; } = ((1UL << ExponentBits) - 1) << FractionBits;

    internal ulong QuietBit { get; } = 1UL << (FractionBits - 1);

    /// <summary>The only NaN that arithmetic gives (unprivileged specification, section 20.3).</summary>
    internal ulong CanonicalNaN => Infinity | QuietBit;

    internal ulong LargestFinite => Infinity - 1;

    /// <summary>The value in a register: what is not NaN-boxed counts as the canonical NaN.</summary>
    internal ulong Unbox(ulong register)
    {
        if (WidthBits == 64)
            return register;
        var box = ulong.MaxValue << WidthBits;
        return (register & box) == box ? register & ~box : CanonicalNaN;
    }

    /// <summary>The register that holds a value.</summary>
    internal ulong Box(ulong bits) => WidthBits == 64 ? bits : bits | ulong.MaxValue << WidthBits;

    internal bool IsNegative(ulong bits) => (bits & SignBit) != 0;

    internal bool IsNaN(ulong bits) => (bits & ~SignBit) > Infinity;

    internal bool IsSignallingNaN(ulong bits) => IsNaN(bits) && (bits & QuietBit) == 0;

    internal bool IsInfinite(ulong bits) => (bits & ~SignBit) == Infinity;

    internal bool IsZero(ulong bits) => (bits & ~SignBit) == 0;

    internal ulong Zero(bool isNegative) => isNegative ? SignBit : 0;

    internal ulong Infinite(bool isNegative) => Zero(isNegative) | Infinity;

    /// <summary>A finite number as significand times a power of two.</summary>
    internal Exact Unpack(ulong bits)
    {
        var fraction = bits & ((1UL << FractionBits) - 1);
        var exponent = (int)((bits & Infinity) >> FractionBits);
        return exponent == 0
            ? new(IsNegative(bits), LowestExponent, fraction)
            : new(IsNegative(bits), LowestExponent + exponent - 1, fraction | 1UL << FractionBits);
    }
}
