namespace Verification.Specs.Compiling.Features;

public static class Extensions
{
    public static long Run_extension_methods(long a, long b)
    {
        Spot p = new() { X = (int)a, Y = b };
        p.Move(3);
        return a.Doubled() + p.Sum() + "text".AsSpan().Vowels();
    }

    public static long Run_extension_members(long a, long b)
    {
        Spot p = new() { X = (int)a, Y = b };
        p.Left = 5;
        Spot q = Spot.Origin + p;
        return q.Left + p.Size + Spot.Make(7).X + a.IsOdd.GetHashCode() + 12.Thrice + (b.IsOdd ? 1 : 2) + q.Plus(3L) + Spot.Named<int>(3);
    }

    public static long Run_inlining_hints(long a, long b) => Inlined(a) + NotInlined(b) + Optimised(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Inlined(long x) => x * 3;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long NotInlined(long x) => x + 5;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static long Optimised(long x) => x ^ 0x55;
}

internal struct Spot
{
    public int X;
    public long Y;
}

internal static class SpotExtensions
{
    extension(ref Spot point)
    {
        public int Left { get => point.X; set => point.X = value * 2; }

        public void Move(int by) => point.X += by;
    }

    extension(Spot point)
    {
        public long Size => point.X * point.Y;

        public long Plus<T>(T other)
            where T : INumber<T> => point.Y + long.CreateTruncating(other);
    }

    extension(Spot)
    {
        public static Spot Origin => new() { X = 1, Y = 2 };

        public static Spot Make(int x) => new() { X = x };

        public static int Named<T>(int x) => x + Unsafe.SizeOf<T>();

        public static Spot operator +(Spot left, Spot right) => new() { X = left.X + right.X, Y = left.Y + right.Y };
    }

    extension<T>(T number)
        where T : INumber<T>
    {
        public bool IsOdd => T.IsOddInteger(number);

        public T Thrice => number + number + number;
    }

    public static long Doubled(this long x) => 2 * x;

    public static long Sum(this in Spot point) => point.X + point.Y;

    public static int Vowels(this ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (char letter in text) count += "aeiou".Contains(letter) ? 1 : 0;
        return count;
    }
}
