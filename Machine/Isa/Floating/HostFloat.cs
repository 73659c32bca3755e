using System.Runtime.CompilerServices;

namespace Verification.Machine.Isa.Floating;

/// <summary>
/// The common case on the host's own hardware: rounding to nearest even, numbers well inside the normal range. Every host
/// that .NET runs on has the same IEEE 754 results there. Whether a result is exact is read off its error, which hardware
/// computes without rounding: by a fused multiply-add for products, by Knuth's two-sum for sums.
/// </summary>
internal static class HostFloat
{
    private const ulong Boxed = 0xffff_ffff_0000_0000;

    /// <summary>Computes on raw register contents, where the case is the common one.</summary>
    /// <returns>False where it is not; then nothing is known.</returns>
    internal static bool TryCompute(
        FloatOperation operation, ulong a, ulong b, ulong c, out ulong result, out FloatFlags flags)
    {
        Unsafe.SkipInit(out result);
        flags = FloatFlags.None;
        if (operation.Kind > FloatKind.NegatedMultiplySubtract)
            return false;
        if (operation.Format == FloatFormat.Double)
        {
            var done = TryCompute(operation.Kind, BitConverter.UInt64BitsToDouble(a), BitConverter.UInt64BitsToDouble(b),
                BitConverter.UInt64BitsToDouble(c), out var value, ref flags);
            result = BitConverter.DoubleToUInt64Bits(value);
            return done;
        }

        // Registers of operands that an operation has not are 0 here, and so are not boxed.
        var isBoxed = a >= Boxed && (b >= Boxed || operation.Kind == FloatKind.SquareRoot)
            && (c >= Boxed || operation.Kind < FloatKind.MultiplyAdd);
        if (operation.Format != FloatFormat.Single || !isBoxed)
            return false;
        var isDone = TryCompute(operation.Kind, BitConverter.UInt32BitsToSingle((uint)a),
            BitConverter.UInt32BitsToSingle((uint)b), BitConverter.UInt32BitsToSingle((uint)c), out var single, ref flags);
        result = Boxed | BitConverter.SingleToUInt32Bits(single);
        return isDone;
    }

    private static bool TryCompute(FloatKind kind, double a, double b, double c, out double value, ref FloatFlags flags)
    {
        switch (kind)
        {
            case FloatKind.Add or FloatKind.Subtract:
                value = TwoSum(a, kind == FloatKind.Subtract ? -b : b, out var error);
                Note(error == 0, ref flags);
                return IsBounded(a) && IsBounded(b) && IsInside(value);
            case FloatKind.Multiply:
                value = a * b;
                Note(Math.FusedMultiplyAdd(a, b, -value) == 0, ref flags);
                return IsInside(a) && IsInside(b) && IsInside(value);
            case FloatKind.Divide:
                value = a / b;
                Note(Math.FusedMultiplyAdd(value, b, -a) == 0, ref flags);
                return IsInside(a) && IsInside(b) && IsInside(value);
            case FloatKind.SquareRoot:
                value = Math.Sqrt(a);
                Note(Math.FusedMultiplyAdd(value, value, -a) == 0, ref flags);
                return IsInside(a) && IsInside(value);
            default:
                a = kind is FloatKind.NegatedMultiplyAdd or FloatKind.NegatedMultiplySubtract ? -a : a;
                c = kind is FloatKind.MultiplySubtract or FloatKind.NegatedMultiplySubtract ? -c : c;
                value = Math.FusedMultiplyAdd(a, b, c);
                // a*b + c is sum + low + tail without rounding; the result is that exactly or it is rounded. The first
                // difference is exact, since the result is within a factor of two of the sum, or the sum is 0.
                var product = a * b;
                var sum = TwoSum(product, c, out var low);
                var rest = TwoSum(low, Math.FusedMultiplyAdd(a, b, -product), out var tail);
                Note(sum - value == -rest && tail == 0, ref flags);
                return IsInside(a) && IsInside(b) && IsInside(product) && (c == 0 || IsInside(c)) && IsInside(value);
        }
    }

    private static bool TryCompute(FloatKind kind, float a, float b, float c, out float value, ref FloatFlags flags)
    {
        switch (kind)
        {
            // Sums and products of singles as doubles: a product is exact, and a sum knows its error.
            case FloatKind.Add or FloatKind.Subtract:
                b = kind == FloatKind.Subtract ? -b : b;
                value = a + b;
                Note(TwoSum(a, (double)b, out var error) == value && error == 0, ref flags);
                return IsBounded(a) && IsBounded(b) && IsInside(value);
            case FloatKind.Multiply:
                value = a * b;
                Note((double)a * b == value, ref flags);
                return IsInside(a) && IsInside(b) && IsInside(value);
            case FloatKind.Divide:
                value = a / b;
                Note((double)value * b == a, ref flags);
                return IsInside(a) && IsInside(b) && IsInside(value);
            case FloatKind.SquareRoot:
                value = MathF.Sqrt(a);
                Note((double)value * value == a, ref flags);
                return IsInside(a) && IsInside(value);
            default:
                a = kind is FloatKind.NegatedMultiplyAdd or FloatKind.NegatedMultiplySubtract ? -a : a;
                c = kind is FloatKind.MultiplySubtract or FloatKind.NegatedMultiplySubtract ? -c : c;
                value = MathF.FusedMultiplyAdd(a, b, c);
                Note(TwoSum((double)a * b, c, out var low) == value && low == 0, ref flags);
                return IsInside(a) && IsInside(b) && (c == 0 || IsInside(c)) && IsInside(value);
        }
    }

    private static void Note(bool isExact, ref FloatFlags flags) =>
        flags = isExact ? FloatFlags.None : FloatFlags.Inexact;

    /// <summary>The rounded sum, and what rounding took from it, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double TwoSum(double a, double b, out double error)
    {
        var sum = a + b;
        var shadow = sum - a;
        error = (a - (sum - shadow)) + (b - shadow);
        return sum;
    }

    // So far from both ends that neither products nor errors, 106 digits lower, leave the normal range. NaN is in none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInside(double value) => Math.Abs(value) is > 1e-200 and < 1e200;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBounded(double value) => Math.Abs(value) < 1e200;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInside(float value) => MathF.Abs(value) is > 1e-30f and < 1e30f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBounded(float value) => MathF.Abs(value) < 1e30f;
}
