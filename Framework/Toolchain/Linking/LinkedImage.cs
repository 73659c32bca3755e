namespace Verification.Toolchain.Linking;

/// <summary>A program at its final addresses: what image writers and debug information are made from.</summary>
public sealed class LinkedImage
{
    private readonly Dictionary<string, LinkedSymbol> _byName;

    internal LinkedImage(
        LinkerLayout layout, CompiledProgram program, IReadOnlyList<StubCode> stubs, IReadOnlyList<LinkedSection> sections,
        IReadOnlyList<LinkedSymbol> symbols)
    {
        Layout = layout;
        Program = program;
        Stubs = stubs;
        Sections = sections;
        Symbols = symbols;
        _byName = symbols.ToDictionary(symbol => symbol.Name, StringComparer.Ordinal);
    }

    /// <summary>The layout that was asked for.</summary>
    public LinkerLayout Layout { get; }

    /// <summary>The compiled program.</summary>
    public CompiledProgram Program { get; }

    /// <summary>Its assembly stubs.</summary>
    public IReadOnlyList<StubCode> Stubs { get; }

    /// <summary>The sections, ascending by address, empty ones left out.</summary>
    public IReadOnlyList<LinkedSection> Sections { get; }

    /// <summary>The symbols, ascending by address, then by name.</summary>
    public IReadOnlyList<LinkedSymbol> Symbols { get; }

    /// <summary>The first address.</summary>
    public ulong Start => Sections[0].Address;

    /// <summary>The first address behind the image, everything zero-filled included.</summary>
    public ulong End => Sections[^1].End;

    /// <summary>The first instruction's address.</summary>
    public ulong EntryAddress => Find(Layout.EntrySymbol).Address;

    /// <summary>The symbol of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public LinkedSymbol Find(string name) => _byName[name];

    /// <summary>The symbol of a name, if there is one.</summary>
    public LinkedSymbol? TryFind(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The address of a stub's first byte.</summary>
    public ulong AddressOf(StubCode stub)
    {
        StubSymbol symbol = stub.Symbols.First(symbol => symbol.IsGlobal);
        return Find(symbol.Name).Address - (ulong)symbol.Offset;
    }
}
