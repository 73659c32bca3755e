using System.Buffers.Binary;

namespace Verification.Toolchain;

/// <summary>Bytes under construction, little-endian, with the number formats that ELF and DWARF use.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    /// <summary>Number of bytes written.</summary>
    public int Length { get; private set; }

    public byte[] ToArray() => _bytes[..Length];

    public void U8(byte value) => Grow(1)[0] = value;

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Grow(2), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Grow(4), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Grow(8), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    /// <summary>UTF-8 text and a zero.</summary>
    public void Text(string text)
    {
        Bytes(System.Text.Encoding.UTF8.GetBytes(text));
        U8(0);
    }

    /// <summary>Unsigned LEB128: seven bits a byte, low bits first (DWARF 5, section 7.6).</summary>
    public void Unsigned(ulong value)
    {
        while (value >= 0x80)
        {
            U8((byte)(value | 0x80));
            value >>= 7;
        }

        U8((byte)value);
    }

    /// <summary>Signed LEB128.</summary>
    public void Signed(long value)
    {
        while (value is < -0x40 or >= 0x40)
        {
            U8((byte)(value & 0x7F | 0x80));
            value >>= 7;
        }

        U8((byte)(value & 0x7F));
    }

    /// <summary>Writes over four bytes that were written before: a length that is known by now.</summary>
    public void PatchU32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(offset), value);

    private Span<byte> Grow(int count)
    {
        if (Length + count > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
