using System.Buffers.Binary;
using System.Text;

namespace Verification.Framework.DebugInfo;

/// <summary>Says that debug information is broken; it is caught before it leaves this folder and becomes a complaint.</summary>
internal sealed class DwarfFormatException(string sentence) : FormatException(sentence);

/// <summary>Reads a section forward, little-endian; beyond its end nothing is read.</summary>
internal sealed class DwarfCursor(byte[] data, long position, long end)
{
    public DwarfCursor(byte[] data, long position)
        : this(data, position, data.Length)
    {
    }

    public long Position { get; private set; } = position >= 0 && position <= data.Length
        ? position
        : throw new DwarfFormatException($"an offset 0x{position:x} lies outside its section of 0x{data.Length:x} bytes");

    public long End { get; } = Math.Min(end, data.Length);

    public bool AtEnd => Position >= End;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A number of 1 to 8 bytes.</summary>
    public ulong Unsigned(int sizeBytes)
    {
        if (sizeBytes is < 1 or > 8) throw new DwarfFormatException($"a number has {sizeBytes} bytes");
        var value = 0ul;
        var bytes = Take(sizeBytes);
        for (var i = sizeBytes - 1; i >= 0; i--) value = (value << 8) | bytes[i];
        return value;
    }

    /// <summary>An offset into another section, as wide as the unit's format says.</summary>
    public ulong Offset(bool is64) => is64 ? U64() : U32();

    /// <summary>A unit's length and whether its offsets have 64 bits (DWARF 5, section 7.4).</summary>
    public (long Length, bool Is64) InitialLength()
    {
        ulong length = U32();
        var is64 = length == 0xffff_ffff;
        if (is64) length = U64();
        else if (length >= 0xffff_fff0) throw new DwarfFormatException($"a unit has the reserved length 0x{length:x}");
        if (length > (ulong)(End - Position)) throw new DwarfFormatException($"a unit of 0x{length:x} bytes reaches beyond its section");
        return ((long)length, is64);
    }

    public ulong Uleb()
    {
        var value = 0ul;
        for (var shift = 0; ; shift += 7)
        {
            var part = U8();
            if (shift < 64) value |= (ulong)(part & 0x7f) << shift;
            if ((part & 0x80) == 0) return value;
        }
    }

    public long Sleb()
    {
        var value = 0L;
        var shift = 0;
        byte part;
        do
        {
            part = U8();
            if (shift < 64) value |= (long)(part & 0x7f) << shift;
            shift += 7;
        }
        while ((part & 0x80) != 0);
        if (shift < 64 && (part & 0x40) != 0) value |= -1L << shift;
        return value;
    }

    public string Text()
    {
        var rest = data.AsSpan((int)Position, (int)(End - Position));
        var length = rest.IndexOf((byte)0);
        if (length < 0) throw new DwarfFormatException("a string does not end within its section");
        Position += length + 1;
        return Encoding.UTF8.GetString(rest[..length]);
    }

    public void SkipText()
    {
        var length = data.AsSpan((int)Position, (int)(End - Position)).IndexOf((byte)0);
        if (length < 0) throw new DwarfFormatException("a string does not end within its section");
        Position += length + 1;
    }

    public void Skip(ulong count)
    {
        if (count > (ulong)(End - Position)) throw new DwarfFormatException("debug information ends in the middle of an entry");
        Position += (long)count;
    }

    /// <summary>A reader of the next bytes alone, which are passed over.</summary>
    public DwarfCursor Part(ulong count)
    {
        var start = Position;
        Skip(count);
        return new DwarfCursor(data, start, start + (long)count);
    }

    /// <summary>A reader from a place of the same bytes to the same end.</summary>
    public DwarfCursor From(long place) => new(data, place, End);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > End - Position) throw new DwarfFormatException("debug information ends in the middle of an entry");
        Position += count;
        return data.AsSpan((int)Position - count, count);
    }
}
