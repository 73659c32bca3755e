namespace Verification.Specs.Compiling.Refused;

public static class Library
{
    // What the base library does inside only the compiler sees.
    public static long RunCulture(long a, long b)
    {
        return "a".AsSpan().CompareTo("b", StringComparison.InvariantCulture); // KT0020 compiler
    }

    public static long RunTwice(long a, long b)
    {
        bool isFirst = "ab".AsSpan().StartsWith("a", (StringComparison)a); // KT0020 compiler
        return isFirst ? 1 : "ab".AsSpan().EndsWith("b", (StringComparison)b) ? 2 : 3; // KT0020 compiler
    }

    public static long RunInterpolation(long a, long b)
    {
        Span<byte> text = stackalloc byte[32];
        System.Text.Unicode.Utf8.TryWrite(text, $"{(DayOfWeek)a}", out int written); // KT0020 compiler
        return written;
    }

    public static long RunText(long a, long b)
    {
        return HashOf("text".AsSpan()) + string.Compare("a", "b"); // KT0020 compiler
    }

    private static int HashOf(ReadOnlySpan<char> text) => text.Length;
}
