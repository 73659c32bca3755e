using System.Globalization;
using System.Text;

namespace Verification.Machine.Devicetree;

/// <summary>
/// Walks over source text. What a word means depends on where it stands (<c>2f</c> is a byte between brackets, a number
/// between angles, part of a name elsewhere), so the parser asks for what it expects instead of getting tokens.
/// </summary>
internal sealed class SourceScanner(string text)
{
    private const int LongestName = 255;

    private int position;

    public int Position
    {
        get
        {
            SkipSpace();
            return position;
        }
    }

    /// <summary>Goes back to a place that was passed before.</summary>
    public void Return(int place) => position = place;

    /// <summary>Takes the given word or sign if it comes next.</summary>
    public bool Accept(string word)
    {
        SkipSpace();
        if (string.CompareOrdinal(text, position, word, 0, word.Length) != 0) return false;
        position += word.Length;
        return true;
    }

    public void Expect(string word)
    {
        if (!Accept(word)) throw Bad($"'{word}' is expected instead of {Next()}");
    }

    /// <summary>The next sign without taking it; NUL at the end.</summary>
    public char Peek()
    {
        SkipSpace();
        return position < text.Length ? text[position] : '\0';
    }

    /// <summary>The sign after the next one, without space between.</summary>
    public char PeekSecond() => position + 1 < text.Length ? text[position + 1] : '\0';

    public bool AtEnd
    {
        get
        {
            SkipSpace();
            return position == text.Length;
        }
    }

    /// <summary>A name of a node or property.</summary>
    public string Name(string what)
    {
        SkipSpace();
        var start = position;
        while (position < text.Length && IsNameCharacter(text[position])) position++;
        if (position == start) throw Bad($"A {what} is expected instead of {Next()}");
        if (position - start > LongestName) throw BadAt(start, $"A {what} has {position - start} characters, more than {LongestName}");
        return text[start..position];
    }

    /// <summary>A label if one comes next, that is a word with a colon right behind it.</summary>
    public string? AcceptLabel()
    {
        SkipSpace();
        var end = position;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
        if (end == position || end >= text.Length || text[end] != ':' || char.IsAsciiDigit(text[position])) return null;
        var label = text[position..end];
        position = end + 1;
        return label;
    }

