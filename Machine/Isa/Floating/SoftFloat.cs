namespace Verification.Machine.Isa.Floating;

/// <summary>
/// IEEE 754 arithmetic as RISC-V has it (unprivileged specification 20240411, chapters 20, 21 and 23): results, rounding
/// in five modes and exceptions, the same on every host: from integers alone, but for <see cref="HostFloat"/>'s case.
/// </summary>
public static class SoftFloat
{
    /// <summary>Computes <paramref name="operation"/> on raw register contents.</summary>
    /// <param name="operation">What, and in which format.</param>
    /// <param name="rounding">The rounding mode.</param>
    /// <param name="a">First operand: register content, NaN-boxed below 64 bits, or an integer.</param>
    /// <param name="b">Second operand.</param>
    /// <param name="c">Third operand.</param>
    /// <param name="flags">The exceptions raised.</param>
    /// <returns>The register's new content: NaN-boxed, or an integer.</returns>
    public static ulong Compute(
        FloatOperation operation, RoundingMode rounding, ulong a, ulong b, ulong c, out FloatFlags flags)
    {
        if (rounding == RoundingMode.NearestEven && HostFloat.TryCompute(operation, a, b, c, out var common, out flags))
            return common;
        flags = FloatFlags.None;
        var format = Binary.Of(operation.Format);
        if (operation.Kind >= FloatKind.FromInt32)
            return format.Box(FromInteger(operation.Kind, format, rounding, a, ref flags));
        a = format.Unbox(a);
        b = format.Unbox(b);
        switch (operation.Kind)
        {
            case FloatKind.Add:
                return format.Box(Add(format, rounding, a, b, ref flags));
            case FloatKind.Subtract:
                return format.Box(Add(format, rounding, a, b ^ format.SignBit, ref flags));
            case FloatKind.Multiply:
                return format.Box(Multiply(format, rounding, a, b, ref flags));
            case FloatKind.Divide:
                return format.Box(Divide(format, rounding, a, b, ref flags));
            case FloatKind.SquareRoot:
                return format.Box(SquareRoot(format, rounding, a, ref flags));
            case FloatKind.MultiplyAdd or FloatKind.MultiplySubtract
                or FloatKind.NegatedMultiplyAdd or FloatKind.NegatedMultiplySubtract:
                if (operation.Kind is FloatKind.NegatedMultiplyAdd or FloatKind.NegatedMultiplySubtract)
                    a ^= format.SignBit;
                c = format.Unbox(c);
                if (operation.Kind is FloatKind.MultiplySubtract or FloatKind.NegatedMultiplySubtract)
                    c ^= format.SignBit;
                return format.Box(MultiplyAdd(format, rounding, a, b, c, ref flags));
            case FloatKind.Minimum or FloatKind.Maximum:
                return format.Box(Comparison.Extreme(format, a, b, operation.Kind == FloatKind.Maximum, ref flags));
            case FloatKind.Equal:
                return Comparison.Equal(format, a, b, ref flags);
            case FloatKind.Less:
                return Comparison.Less(format, a, b, ref flags);
            case FloatKind.LessOrEqual:
                return Comparison.LessOrEqual(format, a, b, ref flags);
            case FloatKind.Classify:
                return Comparison.Classify(format, a);
            case FloatKind.Convert:
                var target = Binary.Of(operation.Target);
                return target.Box(Convert(format, target, rounding, a, ref flags));
            default:
                return ToInteger(operation.Kind, format, rounding, a, ref flags);
        }
    }

    private static ulong Add(Binary format, RoundingMode rounding, ulong a, ulong b, ref FloatFlags flags)
    {
        if (format.IsNaN(a) || format.IsNaN(b))
            return NaN(format, ref flags, format.IsSignallingNaN(a) || format.IsSignallingNaN(b));
        if (format.IsInfinite(a))
            return format.IsInfinite(b) && a != b ? NaN(format, ref flags, true) : a;
        return format.IsInfinite(b) ? b : Sum(format, rounding, format.Unpack(a), format.Unpack(b), ref flags);
    }

    /// <summary>The rounded sum, with the sign that a sum of zeros or of opposites has (IEEE 754-2019, section 6.3).</summary>
    private static ulong Sum(Binary format, RoundingMode rounding, Exact a, Exact b, ref FloatFlags flags)
    {
        var sum = Exact.Sum(a, b);
        return sum.IsZero
            ? format.Zero(a.IsNegative == b.IsNegative ? a.IsNegative : rounding == RoundingMode.Down)
            : sum.Round(format, rounding, ref flags);
    }

    private static ulong Multiply(Binary format, RoundingMode rounding, ulong a, ulong b, ref FloatFlags flags)
    {
        if (format.IsNaN(a) || format.IsNaN(b))
            return NaN(format, ref flags, format.IsSignallingNaN(a) || format.IsSignallingNaN(b));
        if (format.IsInfinite(a) || format.IsInfinite(b))
        {
            return format.IsZero(a) || format.IsZero(b)
                ? NaN(format, ref flags, true)
                : format.Infinite(format.IsNegative(a ^ b));
        }

        return Exact.Product(format.Unpack(a), format.Unpack(b)).Round(format, rounding, ref flags);
    }

