namespace Verification.Specs.Compiling.Refused;

public static class Library
{
    // What the base library does inside only the compiler sees.
    public static long RunCulture(long a, long b)
    {
        return char.ToUpper('x'); // KT0020 compiler
    }

    public static long RunTwice(long a, long b)
    {
        char first = char.ToLower((char)a); // KT0020 compiler
        return first + char.ToLower((char)b); // KT0020 compiler
    }

    public static long RunSine(long a, long b)
    {
        return HashOf("text".AsSpan()) + string.Compare("a", "b"); // KT0020 compiler
    }

    private static int HashOf(ReadOnlySpan<char> text) => text.Length;
}
