using System.Globalization;

namespace Verification.Framework.Kernels;

/// <summary>Counts of bytes as people write them: <c>4096</c>, <c>0x1000</c>, <c>4K</c>, <c>128M</c>, <c>1G</c>.</summary>
public static class ByteCount
{
    /// <summary>Reads a count; the suffixes K, M, G and T are powers of 1,024, in either case.</summary>
    public static bool TryParse(string text, out ulong bytes)
    {
        bytes = 0;
        if (text.Length == 0) return false;
        int shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        string digits = shift == 0 ? text : text[..^1];
        bool understood = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes)
            : ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out bytes);
        if (!understood || bytes > ulong.MaxValue >> shift) return false;
        bytes <<= shift;
        return true;
    }

    /// <summary>The shortest exact way to write a count: 134217728 is <c>128 MiB</c>, 4097 is <c>4,097 bytes</c>.</summary>
    public static string Text(ulong bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        while (unit < units.Length - 1 && bytes >= 16 * 1024 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} {units[unit]}");
    }
}