    private static ulong MultiplyAdd(
        Binary format, RoundingMode rounding, ulong a, ulong b, ulong c, ref FloatFlags flags)
    {
        var isInfiniteProduct = format.IsInfinite(a) || format.IsInfinite(b);
        var isInvalidProduct = isInfiniteProduct && (format.IsZero(a) || format.IsZero(b))
            && !format.IsNaN(a) && !format.IsNaN(b);
        if (isInvalidProduct || format.IsNaN(a) || format.IsNaN(b) || format.IsNaN(c))
        {
            // An infinity times zero is invalid even where the addend is a quiet NaN (section 20.6).
            return NaN(format, ref flags, isInvalidProduct || format.IsSignallingNaN(a) || format.IsSignallingNaN(b)
                || format.IsSignallingNaN(c));
        }

        var isNegative = format.IsNegative(a ^ b);
        if (isInfiniteProduct)
        {
            var product = format.Infinite(isNegative);
            return format.IsInfinite(c) && c != product ? NaN(format, ref flags, true) : product;
        }

        return format.IsInfinite(c)
            ? c
            : Sum(format, rounding, Exact.Product(format.Unpack(a), format.Unpack(b)), format.Unpack(c), ref flags);
    }

    private static ulong Divide(Binary format, RoundingMode rounding, ulong a, ulong b, ref FloatFlags flags)
    {
        if (format.IsNaN(a) || format.IsNaN(b))
            return NaN(format, ref flags, format.IsSignallingNaN(a) || format.IsSignallingNaN(b));
        var isNegative = format.IsNegative(a ^ b);
        if (format.IsInfinite(a))
            return format.IsInfinite(b) ? NaN(format, ref flags, true) : format.Infinite(isNegative);
        if (format.IsInfinite(b))
            return format.Zero(isNegative);
        if (format.IsZero(b))
        {
            if (format.IsZero(a))
                return NaN(format, ref flags, true);
            flags |= FloatFlags.DivideByZero;
            return format.Infinite(isNegative);
        }

        return format.IsZero(a)
            ? format.Zero(isNegative)
            : Exact.Quotient(format.Unpack(a), format.Unpack(b)).Round(format, rounding, ref flags);
    }

    private static ulong SquareRoot(Binary format, RoundingMode rounding, ulong a, ref FloatFlags flags)
    {
        if (format.IsNaN(a))
            return NaN(format, ref flags, format.IsSignallingNaN(a));
        if (format.IsZero(a))
            return a;
        if (format.IsNegative(a))
            return NaN(format, ref flags, true);
        return format.IsInfinite(a) ? a : Exact.SquareRoot(format.Unpack(a)).Round(format, rounding, ref flags);
    }

    private static ulong Convert(Binary source, Binary target, RoundingMode rounding, ulong a, ref FloatFlags flags)
    {
        if (source.IsNaN(a))
            return NaN(target, ref flags, source.IsSignallingNaN(a));
        return source.IsInfinite(a)
            ? target.Infinite(source.IsNegative(a))
            : source.Unpack(a).Round(target, rounding, ref flags);
    }

    private static ulong FromInteger(
        FloatKind kind, Binary format, RoundingMode rounding, ulong value, ref FloatFlags flags)
    {
        value = kind switch
        {
            FloatKind.FromInt32 => (ulong)(int)value,
            FloatKind.FromUInt32 => (uint)value,
            _ => value,
        };
        var isNegative = kind is FloatKind.FromInt32 or FloatKind.FromInt64 && (long)value < 0;
        return new Exact(isNegative, 0, isNegative ? 0 - value : value).Round(format, rounding, ref flags);
    }

    /// <summary>Rounds to an integer; what does not fit is invalid and gives the nearest that does (table 26).</summary>
    private static ulong ToInteger(FloatKind kind, Binary format, RoundingMode rounding, ulong a, ref FloatFlags flags)
    {
        var isSigned = kind is FloatKind.ToInt32 or FloatKind.ToInt64;
        var bits = kind is FloatKind.ToInt32 or FloatKind.ToUInt32 ? 32 : 64;
        var isNegative = format.IsNegative(a) && !format.IsNaN(a);
        var largest = ulong.MaxValue >> (64 - bits + (isSigned ? 1 : 0));
        var limit = isNegative ? isSigned ? largest + 1 : 0 : largest;

        ulong magnitude;
        if (format.IsNaN(a) || format.IsInfinite(a) || !TryRound(format.Unpack(a), rounding, limit, out magnitude, ref flags))
        {
            flags |= FloatFlags.Invalid;
            magnitude = limit;
        }

        var value = isNegative ? 0 - magnitude : magnitude;
        return bits == 32 ? (ulong)(int)value : value;
    }

    private static bool TryRound(
        Exact number, RoundingMode rounding, ulong limit, out ulong magnitude, ref FloatFlags flags)
    {
        magnitude = 0;
        if (number.Exponent > 64 && !number.IsZero)
            return false;
        var rounded = number.Drop(-number.Exponent, rounding, out var isInexact);
        if (rounded > limit)
            return false;
        magnitude = (ulong)rounded;
        flags |= isInexact ? FloatFlags.Inexact : FloatFlags.None;
        return true;
    }

    private static ulong NaN(Binary format, ref FloatFlags flags, bool isInvalid)
    {
        flags |= isInvalid ? FloatFlags.Invalid : FloatFlags.None;
        return format.CanonicalNaN;
    }
}
