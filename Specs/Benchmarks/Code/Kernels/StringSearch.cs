namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>Finds texts in a text: letter by letter, and by Horspool's table of skips.</summary>
internal static unsafe class StringSearch
{
    public static ulong Run(byte* memory, int sizeBytes)
    {
        ReadOnlySpan<byte> text = new(memory, sizeBytes);
        ulong result = 0;
        for (int start = 100; start < sizeBytes - 16; start += 400)
        {
            ReadOnlySpan<byte> pattern = text.Slice(start, 8);
            result = (result * 31) + (ulong)Naive(text, pattern);
            result = (result * 31) + (ulong)Horspool(text, pattern);
        }

        return result;
    }

    private static int Naive(ReadOnlySpan<byte> text, ReadOnlySpan<byte> pattern)
    {
        for (int start = 0; start <= text.Length - pattern.Length; start++)
        {
            int matched = 0;
            while (matched < pattern.Length && text[start + matched] == pattern[matched]) matched++;
            if (matched == pattern.Length) return start;
        }

        return -1;
    }

    private static int Horspool(ReadOnlySpan<byte> text, ReadOnlySpan<byte> pattern)
    {
        Span<byte> skips = stackalloc byte[256];
        int last = pattern.Length - 1;
        for (int index = 0; index < skips.Length; index++) skips[index] = (byte)pattern.Length;
        for (int index = 0; index < last; index++) skips[pattern[index]] = (byte)(last - index);
        for (int start = 0; start <= text.Length - pattern.Length; start += skips[text[start + last]])
        {
            int place = last;
            while (place >= 0 && text[start + place] == pattern[place]) place--;
            if (place < 0) return start;
        }

        return -1;
    }
}
