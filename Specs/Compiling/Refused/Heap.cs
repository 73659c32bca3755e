namespace Verification.Specs.Compiling.Refused;

public static class Heap
{
    private static int Count;

    public static long RunObject(long a, long b)
    {
        Node node = new(); // KT0001
        return node is null ? 1 : 0;
    }

    public static long RunArray(long a, long b)
    {
        int[] items = new int[a]; // KT0002
        return items.Length;
    }

    public static long RunTableOfTwoDimensions(long a, long b)
    {
        int[,] items = new int[3, 4]; // KT0002
        return a + (items is null ? 1 : 0);
    }

    public static long RunCollectionExpression(long a, long b)
    {
        long[] items = [a, b]; // KT0002
        return items[0];
    }

    public static long RunCollectionExpressionOfAnotherSpan(long a, long b)
    {
        Span<byte> items = [.. "text"u8]; // KT0002
        return items[(int)a & 3];
    }

    public static long RunArrayOfTheBaseLibrary(long a, long b)
    {
        Span<long> items = [a, b];
        long first = items.ToArray()[0]; // KT0002
        first += "text".ToCharArray().Length; // KT0002
        return first + BitConverter.GetBytes(a)[0]; // KT0002
    }

    public static long RunBoxing(long a, long b)
    {
        Keep(a); // KT0003
        Keep(b); // KT0003
        return a;
    }

    public static long RunBoxToCompareWith(long a, long b) => ((DayOfWeek)a).CompareTo(DayOfWeek.Monday); // KT0003

    public static long RunInterfaceOfAStruct(long a, long b)
    {
        IShape shape = new Square { Side = (int)a }; // KT0003
        return Area(shape);
    }

    public static long RunComparerAsAnObject(long a, long b)
    {
        Span<long> items = [a, b];
        return items.BinarySearch(b, System.Collections.Generic.Comparer<long>.Default); // KT0001
    }

    public static long RunBoxThatIsCalledDynamic(long a, long b)
    {
        dynamic thing = a; // KT0003
        return thing is null ? 1 : 2;
    }

    public static long RunBoxThatIsAskedLater(long a, long b) => Kept<Square>(default);

    private static long Kept<T>(T value)
        where T : struct
    {
        object box = value; // KT0003
        return box == null ? 1 : 2;
    }

    public static long RunSpread(long a, long b)
    {
        ReadOnlySpan<long> items = [a, .. (ReadOnlySpan<long>)[b, 1]]; // KT0002
        return items.Length;
    }

    public static long RunNameOfAnEnumeration(long a, long b)
    {
        DayOfWeek day = (DayOfWeek)a;
        return day.ToString().Length; // KT0011
    }

    public static long RunAnonymousObject(long a, long b)
    {
        var pair = new { First = a, Second = b }; // KT0001
        return pair.First + pair.Second;
    }

    public static long RunRecordClass(long a, long b)
    {
        Pair pair = new(a, b); // KT0001
        return pair.First + pair.Second;
    }

    private sealed record Pair(long First, long Second);

    public static long RunCalledWithADelegate(long a, long b)
    {
        return Twice(x => 2 * x, (int)a); // KT0004
    }

    private static int Twice(Func<int, int> f, int x)
    {
        return f(f(x)); // KT0004
    }

    public static long RunDelegateParameter(long a, long b) => Apply(null!);

    public static long RunInheritedMethodOfAStruct(long a, long b)
    {
        Square square = default;
        return square.GetHashCode(); // KT0003
    }

    public static long RunLambda(long a, long b)
    {
        Func<long, long> twice = x => 2 * x; // KT0004
        return twice(a); // KT0004
    }

    public static long RunCapturingLambda(long a, long b)
    {
        return Apply(x => x + (int)a); // KT0004
    }

    public static long RunMethodGroup(long a, long b)
    {
        Count++;
        Action act = Nothing; // KT0004
        return Count + (act is null ? 1 : 0);
    }

    public static long RunConcatenation(long a, long b)
    {
        string text = Name + "!"; // KT0011
        return text.Length;
    }

    public static long RunInterpolation(long a, long b)
    {
        return $"a is {a}".Length; // KT0011
    }

    public static long RunToString(long a, long b)
    {
        return a.ToString().Length; // KT0011
    }

    public static long RunSubstring(long a, long b)
    {
        return Name.Substring(1).Length; // KT0011
    }

    public static long RunNewString(long a, long b)
    {
        return new string('x', 3).Length; // KT0011
    }

    public static long RunList(long a, long b)
    {
        System.Collections.Generic.List<int> list = new(); // KT0001
        list.Add(3); // KT0008
        return list.Count; // KT0008
    }

    private static string Name = "name";

    private static long Apply(Func<int, int> f)
    {
        return f(3); // KT0004
    }

    private static void Keep(object thing) => Count++;

    private static long Area(IShape shape)
    {
        return shape.Area(); // KT0005
    }

    private static void Nothing()
    {
    }

    private sealed class Node
    {
        public int Value;
    }

    private interface IShape
    {
        int Area();
    }

    private struct Square : IShape
    {
        public int Side;

        public readonly int Area() => Side * Side;
    }
}
