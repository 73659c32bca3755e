using System.Buffers.Binary;

namespace Verification.Kernel;

/// <summary>Reading the bytes of devicetree names and values. All of them take any bytes without complaint.</summary>
public static class Words
{
    /// <summary>The number of bytes before the first zero; -1 if there is none.</summary>
    public static int LengthOf(ReadOnlySpan<byte> text)
    {
        for (int length = 0; length < text.Length; length++)
        {
            if (text[length] == 0) return length;
        }

        return -1;
    }

    /// <summary>Whether two texts are the same bytes.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length) return false;
        for (int index = 0; index < left.Length; index++)
        {
            if (left[index] != right[index]) return false;
        }

        return true;
    }

    /// <summary>Whether a text begins with another.</summary>
    public static bool StartWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> beginning) =>
        text.Length >= beginning.Length && AreEqual(text.Slice(0, beginning.Length), beginning);

    /// <summary>Whether a node's name, without its unit address, is <paramref name="name"/>.</summary>
    public static bool IsNode(ReadOnlySpan<byte> nodeName, ReadOnlySpan<byte> name) =>
        StartWith(nodeName, name) && (nodeName.Length == name.Length || nodeName[name.Length] == '@');

    /// <summary>Whether a string property's value is <paramref name="text"/>.</summary>
    public static bool IsString(ReadOnlySpan<byte> value, ReadOnlySpan<byte> text) =>
        value.Length == text.Length + 1 && value[text.Length] == 0 && StartWith(value, text);

    /// <summary>A property of one cell, or <paramref name="otherwise"/> if it is not one.</summary>
    public static uint Cell(ReadOnlySpan<byte> value, uint otherwise) =>
        value.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(value) : otherwise;

    /// <summary>
    /// Takes a number of <paramref name="cells"/> cells from the front of <paramref name="value"/>. False if there are
    /// not as many. Of more than two cells the upper ones are dropped.
    /// </summary>
    public static bool TryTakeCells(ref ReadOnlySpan<byte> value, uint cells, out ulong number)
    {
        number = 0;
        for (uint cell = 0; cell < cells; cell++)
        {
            if (value.Length < sizeof(uint)) return false;
            number = number << 32 | BinaryPrimitives.ReadUInt32BigEndian(value);
            value = value.Slice(sizeof(uint));
        }

        return true;
    }
}
