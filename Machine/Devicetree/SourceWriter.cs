using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Verification.Machine.Devicetree;

/// <summary>
/// Writes dtc's text. A blob has no types, so each property is shown as what it looks like: strings when all of it is
/// printable and NUL-terminated, else cells when its length allows, else bytes. The rules and the layout are dtc's, so that
/// the text compares line by line with a dump of the same machine out of QEMU.
/// </summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder text = new();
    private readonly SourceStringLists stringLists;

    private SourceWriter(SourceStringLists stringLists)
    {
        this.stringLists = stringLists;
    }

    public static string Write(DevicetreeDocument document, SourceStringLists stringLists)
    {
        var writer = new SourceWriter(stringLists);
        writer.text.Append("/dts-v1/;\n\n");
        foreach (var reservation in document.Reservations)
            writer.text.Append(CultureInfo.InvariantCulture, $"/memreserve/\t0x{reservation.Address:x16} 0x{reservation.SizeBytes:x16};\n");
        writer.WriteTree(document.Root);
        return writer.text.ToString();
    }

    private void WriteTree(DevicetreeNode root)
    {
        var open = new Stack<(DevicetreeNode Node, int NextChild)>();
        Begin(root, 0);
        open.Push((root, 0));
        while (open.TryPop(out var top))
        {
            if (top.NextChild == top.Node.Children.Count)
            {
                text.Append('\t', open.Count).Append("};\n");
                continue;
            }

            open.Push((top.Node, top.NextChild + 1));
            if (open.Count >= DevicetreeDocument.MaximumDepth)
                throw new ArgumentException($"The devicetree is deeper than {DevicetreeDocument.MaximumDepth} levels.");
            text.Append('\n');
            var child = top.Node.Children[top.NextChild];
            Begin(child, open.Count);
            open.Push((child, 0));
        }
    }

    private void Begin(DevicetreeNode node, int depth)
    {
        text.Append('\t', depth).Append(node.Name.Length == 0 ? "/" : node.Name).Append(" {\n");
        foreach (var property in node.Properties)
        {
            text.Append('\t', depth + 1).Append(property.Name);
            WriteValue(property.Value);
            text.Append(";\n");
        }
    }

    private void WriteValue(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        text.Append(" = ");
        if (LooksLikeStrings(value)) WriteStrings(value);
        else if (value.Length % 4 == 0) WriteCells(value);
        else WriteBytes(value);
    }

    private static bool LooksLikeStrings(ReadOnlySpan<byte> value)
    {
        if (value[^1] != 0) return false;
        var nuls = 0;
        foreach (var character in value)
        {
            if (character == 0) nuls++;
            else if (!IsTextual(character)) return false;
        }

        return nuls <= value.Length - nuls;
    }

    // Printable ASCII and the seven control characters that have an escape letter.
    private static bool IsTextual(byte character) => character is >= 0x20 and <= 0x7e or >= 0x07 and <= 0x0d;

    private void WriteStrings(ReadOnlySpan<byte> value)
    {
        text.Append('"');
        for (var i = 0; i < value.Length - 1; i++)
        {
            text.Append(value[i] switch
            {
                0 => stringLists == SourceStringLists.Joined ? "\\0" : "\", \"",
                0x07 => "\\a",
                0x08 => "\\b",
                0x09 => "\\t",
                0x0a => "\\n",
                0x0b => "\\v",
                0x0c => "\\f",
                0x0d => "\\r",
                (byte)'\\' => "\\\\",
                (byte)'"' => "\\\"",
                var character => ((char)character).ToString(),
            });
        }

        text.Append('"');
    }

    private void WriteCells(ReadOnlySpan<byte> value)
    {
        text.Append('<');
        for (var i = 0; i < value.Length; i += 4)
        {
            if (i > 0) text.Append(' ');
            text.Append(CultureInfo.InvariantCulture, $"0x{BinaryPrimitives.ReadUInt32BigEndian(value[i..]):x2}");
        }

        text.Append('>');
    }

    private void WriteBytes(ReadOnlySpan<byte> value)
    {
        text.Append('[');
        for (var i = 0; i < value.Length; i++)
        {
            if (i > 0) text.Append(' ');
            text.Append(CultureInfo.InvariantCulture, $"{value[i]:x2}");
        }

        text.Append(']');
    }
}
