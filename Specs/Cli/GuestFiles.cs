using System.Buffers.Binary;
using System.Text;
using Verification.Machine.Isa;

namespace Verification.Specs.Cli;

/// <summary>Files of small assembled guests for the command line to boot, gone when disposed of.</summary>
internal sealed class GuestFiles : IDisposable
{
    private const int HeaderBytes = 64, ProgramHeaderBytes = 56, SectionHeaderBytes = 64, SymbolBytes = 24;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private int _count;

    /// <summary>Writes bytes to a file.</summary>
    public string Add(byte[] content)
    {
        string path = Path.Combine(_folder.FullName, $"file{_count++}");
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Assembles to raw bytes.</summary>
    public string AddRaw(string assembly, ulong address) => Add(Assemble(assembly, address).Bytes);

    /// <summary>Assembles to an ELF file with one segment and its labels as symbols.</summary>
    public string AddElf(string assembly, ulong address, string entry)
    {
        var code = Assemble(assembly, address);
        var symbols = code.Symbols.Select(symbol => (symbol.Name, Address: address + (ulong)symbol.Value)).ToList();
        return Add(Elf(code.Bytes, address, symbols.Single(symbol => symbol.Name == entry).Address, symbols));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private static AssembledCode Assemble(string assembly, ulong address) =>
        Assembler.Assemble(assembly, new AssemblerOptions { BaseAddress = address });

    /// <summary>System V gABI: header, one program header, the bytes, and a symbol table with its strings.</summary>
    private static byte[] Elf(byte[] content, ulong address, ulong entry, List<(string Name, ulong Address)> symbols)
    {
        byte[] names = Encoding.ASCII.GetBytes("\0" + string.Join('\0', symbols.Select(symbol => symbol.Name)) + "\0");
        int contentAt = HeaderBytes + ProgramHeaderBytes, symbolsAt = (contentAt + content.Length + 7) & ~7;
        int namesAt = symbolsAt + (symbols.Count + 1) * SymbolBytes, sectionsAt = (namesAt + names.Length + 7) & ~7;
        byte[] file = new byte[sectionsAt + 3 * SectionHeaderBytes];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        Half(16, 2, 243);
        Word(20, 1);
        Long(24, entry, HeaderBytes, (ulong)sectionsAt);
        Half(52, HeaderBytes, ProgramHeaderBytes, 1, SectionHeaderBytes, 3, 2);
        Word(HeaderBytes, 1, 7);
        Long(HeaderBytes + 8, (ulong)contentAt, address, address, (ulong)content.Length, (ulong)content.Length, 8);
        content.CopyTo(file, contentAt);
        for (int i = 0, name = 1; i < symbols.Count; name += symbols[i++].Name.Length + 1)
        {
            int at = symbolsAt + (i + 1) * SymbolBytes;
            Word(at, (uint)name);
            file[at + 4] = 0x10; // global
            Half(at + 6, 0xfff1); // an absolute address
            Long(at + 8, symbols[i].Address, 8);
        }

        names.CopyTo(file, namesAt);
        Section(1, 2, symbolsAt, namesAt - symbolsAt, 2, SymbolBytes);
        Section(2, 3, namesAt, names.Length, 0, 0);
        return file;

        void Half(int at, params ushort[] values)
        {
            for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at + i * 2), values[i]);
        }

        void Word(int at, params uint[] values)
        {
            for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at + i * 4), values[i]);
        }

        void Long(int at, params ulong[] values)
        {
            for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at + i * 8), values[i]);
        }

        void Section(int index, uint type, int offset, int sizeBytes, uint link, ulong entryBytes)
        {
            int at = sectionsAt + index * SectionHeaderBytes;
            Word(at + 4, type);
            Long(at + 24, (ulong)offset, (ulong)sizeBytes);
            Word(at + 40, link);
            Long(at + 56, entryBytes);
        }
    }
}
