using System.Buffers.Binary;

namespace Verification.Toolchain.Linking;

/// <summary>
/// Places a compiled program in memory: 1. gives every method, stub and object to a section; 2. places the sections in
/// the layout's order; 3. collects the symbols; 4. fills in every relocation. Order and addresses depend on the
/// program and the layout alone.
/// </summary>
public static class Linker
{
    /// <summary>Links. The image is null if and only if there are diagnostics, all of them errors.</summary>
    public static (LinkedImage? Image, IReadOnlyList<Diagnostic> Diagnostics) Link(
        CompiledProgram program, IReadOnlyList<StubCode> stubs, LinkerLayout layout)
    {
        List<Diagnostic> diagnostics = [];
        List<LinkPiece> pieces = Collect(program, stubs, layout);
        List<PlacedSection> sections = Place(pieces, layout);

        Dictionary<string, LinkedSymbol> symbols = new(StringComparer.Ordinal);
        foreach (PlacedSection section in sections)
        {
            foreach (LinkPiece piece in section.Pieces)
            {
                foreach (PieceSymbol symbol in piece.Symbols)
                {
                    LinkedSymbol linked = new(
                        symbol.Name, piece.Address + (ulong)symbol.Offset, (ulong)symbol.SizeBytes, symbol.Kind, piece.Section);
                    if (!symbols.TryAdd(symbol.Name, linked)) diagnostics.Add(LinkDiagnostics.DuplicateSymbol(symbol.Name));
                }
            }
        }

        if (!symbols.TryGetValue(layout.EntrySymbol, out LinkedSymbol? entry) || entry.Section != SectionKind.Head)
            diagnostics.Add(LinkDiagnostics.NoEntry(layout.EntrySymbol));
        DefineLayoutSymbols(symbols, sections);

        List<LinkedSection> linkedSections = [];
        foreach (PlacedSection section in sections)
        {
            byte[]? content = section.HasContent ? new byte[section.SizeBytes] : null;
            foreach (LinkPiece piece in section.Pieces)
            {
                if (content is null || piece.Content is null) continue;
                Span<byte> place = content.AsSpan((int)(piece.Address - section.Address), piece.SizeBytes);
                piece.Content.CopyTo(place);
                Relocator.Apply(piece, place, symbols, diagnostics);
            }

            if (section.SizeBytes > 0) linkedSections.Add(new LinkedSection(section.Kind, section.Address, section.SizeBytes, content));
        }

        if (diagnostics.Count > 0) return (null, diagnostics);
        if (layout.Guard == BootStackGuard.UnmappedPage) FillPageTables(linkedSections, symbols, layout);
        if (layout.Header == ImageHeader.Linux) LinuxHeader.Write(linkedSections, layout);
        return (new LinkedImage(layout, program, stubs, linkedSections, Sorted(symbols.Values)), diagnostics);
    }

    private static List<LinkPiece> Collect(CompiledProgram program, IReadOnlyList<StubCode> stubs, LinkerLayout layout)
    {
        List<LinkPiece> pieces = [];
        if (layout.Header == ImageHeader.Linux)
        {
            pieces.Add(new LinkPiece(
                SectionKind.Head, "image_header", new byte[LinuxHeader.SizeBytes], LinuxHeader.SizeBytes, LinuxHeader.SizeBytes,
                [], [new PieceSymbol("image_header", 0, LinuxHeader.SizeBytes, LinkedSymbolKind.Object)]));
        }

        pieces.AddRange(stubs.Select(LinkPiece.From));
        pieces.AddRange(program.Methods.Select(LinkPiece.From));
        pieces.AddRange(program.Data.Select(LinkPiece.From));
        pieces.Add(LinkPiece.Zeros(
            SectionKind.ZeroData, "boot_trap_stack", layout.BootTrapStackSizeBytes, LinkerLayout.StackAlignmentBytes));
        // What the entry stubs write to satp: 0 leaves paging off.
        pieces.Add(LinkPiece.Constant("boot_satp", sizeof(ulong), sizeof(ulong)));
        if (layout.Guard == BootStackGuard.UnmappedPage)
        {
            ulong imageSizeBytes = layout.Order.Aggregate(0UL, (sum, _) => sum + LinkerLayout.PageSizeBytes)
                + pieces.Aggregate(0UL, (sum, piece) => sum + (ulong)(piece.SizeBytes + piece.AlignmentBytes))
                + (ulong)layout.BootStackSizeBytes + (ulong)layout.HartStackCount * (ulong)layout.HartStackStrideBytes;
            int tablesSizeBytes = PageTables.SizeBytes(layout.LoadAddress, imageSizeBytes);
            tablesSizeBytes = PageTables.SizeBytes(layout.LoadAddress, imageSizeBytes + (ulong)tablesSizeBytes + LinkerLayout.PageSizeBytes);
            pieces.Add(LinkPiece.Constant("page_tables", tablesSizeBytes, LinkerLayout.PageSizeBytes));
            pieces.Add(LinkPiece.Zeros(
                SectionKind.BootStack, "boot_stack_guard", LinkerLayout.PageSizeBytes, LinkerLayout.PageSizeBytes));
        }

        if (layout.HartStackCount > 0)
        {
            int alignment = layout.Guard == BootStackGuard.None ? LinkerLayout.StackAlignmentBytes : LinkerLayout.PageSizeBytes;
            pieces.Add(LinkPiece.Zeros(
                SectionKind.BootStack, "hart_stacks", layout.HartStackCount * layout.HartStackStrideBytes, alignment));
            // A constant to load: an address so low would be out of an instruction's reach.
            byte[] stride = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(stride, (ulong)layout.HartStackStrideBytes);
            pieces.Add(LinkPiece.Constant("hart_stack_stride", sizeof(ulong), sizeof(ulong)) with { Content = stride });
        }

        pieces.Add(LinkPiece.Zeros(
            SectionKind.BootStack, "boot_stack", layout.BootStackSizeBytes, LinkerLayout.StackAlignmentBytes));
        return pieces;
    }

