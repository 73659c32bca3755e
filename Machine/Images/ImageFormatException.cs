namespace Verification.Machine.Images;

/// <summary>Says in one sentence why a file is no image that the board could load.</summary>
public sealed class ImageFormatException : FormatException
{
    /// <summary>A complaint about the file as a whole, or about the byte <paramref name="offset"/>.</summary>
    /// <param name="sentence">What is wrong, without a period at the end.</param>
    /// <param name="offset">Byte in the file; null where there is no such place.</param>
    public ImageFormatException(string sentence, long? offset = null)
        : base(offset is { } place ? $"{sentence} (at file offset 0x{place:x})." : sentence + ".")
    {
        Offset = offset;
    }

    /// <summary>Byte in the file; null where there is no such place.</summary>
    public long? Offset { get; }
}
