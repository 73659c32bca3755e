namespace Verification.Specs.Compiling.Features;

public static class Floats
{
    // A single that waits on the evaluation stack while a condition is decided is a single still.
    public static long Run_single_across_branches(long a, long b)
    {
        float waiting = (int)a * 87.25f;
        float difference = waiting - (b > 3 ? (short)a : (short)b);
        return BitConverter.SingleToInt32Bits(difference);
    }

    public static long Run_arithmetic(long a, long b)
    {
        double x = a, y = b;
        float f = a, g = b;
        double sum = (x + y) * 1.5 - (x / (y == 0 ? 1 : y));
        float single = (f * g) - (f / 3f) + -g;
        return BitConverter.DoubleToInt64Bits(sum) ^ BitConverter.SingleToInt32Bits(single);
    }

    public static long Run_arithmetic_on_any_bits(long a, long b)
    {
        double x = BitConverter.Int64BitsToDouble(a), y = BitConverter.Int64BitsToDouble(b);
        return Bits(x + y) ^ (Bits(x * y) * 3) ^ (Bits(x - y) * 5) ^ (Bits(x / y) * 7);
    }

    public static long Run_comparisons(long a, long b)
    {
        double x = BitConverter.Int64BitsToDouble(a), y = BitConverter.Int64BitsToDouble(b);
        int bits = 0;
        if (x < y) bits |= 1;
        if (x <= y) bits |= 2;
        if (x > y) bits |= 4;
        if (x >= y) bits |= 8;
        if (x == y) bits |= 16;
        if (x != y) bits |= 32;
        if (!(x < y)) bits |= 64;
        if (!(x >= y)) bits |= 128;
        return bits | ((x > y ? 1 : 2) << 8) | (x.Equals(y) ? 1024 : 0) | (x.CompareTo(y) << 12);
    }

    public static long Run_not_a_number(long a, long b)
    {
        float nan = (a - a) / 0f;
        double d = double.NaN;
        return (float.IsNaN(nan) ? 1 : 0) + (d == d ? 2 : 0) + (d != d ? 4 : 0) + (nan < b ? 8 : 0) + (nan >= b ? 16 : 0) + (double.IsInfinity(a / 0.0) ? 32 : 0)
            + (double.IsFinite(b) ? 64 : 0) + (double.IsNegative(BitConverter.Int64BitsToDouble(b)) ? 128 : 0);
    }

    public static long Run_to_integers(long a, long b)
    {
        double x = BitConverter.Int64BitsToDouble(a);
        float y = BitConverter.Int32BitsToSingle((int)b);
        long sum = (int)x;
        sum = (sum * 31) + (long)x;
        sum = (sum * 31) + (uint)x;
        sum = (sum * 31) + (long)(ulong)x;
        sum = (sum * 31) + (long)y;
        sum = (sum * 31) + (uint)y;
        return (sum * 31) + (nint)x;
    }

    public static long Run_to_small_integers(long a, long b)
    {
        // Only where the CLR's result does not depend on the machine: within int.
        double x = (int)a / 3.0;
        return (byte)(int)x + (sbyte)(int)x + (short)(int)x + (ushort)(int)x + (char)(int)x;
    }

    public static long Run_from_integers(long a, long b) =>
        Bits((int)a) ^ Bits((uint)a) ^ Bits((ulong)a) ^ Bits((float)(ulong)b) ^ Bits((float)(int)b) ^ Bits((float)b) ^ Bits((short)a) ^ Bits((byte)b) ^ Bits((nint)a);

    public static long Run_checked_conversion(long a, long b) => checked((int)(a * 0.5)) + checked((byte)(float)(b & 0xff));

    public static long Run_checked_conversion_of_any_bits(long a, long b) => checked((long)BitConverter.Int64BitsToDouble(a));

    public static long Run_checked_conversion_to_unsigned(long a, long b) => (long)checked((ulong)BitConverter.Int64BitsToDouble(a)) + checked((uint)(double)b);

    public static long Run_widening_and_narrowing(long a, long b)
    {
        double x = BitConverter.Int64BitsToDouble(a);
        float f = (float)x;
        return Bits(f) ^ Bits((double)f * 2) ^ Bits((float)(x + b));
    }

    public static long Run_remainder(long a, long b)
    {
        double x = a, y = b;
        float f = (int)a, g = (short)b;
        return Bits(x % y) ^ Bits(f % g) ^ Bits(BitConverter.Int64BitsToDouble(a) % BitConverter.Int64BitsToDouble(b)) ^ Bits(x % 0.7);
    }

    public static long Run_functions(long a, long b)
    {
        double x = BitConverter.Int64BitsToDouble(a), y = b / 8.0;
        return Bits(Math.Sqrt(y < 0 ? -y : y)) ^ Bits(Math.Abs(x)) ^ Bits(Math.Floor(y)) ^ (Bits(Math.Ceiling(y)) * 3) ^ (Bits(Math.Truncate(y)) * 5)
            ^ (Bits(Math.Round(y)) * 7) ^ Bits(Math.Min(x, y)) ^ (Bits(Math.Max(x, y)) * 11) ^ Bits(Math.CopySign(y, x)) ^ Bits(Math.Clamp(y, -3.5, 1e6));
    }

