namespace Features.Extensions;

public static class Test
{
    public static long Run_extension_methods(long a, long b)
    {
        Point p = new() { X = (int)a, Y = b };
        p.Move(3);
        return a.Doubled() + p.Sum() + "text".AsSpan().Vowels();
    }

    public static long Run_extension_members(long a, long b)
    {
        Point p = new() { X = (int)a, Y = b };
        p.Left = 5;
        Point q = Point.Origin + p;
        return q.Left + p.Size + Point.Make(7).X + a.IsOdd.GetHashCode() + 12.Thrice + (b.IsOdd ? 1 : 2) + q.Plus(3L) + Point.Named<int>(3);
    }

    public static long Run_inlining_hints(long a, long b) => Inlined(a) + NotInlined(b) + Optimised(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Inlined(long x) => x * 3;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long NotInlined(long x) => x + 5;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static long Optimised(long x) => x ^ 0x55;
}

internal struct Point
{
    public int X;
    public long Y;
}

internal static class PointExtensions
{
    extension(ref Point point)
    {
        public int Left { get => point.X; set => point.X = value * 2; }

        public void Move(int by) => point.X += by;
    }

    extension(Point point)
    {
        public long Size => point.X * point.Y;

        public long Plus<T>(T other)
            where T : INumber<T> => point.Y + long.CreateTruncating(other);
    }

    extension(Point)
    {
        public static Point Origin => new() { X = 1, Y = 2 };

        public static Point Make(int x) => new() { X = x };

        public static int Named<T>(int x) => x + Unsafe.SizeOf<T>();

        public static Point operator +(Point left, Point right) => new() { X = left.X + right.X, Y = left.Y + right.Y };
    }

    extension<T>(T number)
        where T : INumber<T>
    {
        public bool IsOdd => T.IsOddInteger(number);

        public T Thrice => number + number + number;
    }

    public static long Doubled(this long x) => 2 * x;

    public static long Sum(this in Point point) => point.X + point.Y;

    public static int Vowels(this ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (char letter in text) count += "aeiou".Contains(letter) ? 1 : 0;
        return count;
    }
}
