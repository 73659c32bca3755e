using System.Buffers.Text;
using System.IO.Compression;
using Verification.Machine;

namespace Verification.Framework.Generation;

/// <summary>
/// A machine as one word that survives mail, shells and bug trackers: all choices of the configuration, packed. It names
/// the machine itself, not the seed that led to it, and so outlives changes of the generator.
/// </summary>
public static class ReplayToken
{
    private const byte Version = 1;
    private const int MostBytes = 64 << 20;

    /// <summary>The token of a machine.</summary>
    public static string Of(BoardConfiguration machine)
    {
        var values = new ValueWriter();
        values.Write(typeof(BoardConfiguration), machine);
        byte[] content = values.ToArray();
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) deflate.Write(content);
        uint check = Check(content);
        byte[] token = [Version, (byte)check, (byte)(check >> 8), .. packed.ToArray()];
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The machine that a token names.</summary>
    /// <exception cref="FormatException">It names none, or was damaged on its way; one sentence.</exception>
    public static BoardConfiguration Read(string token)
    {
        try
        {
            byte[] bytes = Base64Url.DecodeFromChars(token);
            if (bytes is not [Version, var low, var high, ..]) throw new FormatException();
            byte[] content = Unpack(bytes.AsSpan(3));
            if ((ushort)Check(content) != (low | high << 8)) throw new FormatException();
            var reader = new ValueReader(content);
            var machine = (BoardConfiguration)reader.Read(typeof(BoardConfiguration))!;
            // A last character or a padding bit may carry damage that unpacking does not notice.
            return reader.IsAtEnd && Of(machine) == token ? machine : throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or ArgumentException or EndOfStreamException or InvalidCastException or OverflowException)
        {
            throw new FormatException($"'{(token.Length > 40 ? token[..40] + "..." : token)}' is no replay token of this version, or not the whole of one");
        }
    }

    private static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        using var source = new MemoryStream(packed.ToArray());
        using var inflate = new DeflateStream(source, CompressionMode.Decompress);
        using var content = new MemoryStream();
        byte[] buffer = new byte[8192];
        while (inflate.Read(buffer) is > 0 and var count)
        {
            content.Write(buffer, 0, count);
            if (content.Length > MostBytes) throw new FormatException();
        }

        return content.ToArray();
    }

    /// <summary>FNV-1a, so that a slip of the hand is noticed.</summary>
    private static uint Check(ReadOnlySpan<byte> content)
    {
        uint hash = 2166136261;
        foreach (byte b in content) hash = (hash ^ b) * 16777619;
        return hash ^ hash >> 16;
    }
}