    private static void FillPageTables(List<LinkedSection> sections, Dictionary<string, LinkedSymbol> symbols, LinkerLayout layout)
    {
        HashSet<ulong> guards = [symbols["boot_stack_guard"].Address];
        for (int hart = 0; hart < layout.HartStackCount; hart++)
            guards.Add(symbols["hart_stacks"].Address + (ulong)hart * (ulong)layout.HartStackStrideBytes);

        LinkedSection section = sections.First(section => section.Kind == SectionKind.ReadOnlyData);
        LinkedSymbol tables = symbols["page_tables"];
        Span<byte> content = section.Content!;
        PageTables.Fill(
            content.Slice((int)(tables.Address - section.Address), (int)tables.SizeBytes), tables.Address, sections, guards);
        BinaryPrimitives.WriteUInt64LittleEndian(
            content[(int)(symbols["boot_satp"].Address - section.Address)..], PageTables.Satp(tables.Address));
    }

    private static List<PlacedSection> Place(List<LinkPiece> pieces, LinkerLayout layout)
    {
        List<PlacedSection> sections = [];
        ulong address = layout.LoadAddress;
        foreach (SectionKind kind in layout.Order)
        {
            List<LinkPiece> own = [.. pieces.Where(piece => piece.Section == kind)];
            if (kind == SectionKind.ZeroData) own = OrderZeroData(own, layout);
            int alignment = layout.Spacing == SectionSpacing.Pages
                ? LinkerLayout.PageSizeBytes
                : own.Select(piece => piece.AlignmentBytes).Append(8).Max();
            address = AlignUp(address, alignment);
            PlacedSection section = new(kind, address, own);
            foreach (LinkPiece piece in own)
            {
                address = AlignUp(address, PieceAlignment(piece, layout));
                piece.Address = address;
                address += (ulong)piece.SizeBytes;
            }

            section.SizeBytes = address - section.Address;
            sections.Add(section);
        }

        return sections;
    }

    /// <summary>
    /// Small objects first, so that what the kernel always needs lies far from the section's end; then the objects that
    /// the layout wants at the end.
    /// </summary>
    private static List<LinkPiece> OrderZeroData(List<LinkPiece> pieces, LinkerLayout layout)
    {
        List<LinkPiece> last = [];
        foreach (string name in layout.LastInZeroData) last.AddRange(pieces.Where(piece => piece.Name == name));
        return
        [
            .. pieces.Except(last)
                .OrderBy(piece => piece.SizeBytes)
                .ThenByDescending(piece => piece.AlignmentBytes)
                .ThenBy(piece => piece.Name, StringComparer.Ordinal),
            .. last,
        ];
    }

    /// <summary>What is to end directly below a stack must begin at a multiple of the stack's alignment.</summary>
    private static int PieceAlignment(LinkPiece piece, LinkerLayout layout) =>
        layout.LastInZeroData.Contains(piece.Name)
            ? Math.Max(piece.AlignmentBytes, LinkerLayout.StackAlignmentBytes)
            : piece.AlignmentBytes;

    private static void DefineLayoutSymbols(Dictionary<string, LinkedSymbol> symbols, List<PlacedSection> sections)
    {
        PlacedSection head = sections[0];
        Define("__image_start", head.Address, head.Kind);
        Define("__image_end", sections[^1].End, sections[^1].Kind);
        foreach (PlacedSection section in sections)
        {
            string? name = section.Kind switch
            {
                SectionKind.Text => "text",
                SectionKind.ReadOnlyData => "rodata",
                SectionKind.Data => "data",
                SectionKind.ZeroData => "bss",
                _ => null,
            };
            if (name is null) continue;
            Define($"__{name}_start", section.Address, section.Kind);
            Define($"__{name}_end", section.End, section.Kind);
        }

        foreach (string stack in (string[])["boot_stack", "boot_trap_stack"])
        {
            LinkedSymbol symbol = symbols[stack];
            Define($"{stack}_bottom", symbol.Address, symbol.Section);
            Define($"{stack}_top", symbol.Address + symbol.SizeBytes, symbol.Section);
        }

        void Define(string name, ulong address, SectionKind section) =>
            symbols[name] = new LinkedSymbol(name, address, 0, LinkedSymbolKind.Label, section);
    }

    private static List<LinkedSymbol> Sorted(IEnumerable<LinkedSymbol> symbols) =>
        [.. symbols.OrderBy(symbol => symbol.Address).ThenBy(symbol => symbol.Name, StringComparer.Ordinal)];

    private static ulong AlignUp(ulong address, int alignment) => (address + (ulong)alignment - 1) & ~((ulong)alignment - 1);

    private sealed class PlacedSection(SectionKind kind, ulong address, List<LinkPiece> pieces)
    {
        public SectionKind Kind { get; } = kind;

        public ulong Address { get; } = address;

        public List<LinkPiece> Pieces { get; } = pieces;

        public ulong SizeBytes { get; set; }

        public ulong End => Address + SizeBytes;

        public bool HasContent => Kind is not (SectionKind.BootStack or SectionKind.ZeroData);
    }
}