    public static long Run_rounding(long a, long b)
    {
        double x = BitConverter.Int64BitsToDouble(a);
        return Bits(Math.Floor(x)) ^ (Bits(Math.Ceiling(x)) * 3) ^ (Bits(Math.Truncate(x)) * 5) ^ (Bits(Math.Round(x)) * 7)
            ^ (Bits(Math.Round(b / 16.0, MidpointRounding.AwayFromZero)) * 11) ^ Bits(double.Floor(b / 3.0));
    }

    public static long Run_functions_of_single_precision(long a, long b)
    {
        float x = BitConverter.Int32BitsToSingle((int)a), y = b / 8f;
        return Bits(MathF.Sqrt(MathF.Abs(y))) ^ Bits(MathF.Floor(y)) ^ (Bits(MathF.Ceiling(x)) * 3) ^ (Bits(MathF.Truncate(x)) * 5) ^ (Bits(MathF.Round(y)) * 7)
            ^ Bits(MathF.Min(x, y)) ^ Bits(MathF.Max(x, y)) ^ Bits(MathF.CopySign(y, x)) ^ Math.Sign(y);
    }

    public static long Run_fused(long a, long b) => Bits(Math.FusedMultiplyAdd(a, 1.0 / 3, b)) ^ Bits(MathF.FusedMultiplyAdd(a, 0.1f, b)) ^ Bits(double.MultiplyAddEstimate(2, (int)a, 1));

    public static long Run_parts_of_a_number(long a, long b)
    {
        double x = BitConverter.Int64BitsToDouble(a);
        return Bits(Math.BitIncrement(x)) ^ Bits(Math.BitDecrement(b)) ^ Math.ILogB(b) ^ Bits(Math.ScaleB(b, (int)(a & 31))) ^ (double.IsSubnormal(x) ? 1 : 0);
    }

    public static long Run_constants_and_literals(long a, long b) =>
        Bits(Math.PI * a) ^ Bits(float.Epsilon) ^ Bits(double.MaxValue) ^ Bits(-0.0) ^ Bits(1e-310 * b) ^ Bits(double.NegativeInfinity) ^ (0.1 + 0.2 == 0.3 ? 1 : 2);

    public static long Run_structs_of_floats(long a, long b)
    {
        Vector v = new(a, b / 2.0, (float)a);
        v = v.Plus(new Vector(1, 2, 3)) * 2.5;
        Span<Vector> many = stackalloc Vector[3];
        many[1] = v;
        many[2] = many[1] with { Z = 7 };
        double sum = 0;
        foreach (ref readonly Vector item in many) sum += item.X + (item.Y * item.Z);
        return Bits(sum) ^ (v == many[1] ? 1 : 0);
    }

    public static long Run_static_floats(long a, long b)
    {
        Factor += (a & 7) * 0.25;
        return Bits(Factor) ^ Bits(Table[(int)(b & 3)]);
    }

    public static long Run_generic_floats(long a, long b) => Bits(Mean<double>(a, b)) ^ Bits(Mean((float)a, (float)b)) ^ Bits(double.CreateChecked((int)a)) ^ (long)Mean((int)a, (int)b);

    public static long Run_many_arguments(long a, long b) => Bits(Many(a, 1, b, 2, 3, a, 4, b, 5, 6, 7, 8));

    public static long Run_half_precision(long a, long b)
    {
        Half h = (Half)(a / 4.0);
        Half other = BitConverter.UInt16BitsToHalf((ushort)b);
        return Bits((double)h) ^ Bits((float)other) ^ (h < other ? 1 : 0) ^ BitConverter.HalfToInt16Bits((Half)((float)h + 1f)) ^ (Half.IsNaN(other) ? 64 : 0);
    }

    private static double Factor = 1.5;
    private static readonly double[] Table = [0.5, 1.25, -3, 1e300];

    private static double Many(double a, int b, float c, long d, double e, double f, double g, double h, double i, float j, double k, double l) =>
        a + (b * c) - (d * e) + (f * g) - (h * i) + (j * k) - l;

    private static T Mean<T>(T x, T y)
        where T : INumber<T> => (x + y) / (T.One + T.One);

    // Which NaN an operation makes is the machine's own affair.
    private static long Bits(double x) => double.IsNaN(x) ? 0x7ff8_1234 : BitConverter.DoubleToInt64Bits(x);

    private static long Bits(float x) => float.IsNaN(x) ? 0x7fc1 : BitConverter.SingleToInt32Bits(x);

    private readonly record struct Vector(double X, double Y, float Z)
    {
        public Vector Plus(in Vector other) => new(X + other.X, Y + other.Y, Z + other.Z);

        public static Vector operator *(Vector v, double by) => new(v.X * by, v.Y * by, (float)(v.Z * by));
    }
}
