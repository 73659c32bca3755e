using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Verification.Toolchain;

/// <summary>Operations on text for which the base library asks an object, in C# like the kernel itself.</summary>
public static class TextRoutines
{
    /// <summary>Writes text as UTF-8; false, and nothing written, if it does not fit.</summary>
    public static bool TryGetUtf8(ReadOnlySpan<char> text, Span<byte> destination, out int writtenBytes)
    {
        if (Utf8.FromUtf16(text, destination, out _, out writtenBytes) == OperationStatus.Done) return true;
        writtenBytes = 0;
        return false;
    }

    /// <summary>
    /// Splits text as <c>MemoryExtensions.Split</c> does, which lists all separators first: the parts go to their places at
    /// once, the last one to the end of the text.
    /// </summary>
    /// <param name="source">What is split.</param>
    /// <param name="destination">Where the parts go; how many there are is returned.</param>
    /// <param name="separators">One separator, or any of these characters, or white space if there are none.</param>
    /// <param name="texts">Separators of several characters, which come first.</param>
    /// <param name="isAny">Whether each of the characters separates.</param>
    /// <param name="options">Whether parts are trimmed, and empty ones left out.</param>
    internal static int Split(ReadOnlySpan<char> source, Span<Range> destination, ReadOnlySpan<char> separators, ReadOnlySpan<string> texts, bool isAny, StringSplitOptions options)
    {
        bool takesEmpty = (options & StringSplitOptions.RemoveEmptyEntries) == 0;
        int count = 0;
        int start = 0;
        if (destination.IsEmpty) return 0;
        for (int index = 0; index < source.Length && (takesEmpty ? count + 1 < destination.Length : destination.Length > 1);)
        {
            int length = SeparatorAt(source[index..], separators, texts, isAny);
            if (length > 0)
            {
                Range part = PartOf(source, start, index, options);
                if (takesEmpty || part.Start.Value != part.End.Value)
                {
                    if (count + 1 == destination.Length) break;
                    destination[count++] = part;
                }

                start = index + length;
            }

            index += Math.Max(length, 1);
        }

        Range rest = PartOf(source, start, source.Length, options);
        if (takesEmpty || rest.Start.Value != rest.End.Value) destination[count++] = rest;
        return count;
    }

    /// <summary>Writes text as UTF-8; how many bytes that took, or -1 if it does not fit.</summary>
    public static int ReadUtf8(ref char text, int length, ref byte destination, int sizeBytes) =>
        TryGetUtf8(MemoryMarshal.CreateReadOnlySpan(ref text, length), MemoryMarshal.CreateSpan(ref destination, sizeBytes), out int writtenBytes) ? writtenBytes : -1;

    private static Range PartOf(ReadOnlySpan<char> source, int start, int end, StringSplitOptions options)
    {
        if ((options & StringSplitOptions.TrimEntries) != 0)
        {
            while (start < end && char.IsWhiteSpace(source[start])) start++;
            while (end > start && char.IsWhiteSpace(source[end - 1])) end--;
        }

        return start..end;
    }

    private static int SeparatorAt(ReadOnlySpan<char> rest, ReadOnlySpan<char> separators, ReadOnlySpan<string> texts, bool isAny)
    {
        foreach (string text in texts)
        {
            if (!string.IsNullOrEmpty(text) && rest.StartsWith(text)) return text.Length;
        }

        if (!texts.IsEmpty) return 0;
        if (!isAny) return rest.StartsWith(separators) ? separators.Length : 0;
        return (separators.IsEmpty ? char.IsWhiteSpace(rest[0]) : separators.Contains(rest[0])) ? 1 : 0;
    }
}
