using System.Buffers.Binary;
using System.Text;

namespace Verification.Specs.Images;

/// <summary>A small ELF file, written field by field from the System V gABI, for specs to damage.</summary>
public static class ElfFile
{
    public const int ProgramHeaders = 64;
    public const int ProgramHeaderBytes = 56;

    /// <summary>Two segments (code at 0x80200000 with 16 bytes, data at 0x80201000 with 8 bytes and 24 zeros), symbols.</summary>
    public static byte[] Create()
    {
        var names = "\0.text\0.data\0.symtab\0.strtab\0.shstrtab\0";
        var strings = "\0_start\0kmain\0KMEM\0end\0$x\0";
        var code = new byte[16];
        var data = new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 };
        var symbols = Concatenate(
            new byte[24],
            Symbol(strings, "_start", 0x8020_0000, 0, 0x10, 1),
            Symbol(strings, "kmain", 0x8020_0004, 8, 0x12, 1),
            Symbol(strings, "KMEM", 0x8020_1000, 32, 0x11, 2),
            Symbol(strings, "end", 0x8020_1020, 0, 0x10, 2),
            Symbol(strings, "$x", 0x8020_0000, 0, 0x00, 1));
        var body = new MemoryStream();
        body.Write(new byte[ProgramHeaders + (2 * ProgramHeaderBytes)]);
        long codeAt = Put(code), dataAt = Put(data), symbolsAt = Put(symbols), stringsAt = Put(Encoding.ASCII.GetBytes(strings)), namesAt = Put(Encoding.ASCII.GetBytes(names));
        body.Write(new byte[-body.Length & 7]);
        var sectionsAt = body.Length;
        Section("", 0, 0, 0, 0, 0, 0, 0);
        Section(".text", 1, 6, 0x8020_0000, codeAt, 16, 0, 0);
        Section(".data", 1, 3, 0x8020_1000, dataAt, 32, 0, 0, 8);
        Section(".symtab", 2, 0, 0, symbolsAt, symbols.Length, 4, 24);
        Section(".strtab", 3, 0, 0, stringsAt, strings.Length, 0, 0);
        Section(".shstrtab", 3, 0, 0, namesAt, names.Length, 0, 0);
        var file = body.ToArray();

        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        Write16(file, 16, 2);
        Write16(file, 18, 243);
        Write32(file, 20, 1);
        Write64(file, 24, 0x8020_0004);
        Write64(file, 32, ProgramHeaders);
        Write64(file, 40, (ulong)sectionsAt);
        Write16(file, 52, 64);
        Write16(file, 54, ProgramHeaderBytes);
        Write16(file, 56, 2);
        Write16(file, 58, 64);
        Write16(file, 60, 6);
        Write16(file, 62, 5);
        Segment(file, 0, 5, (ulong)codeAt, 0x8020_0000, 16, 16);
        Segment(file, 1, 6, (ulong)dataAt, 0x8020_1000, 8, 32);
        return file;

        long Put(byte[] bytes)
        {
            var at = body.Length;
            body.Write(bytes);
            return at;
        }

        void Section(string name, uint type, ulong flags, ulong address, long offset, long size, uint link, ulong entry, long? stored = null)
        {
            var header = new byte[64];
            Write32(header, 0, (uint)names.IndexOf("\0" + name + "\0", StringComparison.Ordinal) + 1);
            if (name.Length == 0) Write32(header, 0, 0);
            Write32(header, 4, type);
            Write64(header, 8, flags);
            Write64(header, 16, address);
            Write64(header, 24, (ulong)offset);
            Write64(header, 32, (ulong)(stored ?? size));
            Write32(header, 40, link);
            Write64(header, 56, entry);
            body.Write(header);
        }
    }

    public static void Write16(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    public static void Write32(byte[] file, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);

    public static void Write64(byte[] file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);

    private static void Segment(byte[] file, int index, uint flags, ulong offset, ulong address, ulong fileSize, ulong memorySize)
    {
        var at = ProgramHeaders + (index * ProgramHeaderBytes);
        Write32(file, at, 1);
        Write32(file, at + 4, flags);
        Write64(file, at + 8, offset);
        Write64(file, at + 16, address);
        Write64(file, at + 24, address);
        Write64(file, at + 32, fileSize);
        Write64(file, at + 40, memorySize);
    }

    private static byte[] Symbol(string strings, string name, ulong address, ulong size, byte information, ushort section)
    {
        var symbol = new byte[24];
        Write32(symbol, 0, (uint)strings.IndexOf("\0" + name + "\0", StringComparison.Ordinal) + 1);
        symbol[4] = information;
        Write16(symbol, 6, section);
        Write64(symbol, 8, address);
        Write64(symbol, 16, size);
        return symbol;
    }

    private static byte[] Concatenate(params byte[][] parts) => [.. parts.SelectMany(part => part)];
}
