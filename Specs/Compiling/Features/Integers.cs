namespace Verification.Specs.Compiling.Features;

public static class Integers
{
    public static long Run_decimals(long a, long b)
    {
        decimal x = a;
        decimal y = (b / 4m) + 0.125m;
        decimal sum = (x * 3) + y - 1.5m;
        long found = decimal.Compare(x, y) + (x < y ? 10 : 20) + (sum == y ? 3 : 5);
        Span<int> bits = stackalloc int[4];
        foreach (decimal part in (ReadOnlySpan<decimal>)[sum, x / 7, y / (x + 0.5m), x % 1000, decimal.Round(y, 1), decimal.Truncate(sum / 3), -y])
        {
            decimal.GetBits(part, bits);
            foreach (int word in bits) found = (found * 31) + word;
        }

        return found;
    }

    public static long Run_decimal_overflow(long a, long b) => (long)((decimal)a * a * b / 3) + (int)(decimal)b;

    public static long Run_decimal_division_by_zero(long a, long b) => (long)(a / ((decimal)b - 2));

    public static long Run_bytes_and_shorts(long a, long b)
    {
        byte x = (byte)a;
        sbyte y = (sbyte)b;
        short z = (short)(a * b);
        ushort w = (ushort)(a - b);
        x += 200;
        y >>= 1;
        z ^= (short)w;
        w = (ushort)~w;
        return x + (y * 3L) + (z << 4) + (w >>> 2);
    }

    public static long Run_division_and_remainder(long a, long b)
    {
        long divisor = b | 1;
        int narrow = (int)divisor | 1;
        long result = (a / (divisor == -1 ? 3 : divisor)) ^ (a % (divisor == -1 ? 5 : divisor));
        result += ((uint)a / (uint)narrow) + (long)((ulong)a % (ulong)divisor);
        return result + (a / 7) + (a % 10) + ((int)a / -3) + ((uint)a / 10) + (long)((ulong)a / 1000);
    }

    public static long Run_division_by_zero(long a, long b) => a / (b - 2);

    public static long Run_unsigned_division_by_zero(long a, long b) => (uint)a % ((uint)b - 3u);

    public static long Run_the_least_number_divided_by_minus_one(long a, long b) => a / (b | -1);

    public static long Run_shifts(long a, long b)
    {
        int count = (int)b;
        return (a << count) ^ (a >> count) ^ (a >>> count) ^ ((int)a << count) ^ ((int)a >> count) ^ ((uint)a >> count) ^ ((int)a >>> 3);
    }

    public static long Run_native_integers(long a, long b)
    {
        nint n = (nint)a;
        nuint u = (nuint)(ulong)b;
        n += 5;
        u *= 3;
        return n ^ (long)u ^ nint.Size ^ (long)(u >> 3) ^ (n < 0 ? nint.MaxValue : nint.MinValue) ^ (nint)(int)b;
    }

    public static long Run_bools_and_chars(long a, long b)
    {
        bool more = a > b;
        bool both = more & (b > 0) | (a == b) ^ (a != 7);
        char letter = (char)('a' + (a & 15));
        letter++;
        return (both ? 1 : 2) + letter + (letter > 'f' ? 'x' : 'y') + (char.IsAsciiLetter(letter) ? 1000 : 0) + (!more ? 5 : 6);
    }

    public static long Run_wide_arithmetic(long a, long b)
    {
        Int128 x = (Int128)a * b;
        UInt128 y = ((UInt128)(ulong)a << 64) | (ulong)b;
        x += (Int128)1 << 100;
        x -= b;
        y ^= UInt128.MaxValue >> 3;
        UInt128 q = y / ((ulong)b | 1);
        UInt128 r = y % ((ulong)a | 1);
        Int128 s = x / (((Int128)b << 3) | 1);
        return (long)(x >> 31) ^ (long)(y >> 77) ^ (long)q ^ (long)r ^ (long)s ^ (x < 0 ? 1 : 0) ^ (x > (Int128)y ? 2 : 0) ^ (long)-x ^ (long)~y;
    }

    public static long Run_wide_functions(long a, long b)
    {
        Int128 x = new((ulong)a, (ulong)b);
        return (long)Int128.LeadingZeroCount(x) + (long)UInt128.PopCount((UInt128)x) + (long)Int128.TrailingZeroCount(x)
            + (long)Int128.Abs(x >> 1) + (long)Int128.Max(x, a) + (Int128.IsNegative(x) ? 1 : 0) + (long)UInt128.RotateLeft((UInt128)x, (int)b)
            + x.CompareTo(b) + (x.Equals(a) ? 3 : 4);
    }

