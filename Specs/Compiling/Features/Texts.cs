using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Verification.Specs.Compiling.Features;

/// <summary>Texts of numbers, and comparisons of texts: the base library's own code, in the invariant culture.</summary>
public static class Texts
{
    public static long Run_format_of_every_integer(long a, long b)
    {
        Span<byte> text = stackalloc byte[80];
        return Written((sbyte)a, text, b) ^ Written((byte)a, text, b) * 3 ^ Written((short)a, text, b) * 5 ^ Written((ushort)a, text, b) * 7
            ^ Written((int)a, text, b) * 11 ^ Written((uint)a, text, b) * 13 ^ Written(a, text, b) * 17 ^ Written((ulong)a, text, b) * 19
            ^ Written((nint)a, text, b) * 23 ^ Written((nuint)(ulong)a, text, b) * 29 ^ Written((Int128)a * b, text, b) * 31
            ^ Written(((UInt128)(ulong)a << 64) | (ulong)b, text, b) * 37;
    }

    public static long Run_format_in_UTF_16(long a, long b)
    {
        Span<char> text = stackalloc char[80];
        long sum = a.TryFormat(text, out int written) ? Sum(text[..written]) : -1;
        sum = sum * 31 + ((int)b).TryFormat(text, out written, Format(a), CultureInfo.InvariantCulture).GetHashCode() + Sum(text[..written]);
        sum = sum * 31 + ((Int128)a * b).TryFormat(text, out written, "N0", NumberFormatInfo.InvariantInfo).GetHashCode() + Sum(text[..written]);
        return sum * 31 + ((UInt128)a.GetHashCode()).TryFormat(text[..(int)((ulong)b & 3)], out written).GetHashCode() + written;
    }

    public static long Run_format_of_decimals(long a, long b)
    {
        Span<byte> text = stackalloc byte[80];
        return Written((decimal)a / (b == 0 ? 1 : b), text, (b & 7) == 2 ? 3 : b);
    }

    public static long Run_format_of_floats(long a, long b)
    {
        Span<byte> text = stackalloc byte[200];
        long sum = BitConverter.Int64BitsToDouble(a).TryFormat(text, out int written) ? Sum(text[..written]) : -1;
        sum = sum * 31 + (BitConverter.Int32BitsToSingle((int)b).TryFormat(text, out written, "E4") ? Sum(text[..written]) : -1);
        return sum * 31 + (((double)a / 7).TryFormat(text, out written, "F3") ? Sum(text[..written]) : -1);
    }

    public static long Run_parse_of_floats(long a, long b)
    {
        Span<byte> text = stackalloc byte[200];
        BitConverter.Int64BitsToDouble(a).TryFormat(text, out int written);
        bool isNumber = double.TryParse(text[..written], out double same);
        return BitConverter.DoubleToInt64Bits(same) + (isNumber ? 1 : 0) + (float.TryParse("1.5e3", out float half) ? (long)half : 0);
    }

    public static long Run_parse(long a, long b)
    {
        bool isInt = int.TryParse(Word(a), out int number);
        bool isLong = long.TryParse(Bytes(b), NumberStyles.Number, CultureInfo.InvariantCulture, out long wide);
        bool isHex = uint.TryParse(Word(b), NumberStyles.HexNumber, null, out uint hex);
        bool isBinary = ushort.TryParse(Bytes(a), NumberStyles.BinaryNumber, null, out ushort bits);
        bool isWide = Int128.TryParse(Word(a), out Int128 wider);
        bool isMoney = decimal.TryParse(Word(b), out decimal money);
        return (isInt ? 1 : 0) + (isLong ? 2 : 0) + (isHex ? 4 : 0) + (isBinary ? 8 : 0) + (isWide ? 16 : 0) + (isMoney ? 32 : 0)
            + 100L * number + 1000 * wide + 10000L * hex + bits + (long)(ulong)(UInt128)wider + (money == decimal.Truncate(money) ? 64 : 0);
    }

    public static long Run_parse_that_throws(long a, long b) => (a & 1) == 0 ? sbyte.Parse(Word(b)) : uint.Parse(Bytes(b));

