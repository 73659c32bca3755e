namespace Verification.Machine.Devicetree;

/// <summary>Says in one sentence why bytes are no devicetree blob, why text is no devicetree source, or why a property does
/// not hold what it should.</summary>
public sealed class DevicetreeFormatException : FormatException
{
    /// <summary>A complaint about the place <paramref name="offset"/>.</summary>
    /// <param name="sentence">What is wrong, without a period at the end.</param>
    /// <param name="offset">Byte in the blob or character in the source text; null where there is no such place.</param>
    public DevicetreeFormatException(string sentence, long? offset = null)
        : base(offset is { } place ? $"{sentence} (at offset 0x{place:x})." : sentence + ".")
    {
        Offset = offset;
    }

    /// <summary>A complaint about source text, which names line and column.</summary>
    internal DevicetreeFormatException(string sentence, int offset, int line, int column)
        : base($"Line {line}, column {column}: {sentence}.")
    {
        Offset = offset;
    }

    /// <summary>Byte in the blob or character in the source text; null where there is no such place.</summary>
    public long? Offset { get; }
}
