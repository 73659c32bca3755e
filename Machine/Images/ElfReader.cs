using System.Buffers.Binary;
using System.Text;

namespace Verification.Machine.Images;

/// <summary>Reads the headers, segments, sections and symbols of an ELF file.</summary>
internal sealed class ElfReader(ReadOnlyMemory<byte> file)
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int SectionHeaderBytes = 64;
    private const int SymbolBytes = 24;
    private const uint LoadedSegment = 1;
    private const uint SymbolSection = 2;
    private const uint NoBitsSection = 8;
    private const int ExtendedCount = 0xffff;
    private const int FirstReservedSection = 0xff00;

    private readonly Dictionary<long, string> names = [];

    // Names overlap in string tables, so many long ones can hide in few bytes. No linker overlaps them sixteenfold.
    private long nameBudget = (16L * file.Length) + 4096;

    private ReadOnlySpan<byte> Bytes => file.Span;

    public ElfImage Read()
    {
        CheckIdentity();
        var headers = ReadSectionHeaders();
        var segments = ReadSegments(headers);
        var sections = NameSections(headers);
        var symbols = new SymbolTable(ReadSymbols(headers), sections);
        return new ElfImage(file, Word64(24), segments, sections, symbols);
    }

    private void CheckIdentity()
    {
        if (!ElfImage.IsElf(Bytes)) throw new ImageFormatException("The file is not an ELF file: it does not begin with 7f 45 4c 46");
        if (Bytes.Length < 20) throw new ImageFormatException($"The ELF file is truncated: {Bytes.Length} bytes hold no ELF header");
        var bigEndian = Bytes[5] == 2;
        if (bigEndian || Bytes[5] != 1)
            throw new ImageFormatException(bigEndian ? "The ELF file is big-endian, and the board is little-endian" : $"The ELF file has the unknown byte order {Bytes[5]}", 5);
        var machine = Half(18);
        if (Bytes[4] == 1)
            throw new ImageFormatException($"The ELF file is a 32-bit one for {MachineName(machine)}, and the board is 64-bit RISC-V", 4);
        if (Bytes[4] != 2) throw new ImageFormatException($"The ELF file has the unknown class {Bytes[4]}", 4);
        if (machine != 243) throw new ImageFormatException($"The ELF file is for {MachineName(machine)}, and the board is RISC-V", 18);
        if (Bytes.Length < HeaderBytes) throw new ImageFormatException($"The ELF file is truncated: {Bytes.Length} bytes hold no ELF header");
        var type = Half(16);
        if (type is not (2 or 3))
        {
            throw new ImageFormatException(type switch
            {
                1 => "The ELF file is a relocatable object that still has to be linked",
                4 => "The ELF file is a core dump, not a program",
                _ => $"The ELF file has the unknown type {type}",
            }, 16);
        }
    }

    private List<SectionHeader> ReadSectionHeaders()
    {
        var offset = Word64(40);
        var headers = new List<SectionHeader>();
        if (offset == 0) return headers;
        if (Half(58) != SectionHeaderBytes)
            throw new ImageFormatException($"The ELF file has section headers of {Half(58)} bytes, and 64 are expected", 58);
        long count = Half(60);
        if (count == 0)
        {
            RequireTable("section header table", offset, 1, SectionHeaderBytes);
            var first = ReadSectionHeader((int)offset);
            if (first.Size > (ulong)Bytes.Length) throw new ImageFormatException("The ELF file is truncated: its section header table ends beyond the file", 40);
            count = (long)first.Size;
        }

        RequireTable("section header table", offset, count, SectionHeaderBytes);
        for (var i = 0; i < count; i++) headers.Add(ReadSectionHeader((int)offset + (i * SectionHeaderBytes)));
        return headers;
    }

    private SectionHeader ReadSectionHeader(int at) => new(
        Word(at), Word(at + 4), Word64(at + 8), Word64(at + 16), Word64(at + 24), Word64(at + 32), Word(at + 40), Word(at + 44), at);

    private List<ImageSegment> ReadSegments(List<SectionHeader> headers)
    {
        var offset = Word64(32);
        long count = Half(56);
        if (count == ExtendedCount && headers.Count > 0) count = headers[0].Info;
        if (count > 0 && Half(54) != ProgramHeaderBytes)
            throw new ImageFormatException($"The ELF file has program headers of {Half(54)} bytes, and 56 are expected", 54);
        RequireTable("program header table", offset, count, ProgramHeaderBytes);

        var segments = new List<ImageSegment>();
        for (var i = 0; i < count; i++)
        {
            var at = (int)offset + (i * ProgramHeaderBytes);
            var memorySize = Word64(at + 40);
            if (Word(at) != LoadedSegment || memorySize == 0) continue;
            var permissions = (SegmentPermissions)(Word(at + 4) & 7);
            var fileOffset = Word64(at + 8);
            var fileSize = Word64(at + 32);
            if (fileSize > memorySize)
                throw new ImageFormatException($"Segment {i} of the ELF file has more bytes in the file (0x{fileSize:x}) than in memory (0x{memorySize:x})", at);
            if (fileOffset > (ulong)Bytes.Length || fileSize > (ulong)Bytes.Length - fileOffset)
                throw new ImageFormatException($"The ELF file is truncated: segment {i} needs the bytes up to 0x{Sum(fileOffset, fileSize):x}, and the file has 0x{Bytes.Length:x}", at);
            ulong virtualAddress = Word64(at + 16), physicalAddress = Word64(at + 24);
            if (physicalAddress + memorySize < physicalAddress || virtualAddress + memorySize < virtualAddress)
                throw new ImageFormatException($"Segment {i} of the ELF file wraps around the end of the address space", at);
            segments.Add(new ImageSegment(virtualAddress, physicalAddress, memorySize, file.Slice((int)fileOffset, (int)fileSize), permissions));
        }

        if (segments.Count == 0) throw new ImageFormatException("The ELF file has no segment to load");
        segments.Sort((left, right) => left.PhysicalAddress.CompareTo(right.PhysicalAddress));
        for (var i = 1; i < segments.Count; i++)
        {
            if (segments[i].PhysicalAddress < segments[i - 1].PhysicalEnd)
                throw new ImageFormatException($"Two segments of the ELF file overlap in memory at 0x{segments[i].PhysicalAddress:x}");
        }

        return segments;
    }

    private List<ImageSection> NameSections(List<SectionHeader> headers)
    {
        var sections = new List<ImageSection>(headers.Count);
        long nameTable = Half(62);
        if (nameTable == ExtendedCount && headers.Count > 0) nameTable = headers[0].Link;
        if (headers.Count > 0 && nameTable >= headers.Count)
            throw new ImageFormatException($"The ELF file names section {nameTable} as its table of section names, and has {headers.Count} sections", 62);
        for (var i = 0; i < headers.Count; i++)
        {
            var header = headers[i];
            var name = nameTable == 0 || i == 0 ? "" : Name(headers[(int)nameTable], header.Name);
            sections.Add(new ImageSection(i, name, header.Type, header.Flags, header.Address, header.Size, i == 0 ? default : Content(header)));
        }

        return sections;
    }

    private IEnumerable<Symbol> ReadSymbols(List<SectionHeader> headers)
    {
        foreach (var header in headers)
        {
            if (header.Type != SymbolSection) continue;
            if (header.Link >= headers.Count) throw new ImageFormatException($"The ELF file's symbol table names section {header.Link} as its strings, and there are {headers.Count} sections", header.At);
            var strings = headers[(int)header.Link];
            var table = Content(header);
            var start = (int)header.Offset;
            for (var at = start + SymbolBytes; at + SymbolBytes <= start + table.Length; at += SymbolBytes)
            {
                var information = Bytes[at + 4];
                var kind = information & 15;
                int section = Half(at + 6);
                // Undefined symbols have no address; section and file symbols name nothing that a person would.
                if (section == 0 || kind > 2) continue;
                yield return new Symbol(
                    Name(strings, Word(at)), Word64(at + 8), Word64(at + 16), (SymbolKind)kind,
                    (information >> 4) switch { 0 => SymbolBinding.Local, 2 => SymbolBinding.Weak, _ => SymbolBinding.Global },
                    section >= FirstReservedSection || section >= headers.Count ? null : section);
            }
        }
    }

    private ReadOnlyMemory<byte> Content(SectionHeader header)
    {
        if (header.Type is NoBitsSection or 0) return default;
        if (header.Offset > (ulong)Bytes.Length || header.Size > (ulong)Bytes.Length - header.Offset)
            throw new ImageFormatException($"The ELF file is truncated: a section needs the bytes up to 0x{Sum(header.Offset, header.Size):x}, and the file has 0x{Bytes.Length:x}", header.At);
        return file.Slice((int)header.Offset, (int)header.Size);
    }

    private string Name(SectionHeader strings, uint offset)
    {
        var table = Content(strings).Span;
        if (offset == 0 && table.Length == 0) return "";
        if (offset >= table.Length) throw new ImageFormatException($"A name in the ELF file lies at 0x{offset:x}, outside its string table of 0x{table.Length:x} bytes", strings.At);
        var place = (long)strings.Offset + offset;
        if (names.TryGetValue(place, out var known)) return known;
        var length = table[(int)offset..].IndexOf((byte)0);
        if (length < 0) throw new ImageFormatException("A name in the ELF file does not end within its string table", place);
        nameBudget -= length + 1;
        if (nameBudget < 0) throw new ImageFormatException("The names in the ELF file overlap more often than any linker makes them");
        return names[place] = Encoding.UTF8.GetString(table.Slice((int)offset, length));
    }

    private void RequireTable(string name, ulong offset, long count, int entryBytes)
    {
        if (count == 0) return;
        if (offset > (ulong)Bytes.Length || (ulong)(count * entryBytes) > (ulong)Bytes.Length - offset)
            throw new ImageFormatException($"The ELF file is truncated: its {name} at 0x{offset:x} with {count} entries ends beyond the file's 0x{Bytes.Length:x} bytes");
    }

    private ushort Half(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes[at..]);

    private uint Word(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes[at..]);

    private ulong Word64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes[at..]);

    private static UInt128 Sum(ulong left, ulong right) => (UInt128)left + right;

    // e_machine, from the gABI's registry.
    private static string MachineName(int machine) => machine switch
    {
        2 => "SPARC",
        3 => "x86",
        8 => "MIPS",
        20 => "PowerPC",
        21 => "PowerPC64",
        22 => "S/390",
        40 => "Arm",
        43 => "SPARC V9",
        62 => "x86-64",
        94 => "Xtensa",
        183 => "AArch64",
        243 => "RISC-V",
        247 => "BPF",
        258 => "LoongArch",
        _ => $"an unknown machine (number {machine})",
    };

    private readonly record struct SectionHeader(
        uint Name, uint Type, ulong Flags, ulong Address, ulong Offset, ulong Size, uint Link, uint Info, int At);
}
