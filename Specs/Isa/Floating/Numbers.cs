using System.Numerics;
using Verification.Machine.Isa;

namespace Verification.Specs.Isa.Floating;

/// <summary>Formats as the specs see them: by IEEE 754's table of parameters, with values as exact rationals.</summary>
public sealed record Numbers(FloatFormat Format, int WidthBits, int Precision, int HighestExponent)
{
    public static readonly Numbers Half = new(FloatFormat.Half, 16, 11, 15);
    public static readonly Numbers Single = new(FloatFormat.Single, 32, 24, 127);
    public static readonly Numbers Double = new(FloatFormat.Double, 64, 53, 1023);
    public static readonly Numbers[] All = [Half, Single, Double];

    public int LowestExponent => 1 - HighestExponent;

    public ulong Sign => 1UL << (WidthBits - 1);

    public ulong Infinity => (ulong)(2 * HighestExponent + 1) << (Precision - 1);

    public ulong CanonicalNaN => Infinity | 1UL << (Precision - 2);

    public ulong Box(ulong bits) => WidthBits == 64 ? bits : bits | ulong.MaxValue << WidthBits;

    public ulong Unbox(ulong register) => WidthBits == 64 ? register : register & ((1UL << WidthBits) - 1);

    public bool IsNaN(ulong bits) => (bits & ~Sign) > Infinity;

    public bool IsFinite(ulong bits) => (bits & ~Sign) < Infinity;

    /// <summary>The value; of an infinity the power of two that would come after the largest number.</summary>
    public Rational ValueOf(ulong bits)
    {
        var magnitude = bits & ~Sign;
        var field = (int)(magnitude >> (Precision - 1));
        var fraction = magnitude & ((1UL << (Precision - 1)) - 1);
        var digits = field == 0 ? fraction : fraction | 1UL << (Precision - 1);
        var exponent = Math.Max(field, 1) - HighestExponent - (Precision - 1);
        var value = new Rational(digits, 1) * Rational.PowerOfTwo(exponent);
        return (bits & Sign) != 0 ? -value : value;
    }

    /// <summary>Operands of every kind: special ones, random bits, and neighbours of <paramref name="other"/>.</summary>
    public ulong Any(Random random, ulong other)
    {
        var bits = (ulong)random.NextInt64() ^ (ulong)random.NextInt64() << 1;
        bits &= Sign | Sign - 1;
        var ulp = (ulong)random.Next(4);
        return random.Next(8) switch
        {
            0 => Special(random.Next(8)) | bits & Sign,
            1 => bits & (Sign | Sign - 1 >> random.Next(WidthBits)), // small: subnormal numbers and zeros
            2 => (other ^ bits & Sign) + ulp & (Sign | Sign - 1),
            3 => bits & Sign | Near(other, random),
            4 => bits & (Sign | Infinity | ulong.MaxValue << random.Next(Precision)), // few digits
            5 => bits & Sign | Ordinary(random, bits), // about 1, with few digits: results are often exact
            _ => bits,
        };
    }

    private ulong Ordinary(Random random, ulong bits)
    {
        var reach = Math.Min(HighestExponent - 1, random.Next(1, 60));
        var field = (ulong)(HighestExponent + random.Next(-reach, reach + 1));
        return field << (Precision - 1) | bits & (1UL << (Precision - 1)) - 1 & ulong.MaxValue << random.Next(Precision);
    }

    private ulong Near(ulong other, Random random)
    {
        var field = (long)((other & Infinity) >> (Precision - 1)) + random.Next(-Precision - 3, Precision + 4);
        field = Math.Clamp(field, 0, 2 * HighestExponent);
        return (ulong)field << (Precision - 1) | (ulong)random.NextInt64() & ((1UL << (Precision - 1)) - 1);
    }

    private ulong Special(int which) => which switch
    {
        0 => 0,
        1 => Infinity,
        2 => CanonicalNaN,
        3 => Infinity | 1, // signalling
        4 => 1,
        5 => Infinity - 1,
        6 => 1UL << (Precision - 1), // the smallest normal number
        _ => (ulong)HighestExponent << (Precision - 1), // 1
    };
}

/// <summary>An exact quotient of integers; the divisor is positive.</summary>
public readonly record struct Rational(BigInteger Dividend, BigInteger Divisor) : IComparable<Rational>
{
    public static Rational PowerOfTwo(int exponent) =>
        exponent >= 0 ? new(BigInteger.One << exponent, 1) : new(1, BigInteger.One << -exponent);

    public static Rational operator +(Rational a, Rational b) =>
        new(a.Dividend * b.Divisor + b.Dividend * a.Divisor, a.Divisor * b.Divisor);

    public static Rational operator -(Rational a) => new(-a.Dividend, a.Divisor);

    public static Rational operator -(Rational a, Rational b) => a + -b;

    public static Rational operator *(Rational a, Rational b) => new(a.Dividend * b.Dividend, a.Divisor * b.Divisor);

    public static Rational operator /(Rational a, Rational b) => b.Dividend.Sign < 0
        ? new(-a.Dividend * b.Divisor, a.Divisor * -b.Dividend)
        : new(a.Dividend * b.Divisor, a.Divisor * b.Dividend);

    public int CompareTo(Rational other) => (Dividend * other.Divisor).CompareTo(other.Dividend * Divisor);
}