    public static long Run_format_of_other_values(long a, long b)
    {
        Span<char> text = stackalloc char[80];
        long sum = (a > b).TryFormat(text, out int written) ? Sum(text[..written]) : -1;
        Guid id = new((int)a, (short)b, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        sum = sum * 31 + (id.TryFormat(text, out written, (b & 1) == 0 ? "N" : "B") ? Sum(text[..written]) : -1);
        ReadOnlySpan<byte> bytes = [1, (byte)a, (byte)b];
        sum = sum * 31 + (Convert.TryToHexString(bytes, text, out written) ? Sum(text[..written]) : -1);
        sum = sum * 31 + (Convert.TryToBase64Chars(bytes, text, out written) ? Sum(text[..written]) : -1);
        return sum * 31 + (bool.TryParse(a > b ? "tRUE" : "no", out bool flag) ? 1 : 0) + (flag ? 2 : 0);
    }

    public static long Run_Utf8Formatter(long a, long b)
    {
        Span<byte> text = stackalloc byte[80];
        StandardFormat format = new("GDNXx"[(int)((ulong)b % 5)], (b & 8) == 0 ? StandardFormat.NoPrecision : (byte)2);
        long sum = Utf8Formatter.TryFormat((b & 8) == 0 || format.Symbol != 'G' ? a : 0, text, out int written, format.Symbol == 'G' ? default : format) ? Sum(text[..written]) : -1;
        sum = sum * 31 + (Utf8Formatter.TryFormat((byte)a, text, out written) ? Sum(text[..written]) : -1);
        sum = sum * 31 + (Utf8Formatter.TryFormat(a > b, text, out written, 'l') ? Sum(text[..written]) : -1);
        return sum * 31 + (Utf8Formatter.TryFormat((decimal)b, text, out written, new StandardFormat('F', 2)) ? Sum(text[..written]) : -1);
    }

    public static long Run_interpolation_into_a_span(long a, long b)
    {
        Span<byte> bytes = stackalloc byte[120];
        Span<char> chars = stackalloc char[40];
        bool isWritten = Utf8.TryWrite(bytes, $"hart {a} at 0x{b:x16}|{(int)a,-12:N0}|{"text",6}|{a > b}|{'c'}|{(Int128)a * b}|{new Version3(1, (byte)b)}", out int count);
        bool fits = chars.TryWrite(CultureInfo.InvariantCulture, $"{a,8:X} {new Version3((byte)a, 2):v} {(decimal)b}", out int length);
        return (isWritten ? Sum(bytes[..count]) : -1) * 31 + (fits ? Sum(chars[..length]) : -length);
    }

    public static long Run_parts_of_a_text(long a, long b)
    {
        long sum = 0;
        ReadOnlySpan<byte> line = "console=ttyS0 mem=0x8000  delay=-12"u8;
        foreach (Range part in line.Split((byte)' ')) sum = sum * 7 + line[part].Length;
        foreach (Range part in "a, b, c".AsSpan().Split(", ")) sum = sum * 7 + part.End.Value;
        return sum;
    }

    public static long Run_ordinal_comparisons(long a, long b)
    {
        ReadOnlySpan<char> text = (a & 1) == 0 ? "Console=ttyS0" : "CONS\u00d6LE=x";
        int found = text.IndexOf("=TTY", StringComparison.OrdinalIgnoreCase) + text.LastIndexOf("o", StringComparison.Ordinal) * 16;
        return found + (text.StartsWith("console", StringComparison.OrdinalIgnoreCase) ? 1000 : 0) + (text.EndsWith("S0", StringComparison.Ordinal) ? 2000 : 0)
            + (text.Equals("cons\u00f6le=X", StringComparison.OrdinalIgnoreCase) ? 4000 : 0) + (text.Contains("le=", StringComparison.Ordinal) ? 8000 : 0)
            + Math.Sign(text.CompareTo("D", StringComparison.OrdinalIgnoreCase)) * 16000 + ("abc".Equals("ABC", StringComparison.OrdinalIgnoreCase) ? 64000 : 0)
            + string.CompareOrdinal("abc", "abd") * 100000L;
    }

    public static long Run_case(long a, long b)
    {
        Span<char> upper = stackalloc char[12];
        int count = "stra\u00dfe \u00e9".AsSpan().ToUpperInvariant(upper);
        return Sum(upper[..count]) + char.ToUpper((char)a) * 3 + char.ToLower((char)b) * 5 + char.ToUpperInvariant((char)b) * 7 + Rune.ToLowerInvariant(new Rune((int)(a & 0x7fff))).Value * 11
            + (char.IsLetter((char)a) ? 13 : 17) + char.GetNumericValue('7').GetHashCode();
    }

    private static long Written<T>(T value, Span<byte> text, long format)
        where T : IUtf8SpanFormattable => value.TryFormat(text, out int written, Format(format), null) ? Sum(text[..written]) : -1;

    private static ReadOnlySpan<char> Format(long choice) => (int)((ulong)choice % 13) switch
    {
        0 => "",
        1 => "X",
        2 => "D20",
        3 => "N2",
        4 => "C",
        5 => "b",
        6 => "E3",
        7 => "P1",
        8 => "G4",
        9 => "#,##0.00;(#)",
        10 => "x16",
        11 => "F4",
        _ => "0000'-'00",
    };

    private static ReadOnlySpan<char> Word(long choice) => (int)((ulong)choice % 8) switch
    {
        0 => "12",
        1 => "-7",
        2 => " 99 ",
        3 => "1,234",
        4 => "99999999999999999999",
        5 => "ABc",
        6 => "1.5",
        _ => "",
    };

    private static ReadOnlySpan<byte> Bytes(long choice) => (int)((ulong)choice % 8) switch
    {
        0 => "12"u8,
        1 => "-7"u8,
        2 => " 99 "u8,
        3 => "1,234"u8,
        4 => "1010"u8,
        5 => "abc"u8,
        6 => "99999999999999999999"u8,
        _ => default,
    };

    private static long Sum(ReadOnlySpan<byte> text)
    {
        long sum = text.Length;
        foreach (byte letter in text) sum = sum * 31 + letter;
        return sum;
    }

    private static long Sum(ReadOnlySpan<char> text)
    {
        long sum = text.Length;
        foreach (char letter in text) sum = sum * 31 + letter;
        return sum;
    }
}

internal readonly struct Version3(byte major, byte minor) : IUtf8SpanFormattable, ISpanFormattable
{
    public bool TryFormat(Span<byte> destination, out int written, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Utf8.TryWrite(destination, $"{major}.{minor}", out written);

    public bool TryFormat(Span<char> destination, out int written, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{format}{major}.{minor}", out written);

    public string ToString(string? format, IFormatProvider? provider) => "";
}
