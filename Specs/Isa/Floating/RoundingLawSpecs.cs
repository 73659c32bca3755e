using FsCheck.Xunit;
using Verification.Machine.Isa;
using Verification.Machine.Isa.Floating;
using Xunit;

namespace Verification.Specs.Isa.Floating;

/// <summary>
/// What IEEE 754 says of a rounded result, in exact rational arithmetic: which of the format's numbers it must be, and
/// which exceptions it raises. The exact result enters only by how it compares with other numbers.
/// </summary>
public class RoundingLawSpecs
{
    [Property(MaxTest = 30)]
    public void Sums_products_quotients_and_roots_are_the_nearest_numbers_that_the_mode_asks_for(int seed)
    {
        var random = new Random(seed);
        foreach (var numbers in Numbers.All)
        {
            foreach (var kind in new[]
                     {
                         FloatKind.Add, FloatKind.Subtract, FloatKind.Multiply, FloatKind.Divide, FloatKind.SquareRoot,
                         FloatKind.MultiplyAdd, FloatKind.MultiplySubtract, FloatKind.NegatedMultiplyAdd,
                         FloatKind.NegatedMultiplySubtract,
                     })
            {
                for (var i = 0; i < 8; i++)
                {
                    var a = numbers.Any(random, 0);
                    var b = numbers.Any(random, a);
                    var c = numbers.Any(random, random.Next(2) == 0 ? a : numbers.Unbox(Product(numbers, a, b)));
                    if (kind == FloatKind.SquareRoot)
                        a &= ~numbers.Sign;
                    if (!numbers.IsFinite(a) || !numbers.IsFinite(b) || !numbers.IsFinite(c))
                        continue;
                    if (Exact(numbers, kind, a, b, c) is not { } compare)
                        continue;
                    foreach (var rounding in Enum.GetValues<RoundingMode>())
                    {
                        var operation = new FloatOperation(kind, numbers.Format, numbers.Format);
                        var result = SoftFloat.Compute(
                            operation, rounding, numbers.Box(a), numbers.Box(b), numbers.Box(c), out var flags);
                        AssertRounded(numbers, result, rounding, compare, flags, $"{kind} {numbers.Format} {a:x} {b:x} {c:x} {rounding}");
                    }
                }
            }
        }
    }

    [Property(MaxTest = 30)]
    public void Conversions_between_formats_are_the_nearest_numbers_that_the_mode_asks_for(int seed)
    {
        var random = new Random(seed);
        foreach (var source in Numbers.All)
        {
            foreach (var target in Numbers.All.Where(target => target != source))
            {
                for (var i = 0; i < 8; i++)
                {
                    var a = i % 2 == 0 ? source.Any(random, 0) : Edge(source, target, random);
                    if (!source.IsFinite(a) || (a & ~source.Sign) == 0)
                        continue;
                    foreach (var rounding in Enum.GetValues<RoundingMode>())
                    {
                        var result = SoftFloat.Compute(new(FloatKind.Convert, source.Format, target.Format), rounding,
                            source.Box(a), 0, 0, out var flags);
                        AssertRounded(target, result, rounding, source.ValueOf(a).CompareTo, flags, $"{source.Format} to {target.Format} {a:x} {rounding}");
                    }
                }
            }
        }
    }

    [Property(MaxTest = 30)]
    public void Integers_become_the_nearest_numbers_that_the_mode_asks_for(int seed)
    {
        var random = new Random(seed);
        foreach (var numbers in Numbers.All)
        {
            foreach (var kind in new[] { FloatKind.FromInt32, FloatKind.FromUInt32, FloatKind.FromInt64, FloatKind.FromUInt64 })
            {
                var raw = ((ulong)random.NextInt64() << 1) >> random.Next(64) ^ (random.Next(2) == 0 ? 0 : ulong.MaxValue);
                var value = kind switch
                {
                    FloatKind.FromInt32 => new Rational((int)raw, 1),
                    FloatKind.FromUInt32 => new Rational((uint)raw, 1),
                    FloatKind.FromInt64 => new Rational((long)raw, 1),
                    _ => new Rational(raw, 1),
                };
                if (value.Dividend.IsZero)
                    continue;
                foreach (var rounding in Enum.GetValues<RoundingMode>())
                {
                    var result = SoftFloat.Compute(new(kind, numbers.Format, numbers.Format), rounding, raw, 0, 0, out var flags);
                    AssertRounded(numbers, result, rounding, value.CompareTo, flags, $"{kind} {numbers.Format} {raw:x} {rounding}");
                }
            }
        }
    }

