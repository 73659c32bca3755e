using System.Buffers.Text;
using System.IO.Compression;
using System.Text;

namespace Verification.Framework.Generation;

/// <summary>Bytes and checksums in a token.</summary>
internal static class TokenText
{
    private const int LargestTextBytes = 1 << 20;

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public static byte[] Decode(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            throw new MachineTokenException("The token is damaged: a part that should be base64 is not");
        }
    }

    public static byte[] Compress(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.SmallestSize)) stream.Write(bytes);
        return packed.ToArray();
    }

    public static byte[] Decompress(byte[] bytes)
    {
        var buffer = new byte[LargestTextBytes];
        try
        {
            using var stream = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
            var count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer[..count];
        }
        catch (InvalidDataException)
        {
            throw new MachineTokenException("The token is damaged: a part that should be compressed is not");
        }
    }

    /// <summary>CRC-32 as in IEEE 802.3, reflected, in hexadecimal: eight digits.</summary>
    public static string Checksum(string text)
    {
        var sum = uint.MaxValue;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            sum ^= octet;
            for (var bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ ((sum & 1) * 0xedb88320);
        }

        return (~sum).ToString("x8");
    }
}
