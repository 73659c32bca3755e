using System.Globalization;
using System.Text;

namespace Verification.Framework.Cli;

/// <summary>Text on the command line that is typed at a console: UTF-8, with C's escapes <c>\n \r \t \e \\ \xHH</c>.</summary>
internal static class ConsoleText
{
    /// <summary>The bytes.</summary>
    /// <exception cref="BadInputException">An escape is unknown.</exception>
    public static byte[] Read(string text)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                int length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            char escape = ++i < text.Length ? text[i] : '\0';
            if (escape == 'x' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                bytes.Add(value);
                i += 2;
                continue;
            }

            bytes.Add(escape switch
            {
                'n' => (byte)'\n',
                'r' => (byte)'\r',
                't' => (byte)'\t',
                'e' => 0x1b,
                '\\' => (byte)'\\',
                _ => throw new BadInputException($"'{text}' has an unknown escape at its character {i}: \\n \\r \\t \\e \\\\ and \\xHH are possible"),
            });
        }

        return [.. bytes];
    }
}