    [Property(MaxTest = 50)]
    public void Numbers_become_the_integers_that_the_mode_asks_for_or_the_nearest_with_invalid(int seed)
    {
        var random = new Random(seed);
        foreach (var numbers in Numbers.All)
        {
            foreach (var (kind, least, most) in new[]
                     {
                         (FloatKind.ToInt32, (System.Numerics.BigInteger)int.MinValue, (System.Numerics.BigInteger)int.MaxValue),
                         (FloatKind.ToUInt32, 0, uint.MaxValue), (FloatKind.ToInt64, long.MinValue, long.MaxValue),
                         (FloatKind.ToUInt64, 0, ulong.MaxValue),
                     })
            {
                var exponent = (ulong)Math.Min(numbers.HighestExponent + random.Next(-3, 66), 2 * numbers.HighestExponent);
                var a = numbers.Any(random, exponent << (numbers.Precision - 1));
                if (random.Next(2) == 0)
                    a = a & ~numbers.Infinity | exponent << (numbers.Precision - 1);
                if (!numbers.IsFinite(a))
                    continue;
                var exact = numbers.ValueOf(a);
                foreach (var rounding in Enum.GetValues<RoundingMode>())
                {
                    var result = SoftFloat.Compute(new(kind, numbers.Format, numbers.Format), rounding, numbers.Box(a), 0, 0, out var flags);
                    var wanted = RoundToInteger(exact, rounding);
                    var isOutside = wanted < least || wanted > most;
                    wanted = System.Numerics.BigInteger.Max(least, System.Numerics.BigInteger.Min(most, wanted));
                    var register = kind is FloatKind.ToUInt32 ? (ulong)(int)(uint)wanted
                        : wanted.Sign < 0 ? (ulong)(long)wanted : (ulong)wanted;
                    var wantedFlags = isOutside ? FloatFlags.Invalid
                        : exact.CompareTo(new(wanted, 1)) != 0 ? FloatFlags.Inexact : FloatFlags.None;
                    Assert.True(result == register && flags == wantedFlags,
                        $"{kind} {numbers.Format} {a:x} {rounding}: {result:x} {flags} for {register:x} {wantedFlags}");
                }
            }
        }
    }

    private static System.Numerics.BigInteger RoundToInteger(Rational x, RoundingMode rounding)
    {
        var floor = System.Numerics.BigInteger.DivRem(x.Dividend, x.Divisor, out var rest);
        if (rest.Sign < 0)
            floor--;
        var toHalf = x.CompareTo(new(2 * floor + 1, 2));
        var isInteger = x.CompareTo(new(floor, 1)) == 0;
        return rounding switch
        {
            _ when isInteger => floor,
            RoundingMode.Down => floor,
            RoundingMode.Up => floor + 1,
            RoundingMode.TowardsZero => x.Dividend.Sign < 0 ? floor + 1 : floor,
            RoundingMode.NearestEven when toHalf == 0 => floor.IsEven ? floor : floor + 1,
            RoundingMode.NearestMaxMagnitude when toHalf == 0 => x.Dividend.Sign < 0 ? floor : floor + 1,
            _ => toHalf < 0 ? floor : floor + 1,
        };
    }

    private static ulong Product(Numbers numbers, ulong a, ulong b) => SoftFloat.Compute(
        new(FloatKind.Multiply, numbers.Format, numbers.Format), RoundingMode.NearestEven, numbers.Box(a), numbers.Box(b), 0, out _);

    /// <summary>A number of <paramref name="source"/> about where <paramref name="target"/> begins or ends.</summary>
    private static ulong Edge(Numbers source, Numbers target, Random random)
    {
        var exponent = random.Next(2) == 0
            ? target.LowestExponent + random.Next(-target.Precision - 2, 3)
            : target.HighestExponent + random.Next(-2, 3);
        var field = (ulong)Math.Clamp(exponent + source.HighestExponent, 0, 2 * source.HighestExponent);
        var fraction = (ulong)random.NextInt64() | (random.Next(2) == 0 ? ulong.MaxValue << random.Next(source.Precision) : 0);
        return field << (source.Precision - 1) | fraction & ((1UL << (source.Precision - 1)) - 1) | (ulong)random.Next(2) * source.Sign;
    }

