namespace Verification.Specs.Compiling.Refused;

public static class Initialisers
{
    public static long RunEnvironment(long a, long b) => Asking.Now;

    public static long RunVariableOfAnother(long a, long b) => Reading.Copy;

    public static long RunThrowing(long a, long b) => Throwing.Value;

    public static long RunRecursive(long a, long b) => Recursive.Value;

    public static long RunDelegate(long a, long b) => Sorting.Value;

    public static long RunTables(long a, long b) => Tables.Squares[(int)a & 7];
}

internal static class Asking
{
    public static readonly long Now = Environment.ProcessId; // KT0010
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
    public static readonly long Value = Sum(5); // KT0010 compiler

    private static long Sum(long n) => n == 0 ? 0 : n + Sum(n - 1);
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
