using System.Buffers;

namespace Verification.Specs.Compiling.Features;

public static class Searches
{
    private static readonly SearchValues<byte> s_separators = SearchValues.Create(" ,;\t"u8);

    private static readonly SearchValues<char> s_vowels = SearchValues.Create("aeiouü€");

    private static readonly SearchValues<char> s_none = SearchValues.Create("");

    private static readonly string[] s_texts = ["", ", ", ",", ";d"];

    public static long Run_values_to_search_for(long a, long b)
    {
        ReadOnlySpan<byte> rest = "alpha, beta;gamma\tdelta"u8;
        long sum = 0;
        for (int index; (index = rest.IndexOfAny(s_separators)) >= 0; rest = rest[(index + 1)..]) sum = (sum * 31) + index;
        ReadOnlySpan<char> text = "grüße €5 xyz";
        return sum + text.IndexOfAny(s_vowels) + (text.LastIndexOfAny(s_vowels) * 10) + (text.IndexOfAnyExcept(s_vowels) * 100) + (text.LastIndexOfAnyExcept(s_vowels) * 1000)
            + (text.ContainsAny(s_vowels) ? 1 : 2) + (text.ContainsAnyExcept(s_none) ? 10 : 20) + (s_vowels.Contains((char)a) ? 5 : 6) + (s_separators.Contains((byte)b) ? 50 : 60) + text.IndexOfAny(s_none);
    }

    public static long Run_one_of_many_characters(long a, long b)
    {
        ReadOnlySpan<char> text = "the quick brown fox jumps";
        return text.IndexOfAny("aeiouxyz") + (text.LastIndexOfAny("aeiouxyz") * 100) + (text.IndexOfAnyExcept("aeiouthxyz") * 10_000) + (text.LastIndexOfAnyExcept("spmujxfz ") * 1_000_000L) + text[(int)(a & 7)..].IndexOfAny("€ßäöü q");
    }

    public static long Run_enumerating_lines_and_parts(long a, long b)
    {
        long sum = 0;
        foreach (ReadOnlySpan<char> line in "ab\ncd\r\nefg\n\u2028x".AsSpan().EnumerateLines()) sum = (sum * 10) + line.Length;
        ReadOnlySpan<char> text = "a,bb,,ccc d;e";
        foreach (Range part in text.SplitAny(',', ';')) sum = (sum * 3) + text[part].Length;
        foreach (Range part in text.SplitAny(s_vowels)) sum = (sum * 3) + text[part].Length;
        foreach (Range part in text.SplitAny([])) sum = (sum * 3) + text[part].Length;
        return sum;
    }

    public static long Run_splitting_into_ranges(long a, long b)
    {
        Span<Range> parts = stackalloc Range[5];
        ReadOnlySpan<char> text = " a, b,,c ;d,  ,e ,";
        StringSplitOptions options = (StringSplitOptions)(a & 3);
        long sum = 0;
        for (int count = 0; count <= parts.Length; count++)
        {
            Span<Range> taken = parts[..count];
            sum = Sum(sum, taken, text.Split(taken, ',', options));
            sum = Sum(sum, taken, text.Split(taken, ", ", options));
            sum = Sum(sum, taken, text.Split(taken, "", options));
            sum = Sum(sum, taken, text.SplitAny(taken, ",;", options));
            sum = Sum(sum, taken, text.SplitAny(taken, "", options));
            sum = Sum(sum, taken, text.SplitAny(taken, s_texts, options));
            sum = Sum(sum, taken, "".AsSpan().Split(taken, ',', options));
            sum = Sum(sum, taken, "aaaaa".AsSpan().Split(taken, "aa", options));
        }

        return sum;
    }

    public static long Run_splitting_by_an_unknown_option(long a, long b) => "a,b".AsSpan().Split(stackalloc Range[2], ',', (StringSplitOptions)(int)b);

    private static long Sum(long sum, Span<Range> parts, int count)
    {
        sum = (sum * 31) + count;
        foreach (Range part in parts[..count]) sum = (sum * 31) + (part.Start.Value * 100) + part.End.Value;
        return sum;
    }
}