    public static long Run_wide_checked(long a, long b) => (long)checked((Int128)a * b * a * 3);

    public static long Run_wide_narrowed(long a, long b) => checked((long)((Int128)a + b));

    public static long Run_checked_sums(long a, long b) => checked((int)a + (int)b) + checked(a + b) + checked((uint)(a & int.MaxValue) - 1u);

    public static long Run_checked_products(long a, long b) => checked(a * b) + checked((int)(a % 1000000) * (int)(b % 5000));

    public static long Run_checked_unsigned(long a, long b) => (long)checked(((ulong)a >> 1) * ((ulong)b >> 40)) + checked((uint)a * ((uint)b & 3));

    public static long Run_checked_narrowing(long a, long b)
    {
        checked
        {
            byte x = (byte)(a & 511);
            sbyte y = (sbyte)(b & 255);
            ushort z = (ushort)(a & 0x1ffff);
            return x + y + z;
        }
    }

    public static long Run_checked_signs(long a, long b) => (long)checked((ulong)a) + checked((uint)b) + checked((nuint)a > 5 ? 1 : 0);

    public static long Run_checked_negation(long a, long b) => checked(-a) + checked(-(int)b);

    public static long Run_checked_increment(long a, long b)
    {
        byte x = (byte)a;
        int y = (int)b;
        checked
        {
            x++;
            y--;
            x += 100;
        }

        return x + y;
    }

    public static long Run_bit_operations(long a, long b) =>
        BitOperations.LeadingZeroCount((ulong)a) + (BitOperations.TrailingZeroCount(b) << 8) + (BitOperations.PopCount((uint)a) << 16)
        + BitOperations.Log2((ulong)b) + (long)BitOperations.RotateLeft((ulong)a, (int)b) + BitOperations.RotateRight((uint)a, 7)
        + (BitOperations.IsPow2(b) ? 1 : 0) + (long)BitOperations.RoundUpToPowerOf2((uint)a >> 1) + BitOperations.Crc32C((uint)a, (byte)b);

    public static long Run_generic_math(long a, long b)
    {
        long sum = Sum(stackalloc int[] { 1, 2, (int)a }) + Sum(stackalloc byte[] { 250, 10, (byte)b }) + Sum(stackalloc ulong[] { (ulong)a, 3 });
        return sum + Clamped((short)a, (short)-5, (short)100) + byte.CreateTruncating(a) + int.CreateSaturating(b) + (long)ulong.CreateSaturating(a);
    }

    public static long Run_parts_of_a_number(long a, long b)
    {
        (long quotient, long remainder) = Math.DivRem(a, (b & 0xff) + 1);
        ulong high = Math.BigMul((ulong)a, (ulong)b, out ulong low);
        return quotient + remainder + (long)high + (long)low + Math.Sign(a) + Math.Abs(b >> 1) + Math.Clamp((int)a, -10, 10) + (long)UInt128.MultiplyHigh(a, b);
    }

    public static long Run_enums(long a, long b)
    {
        Colours c = (Colours)(a & 7);
        c |= Colours.Blue;
        c &= ~Colours.Red;
        Wide w = (Wide)b;
        return (int)c + (c.HasFlag(Colours.Green) ? 100 : 200) + (c == Colours.Blue ? 1 : 0) + (w switch { Wide.Low => 1, Wide.High => 2, > Wide.High => 3, _ => (long)w })
            + unchecked((long)Wide.High) + Named(c) + sizeof(Wide) + sizeof(Colours);
    }

    private static T Sum<T>(ReadOnlySpan<T> items)
        where T : unmanaged, INumber<T>
    {
        T sum = T.Zero;
        foreach (T item in items) sum += item;
        return sum * T.CreateChecked(2);
    }

    private static long Sum(Span<int> items) => Sum<int>(items);

    private static long Sum(Span<byte> items) => Sum<byte>(items);

    private static long Sum(Span<ulong> items) => (long)Sum<ulong>(items);

    private static T Clamped<T>(T value, T least, T most)
        where T : IComparisonOperators<T, T, bool> => value < least ? least : value > most ? most : value;

    private static int Named(Colours colour) => colour switch
    {
        Colours.None => 10,
        Colours.Green | Colours.Blue => 20,
        _ => 30,
    };
}

[Flags]
public enum Colours : byte
{
    None = 0,
    Red = 1,
    Green = 2,
    Blue = 4,
}

public enum Wide : ulong
{
    Low = 5,
    High = 0x8000_0000_0000_0000,
}

internal static class UInt128Extensions
{
    extension(UInt128)
    {
        public static ulong MultiplyHigh(long a, long b) => (ulong)(((UInt128)(ulong)a * (ulong)b) >> 64);
    }
}