    /// <summary>What stands behind an ampersand: a label, or a path in braces.</summary>
    public string Reference()
    {
        if (Accept("{"))
        {
            var end = text.IndexOf('}', position);
            if (end < 0) throw Bad("A path's closing brace is missing");
            var path = text[position..end];
            position = end + 1;
            if (!path.StartsWith('/')) throw Bad($"The reference &{{{path}}} is no full path");
            return path;
        }

        var start = position;
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '_')) position++;
        if (position == start) throw Bad($"A label is expected instead of {Next()}");
        return text[start..position];
    }

    /// <summary>A number as C writes it: decimal, 0x hexadecimal, leading 0 octal, with any of the suffixes of length and
    /// sign.</summary>
    public ulong Number()
    {
        SkipSpace();
        var start = position;
        while (position < text.Length && char.IsAsciiLetterOrDigit(text[position])) position++;
        var word = text.AsSpan(start, position - start).TrimEnd("uUlL");
        if (word.IsEmpty)
        {
            position = start;
            throw Bad($"A number is expected instead of {Next()}");
        }

        ulong value = 0;
        var good = word switch
        {
            ['0', 'x' or 'X', .. var digits] => ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value),
            ['0', _, ..] => TryOctal(word, out value),
            _ => ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out value),
        };
        if (!good) throw BadAt(start, $"'{text[start..position]}' is no 64-bit number");
        return value;
    }

    /// <summary>A string's bytes, from the opening quotation mark on.</summary>
    public byte[] String()
    {
        var start = position;
        Expect("\"");
        var bytes = new List<byte>();
        while (true)
        {
            if (position >= text.Length) throw BadAt(start, "The string is not closed");
            var character = text[position++];
            if (character == '"') return [.. bytes];
            if (character == '\\') bytes.Add(Escape());
            else if (character < 0x80) bytes.Add((byte)character);
            else bytes.AddRange(Encoding.UTF8.GetBytes(Whole(character)));
        }
    }

    /// <summary>A character's code, from the opening apostrophe on.</summary>
    public ulong Character()
    {
        Expect("'");
        if (position >= text.Length || text[position] is '\'' or >= '\u0080') throw Bad("A character of ASCII is expected between the apostrophes");
        var character = text[position++];
        var value = character == '\\' ? Escape() : (byte)character;
        if (position >= text.Length || text[position] != '\'') throw Bad("The closing apostrophe is missing");
        position++;
        return value;
    }

    /// <summary>Two hexadecimal digits, the form of bytes between brackets.</summary>
    public byte HexadecimalByte()
    {
        SkipSpace();
        if (position + 2 > text.Length || !char.IsAsciiHexDigit(text[position]) || !char.IsAsciiHexDigit(text[position + 1]))
            throw Bad($"Two hexadecimal digits are expected instead of {Next()}");
        position += 2;
        return byte.Parse(text.AsSpan(position - 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    public DevicetreeFormatException Bad(string sentence) => BadAt(position, sentence);

    public DevicetreeFormatException BadAt(int at, string sentence)
    {
        var before = text.AsSpan(0, Math.Min(at, text.Length));
        return new DevicetreeFormatException(sentence, at, before.Count('\n') + 1, at - before.LastIndexOf('\n'));
    }

    private static bool IsNameCharacter(char character) => char.IsAsciiLetterOrDigit(character) || ",._+*#?@-".Contains(character);

    private static bool TryOctal(ReadOnlySpan<char> digits, out ulong value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7' || value >> 61 != 0) return false;
            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    // A pair of surrogates is one character in UTF-8.
    private string Whole(char character) =>
        char.IsHighSurrogate(character) && position < text.Length && char.IsLowSurrogate(text[position])
            ? $"{character}{text[position++]}"
            : character.ToString();

    private byte Escape()
    {
        if (position >= text.Length) throw Bad("An escape is not complete");
        var start = position - 1;
        var letter = text[position++];
        switch (letter)
        {
            case 'a': return 0x07;
            case 'b': return 0x08;
            case 't': return 0x09;
            case 'n': return 0x0a;
            case 'v': return 0x0b;
            case 'f': return 0x0c;
            case 'r': return 0x0d;
            case 'x':
                var digits = 0;
                while (digits < 2 && position + digits < text.Length && char.IsAsciiHexDigit(text[position + digits])) digits++;
                if (digits == 0) throw BadAt(start, "\\x has no hexadecimal digits");
                position += digits;
                return byte.Parse(text.AsSpan(position - digits, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            case >= '0' and <= '7':
                var value = letter - '0';
                for (var i = 0; i < 2 && position < text.Length && text[position] is >= '0' and <= '7'; i++) value = (value * 8) + (text[position++] - '0');
                return (byte)value;
            case < '\u0080': return (byte)letter;
            default: throw BadAt(start, "There is no such escape");
        }
    }

    private string Next()
    {
        SkipSpace();
        return position >= text.Length ? "the end of the text" : $"'{(text[position] is > ' ' and <= '~' ? text[position] : '?')}'";
    }

    private void SkipSpace()
    {
        while (position < text.Length)
        {
            if (char.IsWhiteSpace(text[position])) position++;
            else if (text[position] == '/' && PeekSecond() == '/') SkipTo("\n", 0);
            else if (text[position] == '/' && PeekSecond() == '*') SkipTo("*/", 2);
            // The lines that a preprocessor leaves: # 1 "file".
            else if (text[position] == '#' && PeekSecond() == ' ' && (position == 0 || text[position - 1] == '\n')) SkipTo("\n", 0);
            else return;
        }
    }

    private void SkipTo(string end, int lengthToSkip)
    {
        var found = text.IndexOf(end, position + 1, StringComparison.Ordinal);
        if (found < 0 && lengthToSkip > 0) throw BadAt(position, "The comment is not closed");
        position = found < 0 ? text.Length : found + lengthToSkip;
    }
}
