using System.Text;

namespace Verification.Machine.Isa.Assembling;

/// <summary>Strings of <c>.ascii</c> and its kind.</summary>
internal static class StringLiteral
{
    /// <summary>The bytes of a quoted string.</summary>
    /// <exception cref="FormatException">It is not quoted, or an escape is unknown.</exception>
    internal static byte[] Parse(string text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
            throw new FormatException($"«{text}» is no string in quotation marks.");
        return Bytes(text[1..^1]);
    }

    /// <summary>The bytes of a text with escapes.</summary>
    internal static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            if (++i == text.Length)
                throw new FormatException("A string ends in a lone «\\».");
            bytes.Add(text[i] switch
            {
                'n' => (byte)'\n',
                't' => (byte)'\t',
                'r' => (byte)'\r',
                'b' => 8,
                'f' => 12,
                'x' => Digits(text, ref i, 16, 2),
                >= '0' and <= '7' => Digits(text, ref i, 8, 3),
                '\\' or '"' or '\'' => (byte)text[i],
                _ => throw new FormatException($"The escape «\\{text[i]}» is not known."),
            });
        }

        return [.. bytes];
    }

    /// <summary>A number in an escape; on return <paramref name="i"/> stands on its last digit.</summary>
    private static byte Digits(string text, ref int i, int radix, int most)
    {
        var start = radix == 16 ? i + 1 : i;
        var end = start;
        while (end < text.Length && end - start < most && (radix == 16 ? char.IsAsciiHexDigit(text[end]) : text[end] is >= '0' and <= '7'))
            end++;
        if (end == start)
            throw new FormatException("The escape «\\x» has no digits.");
        i = end - 1;
        return (byte)Convert.ToInt32(text[start..end], radix);
    }
}
