using System.Globalization;
using System.Text;

namespace Verification.Framework.DebugInfo;

/// <summary>
/// Makes names of symbols readable: Rust's two manglings (legacy, and v0 of RFC 2603) and the simple names of C++ (Itanium
/// C++ ABI, section 5.1). Names that it doesn't understand in full stay as they are.
/// </summary>
/// <remarks>Not modelled: C++ templates, operators and substitutions; constants and function types in Rust's generics.</remarks>
public static class Demangler
{
    /// <summary>The readable name.</summary>
    public static string Demangle(string symbol)
    {
        if (symbol.StartsWith("_R", StringComparison.Ordinal)) return new RustName(symbol[2..]).Read() ?? symbol;
        if (!symbol.StartsWith("_ZN", StringComparison.Ordinal) && !symbol.StartsWith("_Z", StringComparison.Ordinal)) return symbol;
        return (symbol.StartsWith("_ZN", StringComparison.Ordinal) ? Nested(symbol.AsSpan(3)) : Plain(symbol.AsSpan(2))) ?? symbol;
    }

    private static string? Plain(ReadOnlySpan<char> rest) => TakePart(ref rest) is { } name ? name : null;

    private static string? Nested(ReadOnlySpan<char> rest)
    {
        // Qualifiers of the member function: const, volatile, restrict, & and &&.
        while (rest.Length > 0 && rest[0] is 'K' or 'V' or 'r' or 'R' or 'O') rest = rest[1..];
        var parts = new List<string>();
        while (rest.Length > 0 && rest[0] != 'E')
        {
            if (rest[0] is 'C' or 'D' && rest.Length > 1 && char.IsAsciiDigit(rest[1]) && parts.Count > 0)
            {
                parts.Add((rest[0] == 'D' ? "~" : "") + parts[^1]);
                rest = rest[2..];
                continue;
            }

            if (TakePart(ref rest) is not { } part) return null;
            parts.Add(part);
        }

        if (rest.Length == 0 || parts.Count == 0) return null;
        // Rust's legacy mangling is C++'s with a hash as the last part.
        if (parts.Count > 1 && parts[^1] is ['h', .. { Length: 16 } hash] && hash.All(char.IsAsciiHexDigitLower))
        {
            parts.RemoveAt(parts.Count - 1);
            return string.Join("::", parts.Select(LegacyRust));
        }

        return string.Join("::", parts);
    }

    private static string? TakePart(ref ReadOnlySpan<char> rest)
    {
        var digits = 0;
        while (digits < rest.Length && char.IsAsciiDigit(rest[digits])) digits++;
        if (digits is 0 or > 5) return null;
        var length = int.Parse(rest[..digits], CultureInfo.InvariantCulture);
        if (length == 0 || length > rest.Length - digits) return null;
        var part = rest.Slice(digits, length).ToString();
        rest = rest[(digits + length)..];
        return part == "_GLOBAL__N_1" ? "(anonymous namespace)" : part;
    }

    private static string LegacyRust(string part)
    {
        var text = new StringBuilder();
        if (part.StartsWith("_$", StringComparison.Ordinal)) part = part[1..];
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] == '.' && i + 1 < part.Length && part[i + 1] == '.')
            {
                text.Append("::");
                i++;
            }
            else if (part[i] == '$' && part.IndexOf('$', i + 1) is > 0 and var end && Escape(part[(i + 1)..end]) is { } sign)
            {
                text.Append(sign);
                i = end;
            }
            else
            {
                text.Append(part[i]);
            }
        }

        return text.ToString();
    }

    private static string? Escape(string code) => code switch
    {
        "SP" => "@",
        "BP" => "*",
        "RF" => "&",
        "LT" => "<",
        "GT" => ">",
        "LP" => "(",
        "RP" => ")",
        "C" => ",",
        ['u', .. var hex] when ushort.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) => ((char)value).ToString(),
        _ => null,
    };
}
