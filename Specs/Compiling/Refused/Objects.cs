namespace Verification.Specs.Compiling.Refused;

public static class Objects
{
    public static long RunForeachOverAnInterface(long a, long b)
    {
        foreach (int item in s_items) // KT0005
        {
            a += item;
        }

        return a;
    }

    private static System.Collections.Generic.IEnumerable<int> s_items = null!;

    public static long RunVirtualCall(long a, long b)
    {
        Shape shape = Shape.Only;
        return shape.Area(); // KT0005
    }

    public static long RunInterfaceCall(long a, long b)
    {
        IComparable<int> comparable = Anything!;
        return comparable.CompareTo(3); // KT0005
    }

    public static long RunVirtualProperty(long a, long b)
    {
        Shape shape = Shape.Only;
        return shape.Sides; // KT0005
    }

    public static long RunTypeTest(long a, long b)
    {
        object? thing = Thing;
        return thing is string ? 1 : 0; // KT0015
    }

    public static long RunPattern(long a, long b)
    {
        object? thing = Thing;
        return thing is Shape { Tag: 3 } ? 1 : 0; // KT0015
    }

    public static long RunCast(long a, long b)
    {
        object? thing = Thing;
        string text = (string)thing!; // KT0015
        return text.Length;
    }

    public static long RunUnboxing(long a, long b)
    {
        object? thing = Thing;
        int number = (int)thing!; // KT0015
        return number;
    }

    public static long RunCopyOfARecord(long a, long b)
    {
        return (Kept! with { Tag = 3 }).Tag; // KT0005
    }

    private record Marked(int Tag);

    private static Marked? Kept;

    public static long RunTypeHash(long a, long b)
    {
        return typeof(int).GetHashCode(); // KT0009
    }

    public static long RunTypeName(long a, long b)
    {
        return typeof(int).Name.Length; // KT0009
    }

    public static long RunGetType(long a, long b)
    {
        return a.GetType() is null ? 1 : 0; // KT0009
    }

    public static long RunStaticObject(long a, long b)
    {
        return Held.Tag; // KT0019
    }

    public static long RunThreadStatic(long a, long b)
    {
        Mine += a; // KT0016
        return b;
    }

    [ThreadStatic]
    private static long Mine;

    private static readonly Round Held = new();

    private static IComparable<int>? Anything;

    private static object? Thing;

    private abstract class Shape
    {
        public static Shape Only = null!;

        public int Tag;

        public abstract int Sides { get; }

        public abstract long Area();
    }

    private sealed class Round
    {
        public int Tag = 5;
    }
}