    /// <summary>How the exact result compares with a number; null where it is zero or there is none.</summary>
    private static Func<Rational, int>? Exact(Numbers numbers, FloatKind kind, ulong a, ulong b, ulong c)
    {
        var (x, y, z) = (numbers.ValueOf(a), numbers.ValueOf(b), numbers.ValueOf(c));
        if (kind == FloatKind.SquareRoot)
            return x.Dividend.IsZero ? null : r => r.Dividend.Sign < 0 ? 1 : x.CompareTo(r * r);
        if (kind == FloatKind.Divide && y.Dividend.IsZero)
            return null;
        var exact = kind switch
        {
            FloatKind.Add => x + y,
            FloatKind.Subtract => x - y,
            FloatKind.Multiply => x * y,
            FloatKind.Divide => x / y,
            FloatKind.MultiplyAdd => x * y + z,
            FloatKind.MultiplySubtract => x * y - z,
            FloatKind.NegatedMultiplyAdd => -(x * y) + z,
            _ => -(x * y) - z,
        };
        return exact.Dividend.IsZero ? null : exact.CompareTo;
    }

    /// <summary>The law, for an exact result that is not zero.</summary>
    private static void AssertRounded(Numbers numbers, ulong register, RoundingMode rounding,
        Func<Rational, int> compare, FloatFlags flags, string what)
    {
        var bits = numbers.Unbox(register);
        Assert.True(numbers.Box(bits) == register && !numbers.IsNaN(bits), $"{what}: {register:x}");
        var isNegative = compare(new(0, 1)) < 0;
        Assert.True((bits & numbers.Sign) != 0 == isNegative, $"{what}: sign of {bits:x}");

        // From here on magnitudes: m the result's, its neighbours in the format, and x the exact one's.
        int X(Rational r) => isNegative ? -compare(-r) : compare(r);
        var magnitude = bits & ~numbers.Sign;
        var m = numbers.ValueOf(magnitude);
        var toResult = X(m);
        var isUp = rounding == (isNegative ? RoundingMode.Down : RoundingMode.Up);
        var isTruncating = rounding is RoundingMode.TowardsZero or RoundingMode.Up or RoundingMode.Down && !isUp;
        var isLargest = magnitude == numbers.Infinity - 1;
        if (magnitude == numbers.Infinity)
        {
            // Only a result that would be rounded to 2^(emax+1) or above, had the format more exponents, is infinite.
            var below = numbers.ValueOf(magnitude - 1);
            var half = (below + m) * new Rational(1, 2);
            Assert.True(isUp ? X(below) > 0 : !isTruncating && X(half) >= 0, $"{what}: overflowed");
        }
        else
        {
            var above = numbers.ValueOf(magnitude + 1);
            if (toResult > 0 && !(isTruncating && isLargest))
            {
                var toHalf = X((m + above) * new Rational(1, 2));
                var isTieDown = toHalf == 0 && rounding == RoundingMode.NearestEven && magnitude % 2 == 0;
                Assert.True(isTruncating ? X(above) < 0 : !isUp && (toHalf < 0 || isTieDown), $"{what}: too small {bits:x}");
            }
            else if (toResult < 0)
            {
                var below = numbers.ValueOf(magnitude - 1);
                var toHalf = X((m + below) * new Rational(1, 2));
                var isTieUp = toHalf == 0 && (rounding == RoundingMode.NearestMaxMagnitude || magnitude % 2 == 0);
                Assert.True(isUp ? X(below) > 0 : !isTruncating && (toHalf > 0 || isTieUp), $"{what}: too large {bits:x}");
            }
        }

        var overflows = magnitude == numbers.Infinity || isLargest && isTruncating && X(numbers.ValueOf(numbers.Infinity)) >= 0;
        var expected = FloatFlags.None;
        if (overflows)
            expected |= FloatFlags.Overflow | FloatFlags.Inexact;
        if (toResult != 0)
            expected |= FloatFlags.Inexact | (IsTiny(numbers, X, isUp, isTruncating) ? FloatFlags.Underflow : 0);
        Assert.True(expected == flags, $"{what}: {flags} instead of {expected}, {bits:x}");
    }

    /// <summary>Tiny after rounding: with unlimited exponents the rounded result would be below the smallest normal number.</summary>
    private static bool IsTiny(Numbers numbers, Func<Rational, int> x, bool isUp, bool isTruncating)
    {
        var smallest = Rational.PowerOfTwo(numbers.LowestExponent);
        var step = Rational.PowerOfTwo(numbers.LowestExponent - numbers.Precision);
        if (isTruncating)
            return x(smallest) < 0;
        return isUp ? x(smallest - step) <= 0 : x(smallest - step * new Rational(1, 2)) < 0;
    }
}
