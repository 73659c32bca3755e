namespace Verification.Toolchain.Linking;

/// <summary>Something that the linker places as a whole: a method, a stub, a data object, a stack.</summary>
/// <param name="Section">The section that it belongs to.</param>
/// <param name="Name">Its symbol, or for a stub with several the name to blame in a message.</param>
/// <param name="Content">Its bytes; null for zeros.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="AlignmentBytes">What its address is a multiple of.</param>
/// <param name="Relocations">Places to fill in.</param>
/// <param name="Symbols">Its symbols: offset, name, size, kind.</param>
internal sealed record LinkPiece(
    SectionKind Section,
    string Name,
    byte[]? Content,
    int SizeBytes,
    int AlignmentBytes,
    IReadOnlyList<Relocation> Relocations,
    IReadOnlyList<PieceSymbol> Symbols)
{
    /// <summary>Labels that only the piece's own relocations refer to, with their offsets.</summary>
    public IReadOnlyDictionary<string, int> LocalLabels { get; init; } = new Dictionary<string, int>();

    /// <summary>Set when the piece is placed.</summary>
    public ulong Address { get; set; }

    public static LinkPiece From(CompiledMethod method) => new(
        SectionKind.Text, method.Symbol, method.Code, method.Code.Length, CodeAlignmentBytes, method.Relocations,
        [new PieceSymbol(method.Symbol, 0, method.Code.Length, LinkedSymbolKind.Function)]);

    public static LinkPiece From(DataObject data) => new(
        data.Content is null ? SectionKind.ZeroData : data.IsReadOnly ? SectionKind.ReadOnlyData : SectionKind.Data,
        data.Symbol, data.Content, data.SizeBytes, data.Alignment, data.Relocations,
        [new PieceSymbol(data.Symbol, 0, data.SizeBytes, LinkedSymbolKind.Object)]);

    public static LinkPiece From(StubCode stub)
    {
        List<StubSymbol> globals = [.. stub.Symbols.Where(symbol => symbol.IsGlobal)];
        List<PieceSymbol> symbols = [];
        for (int index = 0; index < globals.Count; index++)
        {
            int end = index + 1 < globals.Count ? globals[index + 1].Offset : stub.Code.Length;
            StubSymbol symbol = globals[index];
            symbols.Add(new PieceSymbol(symbol.Name, symbol.Offset, end - symbol.Offset, LinkedSymbolKind.Function));
        }

        return new LinkPiece(
            stub.Section, stub.Name, stub.Code, stub.Code.Length, Math.Max(stub.AlignmentBytes, CodeAlignmentBytes),
            stub.Relocations, symbols)
        {
            LocalLabels = stub.Symbols.Where(symbol => !symbol.IsGlobal)
                .ToDictionary(symbol => symbol.Name, symbol => symbol.Offset, StringComparer.Ordinal),
        };
    }

    /// <summary>A constant that the linker itself fills in.</summary>
    public static LinkPiece Constant(string name, int sizeBytes, int alignmentBytes) =>
        Zeros(SectionKind.ReadOnlyData, name, sizeBytes, alignmentBytes) with { Content = new byte[sizeBytes] };

    public static LinkPiece Zeros(SectionKind section, string name, int sizeBytes, int alignmentBytes) => new(
        section, name, null, sizeBytes, alignmentBytes, [],
        [new PieceSymbol(name, 0, sizeBytes, LinkedSymbolKind.Object)]);

    // Traps are taken to a multiple of 4, and the stub that takes them is as other code.
    private const int CodeAlignmentBytes = 4;
}

/// <summary>A symbol within a piece.</summary>
internal readonly record struct PieceSymbol(string Name, int Offset, int SizeBytes, LinkedSymbolKind Kind);
