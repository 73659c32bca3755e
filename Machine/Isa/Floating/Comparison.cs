namespace Verification.Machine.Isa.Floating;

/// <summary>Operations that only look at numbers: comparisons, extremes, classes.</summary>
internal static class Comparison
{
    /// <summary><c>feq</c>: quiet.</summary>
    internal static ulong Equal(Binary format, ulong a, ulong b, ref FloatFlags flags)
    {
        if (!format.IsNaN(a) && !format.IsNaN(b))
            return a == b || (format.IsZero(a) && format.IsZero(b)) ? 1UL : 0;
        if (format.IsSignallingNaN(a) || format.IsSignallingNaN(b))
            flags |= FloatFlags.Invalid;
        return 0;
    }

    /// <summary><c>flt</c>: signalling.</summary>
    internal static ulong Less(Binary format, ulong a, ulong b, ref FloatFlags flags)
    {
        if (AreOrdered(format, a, b, ref flags))
            return Order(format, a) < Order(format, b) && !(format.IsZero(a) && format.IsZero(b)) ? 1UL : 0;
        return 0;
    }

    /// <summary><c>fle</c>: signalling.</summary>
    internal static ulong LessOrEqual(Binary format, ulong a, ulong b, ref FloatFlags flags)
    {
        if (AreOrdered(format, a, b, ref flags))
            return Order(format, a) <= Order(format, b) || (format.IsZero(a) && format.IsZero(b)) ? 1UL : 0;
        return 0;
    }

    /// <summary>minimumNumber and maximumNumber: a number wins over a NaN, and -0 is less than +0.</summary>
    internal static ulong Extreme(Binary format, ulong a, ulong b, bool isMaximum, ref FloatFlags flags)
    {
        if (format.IsSignallingNaN(a) || format.IsSignallingNaN(b))
            flags |= FloatFlags.Invalid;
        if (format.IsNaN(a))
            return format.IsNaN(b) ? format.CanonicalNaN : b;
        return format.IsNaN(b) || Order(format, a) < Order(format, b) != isMaximum ? a : b;
    }

    /// <summary>One bit of ten (unprivileged specification 20240411, table 27).</summary>
    internal static ulong Classify(Binary format, ulong a)
    {
        if (format.IsNaN(a))
            return format.IsSignallingNaN(a) ? 1UL << 8 : 1UL << 9;
        var rank = format.IsInfinite(a) ? 3 : (a & format.Infinity) != 0 ? 2 : format.IsZero(a) ? 0 : 1;
        return 1UL << (format.IsNegative(a) ? 3 - rank : 4 + rank);
    }

    private static bool AreOrdered(Binary format, ulong a, ulong b, ref FloatFlags flags)
    {
        if (!format.IsNaN(a) && !format.IsNaN(b))
            return true;
        flags |= FloatFlags.Invalid;
        return false;
    }

    /// <summary>Integers in the order of the numbers, -0 just below +0.</summary>
    private static long Order(Binary format, ulong bits) =>
        format.IsNegative(bits) ? ~(long)(bits & ~format.SignBit) : (long)bits;
}
