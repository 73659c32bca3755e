namespace Verification.Specs.Compiling.Refused;

public static class Initialisers
{
    public static long RunEnvironment(long a, long b) => Asking.Now;

    public static long RunClock(long a, long b) => Clocked.Start.Ticks;

    public static long RunVariableOfAnother(long a, long b) => Reading.Copy;

    public static long RunThrowing(long a, long b) => Throwing.Value;

    public static long RunRecursive(long a, long b) => Recursive.Deep;

    public static long RunEndless(long a, long b) => Endless.Value;

    public static long RunStubborn(long a, long b) => Stubborn.Value;

    public static long RunGreedy(long a, long b) => Greedy.Value;

    public static long RunHoarding(long a, long b) => Hoarding.Table.Length;

    public static long RunThroughAnother(long a, long b) => Through.Value;

    public static long RunInACircle(long a, long b) => Circle.Value;

    public static long RunVirtual(long a, long b) => Choosing.Value;

    public static long RunDelegate(long a, long b) => Sorting.Value;

    public static long RunTables(long a, long b) => Tables.Squares[(int)a & 7];
}

internal static class Asking
{
    public static readonly long Now = Environment.ProcessId; // KT0010
}

internal static class Clocked
{
    public static readonly DateTime Start = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).ToLocalTime(); // KT0010
}

internal static class Reading
{
    public static readonly long Copy = Changing.Count + 1; // KT0010 compiler

    private static class Changing
    {
        public static int Count = 3;
    }
}

internal static class Throwing
{
    public static readonly long Value = Check(-1); // KT0010 compiler

    private static long Check(long value) => value < 0 ? throw new ArgumentException("too small") : value;
}

internal static class Recursive
{
    public static readonly long Deep = Sum(5); // KT0010 compiler

    private static long Sum(long n) => 1 + Sum(n + 1);
}

internal static class Endless
{
    public static readonly long First = 1;
    public static readonly long Value = Search(3); // KT0010 compiler

    private static long Search(long n)
    {
        while (n * n != 2) n++;
        return n;
    }
}

internal static class Stubborn
{
    public static readonly long Value = Try(); // KT0010 compiler

    private static long Try()
    {
        long rounds = 0;
        try
        {
            while (rounds >= 0) rounds ^= 1;
        }
        catch (Exception)
        {
            return 1;
        }

        return rounds;
    }
}

internal static class Greedy
{
    public static readonly long Value = Take(1 << 20); // KT0010 compiler

    private static long Take(int times)
    {
        long sum = 0;
        for (int index = 0; index < times; index++)
        {
            Span<long> taken = stackalloc long[128];
            sum += taken[5];
        }

        return sum;
    }
}

internal static class Hoarding
{
    public static readonly byte[] Table = Make(); // KT0010 compiler

    private static byte[] Make()
    {
        byte[] table = [];
        for (int index = 0; index < 20; index++) table = new byte[1 << 30];
        return table;
    }
}

internal static class Through
{
    public static readonly long Value = Other.Copy + 1; // KT0010 compiler

    private static class Other
    {
        public static readonly long Copy = Changing.Count;
    }

    private static class Changing
    {
        public static int Count = 3;
    }
}

internal static class Circle
{
    public static readonly long Value = Half.Other + 1; // KT0010 compiler

    private static class Half
    {
        public static readonly long Other = Value + 1;
    }
}

internal static class Choosing
{
    public static readonly long Value = Ask(new Derived()); // KT0010 compiler

    private static long Ask(Shape shape) => shape.Area();

    private class Shape
    {
        public virtual long Area() => 1;
    }

    private sealed class Derived : Shape
    {
        public override long Area() => Changing.Count;
    }

    private static class Changing
    {
        public static int Count = 3;
    }
}

internal static class Sorting
{
    public static readonly long Value = First(x => x + 1); // KT0010

    private static long First(Func<long, long> f)
    {
        return f(1);
    }
}

// What only makes static data may have objects: it runs in the compiler.
internal static class Tables
{
    public static readonly int[] Squares = Make();

    private static int[] Make()
    {
        int[] squares = new int[8];
        for (int i = 0; i < squares.Length; i++) squares[i] = Square(i);
        return squares;
    }

    private static int Square(int i) => new Box { Value = i * i }.Value;

    private sealed class Box
    {
        public int Value;
    }
}
