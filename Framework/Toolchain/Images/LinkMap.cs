using System.Globalization;
using System.Text;
using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Images;

/// <summary>The image drawn as a column of text: sections, and under each its symbols, ascending by address.</summary>
public static class LinkMap
{
    /// <summary>The map.</summary>
    public static string Write(LinkedImage image)
    {
        StringBuilder map = new();
        foreach (LinkedSection section in image.Sections)
        {
            string permissions = $"r{(section.IsWritten ? 'w' : '-')}{(section.IsExecuted ? 'x' : '-')}";
            map.Append(CultureInfo.InvariantCulture, $"0x{section.Address:x} {section.SizeBytes,8} {permissions} {section.Name}\n");
            foreach (LinkedSymbol symbol in image.Symbols.Where(symbol => symbol.Section == section.Kind))
                map.Append(CultureInfo.InvariantCulture, $"  0x{symbol.Address:x} {symbol.SizeBytes,8} {symbol.Name}\n");
        }

        return map.ToString();
    }
}
