using System.Text;
using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Images;

/// <summary>
/// Writes a linked image as a statically linked ELF64 executable for RISC-V (System V ABI, "Object Files"; RISC-V ELF
/// psABI, "ELF Object Files"): a loadable segment for each run of sections with equal permissions, symbols, the notes
/// on the code that tools read, and debug information. The bytes depend on the image alone.
/// </summary>
public static class ElfWriter
{
    private const int HeaderSizeBytes = 64;
    private const int ProgramHeaderSizeBytes = 56;
    private const int SectionHeaderSizeBytes = 64;
    private const int SymbolSizeBytes = 24;
    private const int PageSizeBytes = LinkerLayout.PageSizeBytes;

    private const ushort MachineRiscV = 243;
    private const uint FlagCompressed = 1;

    /// <summary>The file's bytes.</summary>
    /// <param name="image">The image.</param>
    /// <param name="debugSections">Further sections that take no memory, such as .debug_info, by name.</param>
    public static byte[] Write(LinkedImage image, IReadOnlyList<(string Name, byte[] Content)> debugSections)
    {
        List<Segment> segments = SegmentsOf(image);
        List<Section> sections = [new("", SectionType.Null, 0, 0, null, 0, 0)];
        int programHeaders = segments.Count + 1;
        ulong offset = (ulong)(HeaderSizeBytes + programHeaders * ProgramHeaderSizeBytes);
        foreach (Segment segment in segments)
        {
            // A segment's place in the file agrees with its address within a page, so that a file can be mapped.
            if (segment.HasContent) offset = AlignUp(offset, PageSizeBytes) + segment.Address % PageSizeBytes;
            segment.FileOffset = offset;
            foreach (LinkedSection linked in segment.Sections)
            {
                SectionType type = linked.Content is null ? SectionType.NoBits : SectionType.ProgramBits;
                ulong flags = 2UL | (linked.IsWritten ? 1UL : 0) | (linked.IsExecuted ? 4UL : 0);
                sections.Add(new Section(linked.Name, type, flags, linked.Address, linked.Content, linked.SizeBytes, 8)
                {
                    Offset = linked.Content is null ? offset : segment.FileOffset + (linked.Address - segment.Address),
                });
            }

            if (segment.HasContent) offset = segment.FileOffset + segment.FileSizeBytes;
        }

        int textIndex = sections.FindIndex(section => section.Name == ".text");
        sections.Add(NotInMemory(".riscv.attributes", (SectionType)0x70000003, RiscVAttributes.Write()));
        sections.Add(NotInMemory(".stack_sizes", SectionType.ProgramBits, StackSizes.Write(image)) with { Link = Math.Max(textIndex, 0) });
        sections.Add(NotInMemory(".verification.callgraph", SectionType.ProgramBits, CallGraph.Write(image)));
        foreach ((string name, byte[] content) in debugSections)
            sections.Add(NotInMemory(name, SectionType.ProgramBits, content));

        StringTable names = new();
        byte[] symbols = SymbolTable(image, sections, names, out int localCount);
        sections.Add(NotInMemory(".symtab", SectionType.Symbols, symbols) with
        {
            Link = sections.Count + 1,
            Info = localCount,
            EntrySizeBytes = SymbolSizeBytes,
            AlignmentBytes = 8,
        });
        sections.Add(NotInMemory(".strtab", SectionType.Strings, names.ToArray()));
        StringTable sectionNames = new();
        foreach (Section section in sections) section.NameOffset = sectionNames.Add(section.Name);
        int namesOffset = sectionNames.Add(".shstrtab");
        sections.Add(NotInMemory(".shstrtab", SectionType.Strings, sectionNames.ToArray()));
        sections[^1].NameOffset = namesOffset;

        foreach (Section section in sections.Where(section => section.Address == 0 && section.Content is not null))
        {
            offset = AlignUp(offset, (ulong)section.AlignmentBytes);
            section.Offset = offset;
            offset += (ulong)section.Content!.Length;
        }

        ulong sectionHeadersOffset = AlignUp(offset, 8);
        byte[] file = new byte[sectionHeadersOffset + (ulong)(sections.Count * SectionHeaderSizeBytes)];
        WriteHeader(file, image, programHeaders, sectionHeadersOffset, sections.Count);
        WriteProgramHeaders(file, segments, sections.First(section => section.Name == ".riscv.attributes"));
        foreach (Section section in sections) section.Content?.CopyTo(file, (int)section.Offset);
        WriteSectionHeaders(file.AsSpan((int)sectionHeadersOffset), sections);
        return file;
    }

    private static Section NotInMemory(string name, SectionType type, byte[] content) =>
        new(name, type, 0, 0, content, (ulong)content.Length, 1);

    private static List<Segment> SegmentsOf(LinkedImage image)
    {
        List<Segment> segments = [];
        foreach (LinkedSection section in image.Sections)
        {
            // Bytes can't follow zeros that take no room in the file, nor another set of permissions.
            Segment? last = segments.Count > 0 ? segments[^1] : null;
            bool joins = last is not null && last.Permissions == PermissionsOf(section)
                && (section.Content is null || last.Sections[^1].Content is not null)
                && section.Address - last.End < PageSizeBytes;
            if (joins) last!.Sections.Add(section);
            else segments.Add(new Segment(section, PermissionsOf(section)));
        }

        return segments;
    }

