namespace Verification.Machine.Isa.Floating;

/// <summary>
/// A number between an operation and its rounding: significand times 2^exponent, and whether something less than one
/// unit of the significand's lowest bit follows.
/// </summary>
/// <param name="IsNegative">The sign.</param>
/// <param name="Exponent">Weight of the significand's lowest bit.</param>
/// <param name="Significand">The digits.</param>
/// <param name="HasMore">Whether the magnitude is a little larger than that.</param>
internal readonly record struct Exact(bool IsNegative, int Exponent, UInt128 Significand, bool HasMore = false)
{
    internal bool IsZero => Significand == 0 && !HasMore;

    /// <summary>The same number with bit <paramref name="top"/> of the significand, not below the highest one, as that.</summary>
    internal Exact WithTopAt(int top)
    {
        var shift = (int)UInt128.LeadingZeroCount(Significand) - (127 - top);
        return this with { Exponent = Exponent - shift, Significand = Significand << shift };
    }

    /// <summary>The sum; of opposite numbers zero, whose sign is the caller's business.</summary>
    /// <remarks>
    /// Operands have at most 106 digits, so that with the highest at bit 125 the low 20 are zeros: a shift that loses
    /// digits is so long that the difference cannot lose more than one at its top, and the lost ones only follow.
    /// </remarks>
    internal static Exact Sum(Exact a, Exact b)
    {
        if (a.IsZero || b.IsZero)
            return a.IsZero ? b : a;
        (a, b) = (a.WithTopAt(125), b.WithTopAt(125));
        if (a.Exponent < b.Exponent || (a.Exponent == b.Exponent && a.Significand < b.Significand))
            (a, b) = (b, a);
        var distance = a.Exponent - b.Exponent;
        var aligned = distance < 128 ? b.Significand >> distance : 0;
        var lost = distance < 128 ? aligned << distance != b.Significand : true;
        if (a.IsNegative == b.IsNegative)
            return a with { Significand = a.Significand + aligned, HasMore = lost };
        return a with { Significand = a.Significand - aligned - (lost ? 1u : 0u), HasMore = lost };
    }

    /// <summary>The product; exact for significands of 64 bits.</summary>
    internal static Exact Product(Exact a, Exact b) =>
        new(a.IsNegative != b.IsNegative, a.Exponent + b.Exponent, a.Significand * b.Significand);

    /// <summary>The quotient, to at least 62 digits.</summary>
    internal static Exact Quotient(Exact a, Exact b)
    {
        a = a.WithTopAt(126);
        b = b.WithTopAt(63);
        var (quotient, remainder) = UInt128.DivRem(a.Significand, b.Significand);
        return new(a.IsNegative != b.IsNegative, a.Exponent - b.Exponent, quotient, remainder != 0);
    }

    /// <summary>The square root, to 63 digits.</summary>
    internal static Exact SquareRoot(Exact a)
    {
        var even = a.WithTopAt(125);
        a = even.Exponent % 2 == 0 ? even : a.WithTopAt(124);
        // The host's root is near; one step of Newton's leaves at most the last digit to correct.
        var root = (UInt128)Math.Sqrt((double)a.Significand);
        root = (root + a.Significand / root) >> 1;
        while (root * root > a.Significand)
            root--;
        while ((root + 1) * (root + 1) <= a.Significand)
            root++;
        return new(false, a.Exponent / 2, root, root * root != a.Significand);
    }

    /// <summary>The significand without its low <paramref name="digits"/>, rounded.</summary>
    internal UInt128 Drop(int digits, RoundingMode rounding, out bool isInexact)
    {
        if (digits <= 0)
        {
            isInexact = HasMore;
            return Significand << -digits;
        }

        var kept = digits < 128 ? Significand >> digits : 0;
        var dropped = digits < 128 ? Significand - (kept << digits) : Significand;
        isInexact = dropped != 0 || HasMore;
        var half = digits <= 128 ? UInt128.One << (digits - 1) : 0;
        var toHalf = digits > 128 || dropped < half ? -1 : dropped == half && !HasMore ? 0 : 1;
        var isUp = rounding switch
        {
            RoundingMode.NearestEven => toHalf > 0 || (toHalf == 0 && UInt128.IsOddInteger(kept)),
            RoundingMode.NearestMaxMagnitude => toHalf >= 0,
            RoundingMode.Down => IsNegative && isInexact,
            RoundingMode.Up => !IsNegative && isInexact,
            _ => false,
        };
        return isUp ? kept + 1 : kept;
    }

    /// <summary>Rounds to <paramref name="format"/> (IEEE 754-2019, sections 4.3 and 7.4 to 7.6; tininess after rounding).</summary>
    internal ulong Round(Binary format, RoundingMode rounding, ref FloatFlags flags)
    {
        if (IsZero)
            return format.Zero(IsNegative);
        var number = WithTopAt(126);
        var lowest = number.Exponent + 127 - format.Precision; // of the digits that fit
        var place = Math.Max(lowest, format.LowestExponent);
        var kept = number.Drop(place - number.Exponent, rounding, out var isInexact);
        if (isInexact)
        {
            flags |= FloatFlags.Inexact;
            if (lowest < format.LowestExponent && !number.ReachesNormal(format, lowest, rounding))
                flags |= FloatFlags.Underflow;
        }

        if (kept >> format.Precision != 0)
        {
            kept >>= 1;
            place++;
        }

        if (place + format.FractionBits > format.HighestExponent)
        {
            flags |= FloatFlags.Overflow | FloatFlags.Inexact;
            var isToInfinity = rounding is RoundingMode.NearestEven or RoundingMode.NearestMaxMagnitude
                || rounding == (IsNegative ? RoundingMode.Down : RoundingMode.Up);
            return format.Zero(IsNegative) | (isToInfinity ? format.Infinity : format.LargestFinite);
        }

        // The implicit bit adds one to the exponent field; a subnormal number has neither.
        var field = (ulong)(place - format.LowestExponent) << format.FractionBits;
        return format.Zero(IsNegative) | (field + (ulong)kept);
    }

    /// <summary>Whether the number, rounded as if exponents had no end, is no longer below the smallest normal one.</summary>
    private bool ReachesNormal(Binary format, int lowest, RoundingMode rounding) =>
        lowest == format.LowestExponent - 1 && Drop(lowest - Exponent, rounding, out _) >> format.Precision != 0;
}
