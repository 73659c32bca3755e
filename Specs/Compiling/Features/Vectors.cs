using System.Runtime.Intrinsics;

namespace Verification.Specs.Compiling.Features;

// No machine instruction stands behind them here: the base library computes them number by number.
public static class Vectors
{
    public static long Run_arithmetic(long a, long b)
    {
        Vector128<int> v = Vector128.Create((int)a, (int)b, 3, 4);
        Vector128<int> w = v + (Vector128.Create(5) * v);
        return w[0] + (w[1] * 3L) + w.GetElement(2) + w.ToScalar() + Vector128.Sum(w) + Vector128<int>.Count + (Vector128<int>.IsSupported ? 1 : 0) + (Vector128<Int128>.IsSupported ? 2 : 0);
    }

    public static long Run_comparisons_and_bits(long a, long b)
    {
        Vector128<byte> v = Vector128.Create((byte)a), w = Vector128.CreateScalar((byte)b);
        return Vector128.Equals(v, w).ExtractMostSignificantBits() + (v == w ? 10 : 20) + (Vector128.EqualsAny(v, w) ? 100 : 200) + Vector128.LessThan(v, w).AsInt64()[0]
            + Vector128.Max(v, w)[3] + ((~v & w) | (v ^ w)).AsInt64()[1];
    }

    public static long Run_loads_and_stores(long a, long b)
    {
        Span<ulong> words = [(ulong)a, (ulong)b, 5, 6];
        Vector128<ulong> v = Vector128.LoadUnsafe(ref words[0]), w = Vector128.Create<ulong>(words[2..]);
        (v + w).CopyTo(words);
        v.StoreUnsafe(ref words[2]);
        return (long)(words[0] + (words[1] * 3) + words[2] + Vector128.ShiftLeft(v, 3)[1] + (v >>> 2)[0]);
    }

    public static long Run_other_widths(long a, long b)
    {
        Vector64<short> v = Vector64.Create((short)a);
        Vector256<long> w = Vector256.Create(a, b, 3, 4);
        Vector128<sbyte> narrow = Vector128.Shuffle(Vector128.Create((byte)1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), Vector128.Create((byte)(a & 15))).AsSByte();
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(narrow);
        return v[2] + w[1] + Vector256.Sum(w) + Vector512<int>.AllBitsSet[15] + w.GetUpper()[0] + w.GetLower().WithElement(0, 9L)[0] + low[3] + high[2] + Vector128.Narrow(low, high)[5];
    }

    public static long Run_floating_point(long a, long b)
    {
        Vector128<float> v = Vector128.Create((float)(short)a, 2, 3, (short)b);
        Vector128<float> w = Vector128.ConditionalSelect(Vector128.GreaterThan(v, Vector128<float>.Zero), v, -v);
        return (long)Vector128.Dot(w, Vector128<float>.One) + (long)(Vector128.Sqrt(w)[2] * 1000);
    }

    public static long Run_vectors_of_what_is_no_number(long a, long b) => a > 3 ? Vector128.Create((char)a)[1] : b;
}