    private static uint PermissionsOf(LinkedSection section) => 4u | (section.IsWritten ? 2u : 0) | (section.IsExecuted ? 1u : 0);

    private static byte[] SymbolTable(LinkedImage image, List<Section> sections, StringTable names, out int localCount)
    {
        ByteWriter symbols = new();
        Entry(0, 0, 0, 0, 0);
        localCount = 1;
        for (int index = 1; index < sections.Count && sections[index].Address != 0; index++, localCount++)
            Entry(0, 3, index, sections[index].Address, 0);

        foreach (LinkedSymbol symbol in image.Symbols)
        {
            string section = image.Sections.FirstOrDefault(candidate => candidate.Kind == symbol.Section)?.Name ?? "";
            int index = sections.FindIndex(candidate => candidate.Name == section);
            int type = symbol.Kind switch { LinkedSymbolKind.Function => 2, LinkedSymbolKind.Object => 1, _ => 0 };
            // A symbol of a section that turned out empty has an address and no section: absolute.
            Entry(names.Add(symbol.Name), 1 << 4 | type, section.Length == 0 ? 0xFFF1 : index, symbol.Address, symbol.SizeBytes);
        }

        return symbols.ToArray();

        void Entry(int name, int info, int section, ulong value, ulong size)
        {
            symbols.U32((uint)name);
            symbols.U8((byte)info);
            symbols.U8(0);
            symbols.U16((ushort)section);
            symbols.U64(value);
            symbols.U64(size);
        }
    }

    private static void WriteHeader(byte[] file, LinkedImage image, int programHeaders, ulong sectionHeaders, int sectionCount)
    {
        ByteWriter header = new();
        header.Bytes([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        header.U16(2);
        header.U16(MachineRiscV);
        header.U32(1);
        header.U64(image.EntryAddress);
        header.U64(HeaderSizeBytes);
        header.U64(sectionHeaders);
        header.U32(FlagCompressed);
        header.U16(HeaderSizeBytes);
        header.U16(ProgramHeaderSizeBytes);
        header.U16((ushort)programHeaders);
        header.U16(SectionHeaderSizeBytes);
        header.U16((ushort)sectionCount);
        header.U16((ushort)(sectionCount - 1));
        header.ToArray().CopyTo(file, 0);
    }

    private static void WriteProgramHeaders(byte[] file, List<Segment> segments, Section attributes)
    {
        ByteWriter headers = new();
        foreach (Segment segment in segments)
        {
            headers.U32(1);
            headers.U32(segment.Permissions);
            headers.U64(segment.FileOffset);
            headers.U64(segment.Address);
            headers.U64(segment.Address);
            headers.U64(segment.FileSizeBytes);
            headers.U64(segment.End - segment.Address);
            headers.U64(segment.HasContent ? PageSizeBytes : 16u);
        }

        headers.U32(0x70000003);
        headers.U32(4);
        headers.U64(attributes.Offset);
        headers.U64(0);
        headers.U64(0);
        headers.U64(attributes.SizeBytes);
        headers.U64(0);
        headers.U64(1);
        headers.ToArray().CopyTo(file, HeaderSizeBytes);
    }

    private static void WriteSectionHeaders(Span<byte> place, List<Section> sections)
    {
        ByteWriter headers = new();
        foreach (Section section in sections)
        {
            headers.U32((uint)section.NameOffset);
            headers.U32((uint)section.Type);
            headers.U64(section.Flags);
            headers.U64(section.Address);
            headers.U64(section.Offset);
            headers.U64(section.SizeBytes);
            headers.U32((uint)section.Link);
            headers.U32((uint)section.Info);
            headers.U64((ulong)section.AlignmentBytes);
            headers.U64((ulong)section.EntrySizeBytes);
        }

        headers.ToArray().CopyTo(place);
    }

    private static ulong AlignUp(ulong value, ulong alignment) => (value + alignment - 1) / alignment * alignment;

    private enum SectionType : uint
    {
        Null = 0,
        ProgramBits = 1,
        Symbols = 2,
        Strings = 3,
        NoBits = 8,
    }

    private sealed record Section(
        string Name, SectionType Type, ulong Flags, ulong Address, byte[]? Content, ulong SizeBytes, int AlignmentBytes)
    {
        public int NameOffset { get; set; }

        public ulong Offset { get; set; }

        public int Link { get; init; }

        public int Info { get; init; }

        public int EntrySizeBytes { get; init; }
    }

    private sealed class Segment(LinkedSection first, uint permissions)
    {
        public List<LinkedSection> Sections { get; } = [first];

        public uint Permissions { get; } = permissions;

        public ulong FileOffset { get; set; }

        public ulong Address => Sections[0].Address;

        public ulong End => Sections[^1].End;

        public bool HasContent => Sections[0].Content is not null;

        public ulong FileSizeBytes => Sections.LastOrDefault(section => section.Content is not null) is { } last ? last.End - Address : 0;
    }

    private sealed class StringTable
    {
        private readonly ByteWriter _bytes = new();
        private readonly Dictionary<string, int> _offsets = new(StringComparer.Ordinal);

        public StringTable() => Add("");

        public int Add(string text)
        {
            if (_offsets.TryGetValue(text, out int offset)) return offset;
            offset = _bytes.Length;
            _offsets.Add(text, offset);
            _bytes.Bytes(Encoding.UTF8.GetBytes(text));
            _bytes.U8(0);
            return offset;
        }

        public byte[] ToArray() => _bytes.ToArray();
    }
}
