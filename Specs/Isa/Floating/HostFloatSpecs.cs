using FsCheck.Xunit;
using Verification.Machine.Isa;
using Verification.Machine.Isa.Floating;
using Xunit;

namespace Verification.Specs.Isa.Floating;

/// <summary>Results in the default rounding mode against the host's own IEEE hardware, special values included.</summary>
public class HostFloatSpecs
{
    [Property(MaxTest = 200)]
    public void Doubles_are_those_of_the_host(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            var x = Numbers.Double.Any(random, 0);
            var y = Numbers.Double.Any(random, x);
            var z = Numbers.Double.Any(random, y);
            var (a, b, c) = (BitConverter.UInt64BitsToDouble(x), BitConverter.UInt64BitsToDouble(y), BitConverter.UInt64BitsToDouble(z));
            void Check(FloatKind kind, double expected) => AssertSame(Numbers.Double, kind, x, y, z, BitConverter.DoubleToUInt64Bits(expected));
            Check(FloatKind.Add, a + b);
            Check(FloatKind.Subtract, a - b);
            Check(FloatKind.Multiply, a * b);
            Check(FloatKind.Divide, a / b);
            Check(FloatKind.SquareRoot, Math.Sqrt(a));
            Check(FloatKind.MultiplyAdd, Math.FusedMultiplyAdd(a, b, c));
            Check(FloatKind.NegatedMultiplySubtract, Math.FusedMultiplyAdd(-a, b, -c));
            AssertComparisons(Numbers.Double, x, y, a == b, a < b, a <= b);
            AssertConverted(Numbers.Double, Numbers.Single, x, BitConverter.SingleToUInt32Bits((float)a));
            AssertConverted(Numbers.Double, Numbers.Half, x, BitConverter.HalfToUInt16Bits((Half)a));
        }
    }

    [Property(MaxTest = 200)]
    public void Singles_are_those_of_the_host(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            var x = Numbers.Single.Any(random, 0);
            var y = Numbers.Single.Any(random, x);
            var z = Numbers.Single.Any(random, y);
            var (a, b, c) = (BitConverter.UInt32BitsToSingle((uint)x), BitConverter.UInt32BitsToSingle((uint)y), BitConverter.UInt32BitsToSingle((uint)z));
            void Check(FloatKind kind, float expected) => AssertSame(Numbers.Single, kind, x, y, z, BitConverter.SingleToUInt32Bits(expected));
            Check(FloatKind.Add, a + b);
            Check(FloatKind.Subtract, a - b);
            Check(FloatKind.Multiply, a * b);
            Check(FloatKind.Divide, a / b);
            Check(FloatKind.SquareRoot, MathF.Sqrt(a));
            Check(FloatKind.MultiplyAdd, MathF.FusedMultiplyAdd(a, b, c));
            Check(FloatKind.MultiplySubtract, MathF.FusedMultiplyAdd(a, b, -c));
            Check(FloatKind.NegatedMultiplyAdd, MathF.FusedMultiplyAdd(-a, b, c));
            AssertComparisons(Numbers.Single, x, y, a == b, a < b, a <= b);
            AssertConverted(Numbers.Single, Numbers.Double, x, BitConverter.DoubleToUInt64Bits(a));
            AssertConverted(Numbers.Single, Numbers.Half, x, BitConverter.HalfToUInt16Bits((Half)a));
        }
    }

    [Property(MaxTest = 200)]
    public void Halves_are_those_of_the_host(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            var x = Numbers.Half.Any(random, 0);
            var y = Numbers.Half.Any(random, x);
            var (a, b) = (BitConverter.UInt16BitsToHalf((ushort)x), BitConverter.UInt16BitsToHalf((ushort)y));
            void Check(FloatKind kind, Half expected) => AssertSame(Numbers.Half, kind, x, y, 0, BitConverter.HalfToUInt16Bits(expected));
            Check(FloatKind.Add, a + b);
            Check(FloatKind.Subtract, a - b);
            Check(FloatKind.Multiply, a * b);
            Check(FloatKind.Divide, a / b);
            Check(FloatKind.SquareRoot, Half.Sqrt(a));
            AssertComparisons(Numbers.Half, x, y, a == b, a < b, a <= b);
            AssertConverted(Numbers.Half, Numbers.Double, x, BitConverter.DoubleToUInt64Bits((double)a));
            AssertConverted(Numbers.Half, Numbers.Single, x, BitConverter.SingleToUInt32Bits((float)a));
        }
    }

    private static void AssertSame(Numbers numbers, FloatKind kind, ulong x, ulong y, ulong z, ulong expected)
    {
        var result = SoftFloat.Compute(new(kind, numbers.Format, numbers.Format), RoundingMode.NearestEven,
            numbers.Box(x), numbers.Box(y), numbers.Box(z), out _);
        AssertBits(numbers, expected, result, $"{kind} {x:x} {y:x} {z:x}");
    }

    private static void AssertConverted(Numbers source, Numbers target, ulong x, ulong expected)
    {
        var result = SoftFloat.Compute(new(FloatKind.Convert, source.Format, target.Format), RoundingMode.NearestEven,
            source.Box(x), 0, 0, out _);
        AssertBits(target, expected, result, $"{source.Format} to {target.Format} {x:x}");
    }

    /// <summary>The host's NaNs carry payloads and signs; RISC-V has one.</summary>
    private static void AssertBits(Numbers numbers, ulong expected, ulong register, string what)
    {
        if (numbers.IsNaN(expected))
            expected = numbers.CanonicalNaN;
        Assert.True(numbers.Box(expected) == register, $"{what}: {register:x} instead of {expected:x}");
    }

    private static void AssertComparisons(Numbers numbers, ulong x, ulong y, bool equal, bool less, bool lessOrEqual)
    {
        foreach (var (kind, expected) in new[] { (FloatKind.Equal, equal), (FloatKind.Less, less), (FloatKind.LessOrEqual, lessOrEqual) })
        {
            var result = SoftFloat.Compute(new(kind, numbers.Format, numbers.Format), RoundingMode.NearestEven,
                numbers.Box(x), numbers.Box(y), 0, out var flags);
            Assert.True(result == (expected ? 1UL : 0), $"{kind} {x:x} {y:x}");
            var isSignalling = IsSignalling(numbers, x) || IsSignalling(numbers, y);
            var isUnordered = numbers.IsNaN(x) || numbers.IsNaN(y);
            Assert.Equal(isSignalling || (isUnordered && kind != FloatKind.Equal) ? FloatFlags.Invalid : FloatFlags.None, flags);
        }
    }

    private static bool IsSignalling(Numbers numbers, ulong x) =>
        numbers.IsNaN(x) && (x & 1UL << (numbers.Precision - 2)) == 0;
}
