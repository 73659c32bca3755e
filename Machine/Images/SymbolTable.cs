namespace Verification.Machine.Images;

/// <summary>
/// An image's symbols, by name and by address. An address belongs to the innermost symbol whose size covers it; where none
/// does, to the nearest label before it in the same section, since assembly code rarely sizes its labels.
/// </summary>
public sealed class SymbolTable
{
    private readonly Symbol[] byAddress;
    private readonly ulong[] reach;
    private readonly Dictionary<string, Symbol> byName = [];
    private readonly IReadOnlyList<ImageSection> sections;

    /// <summary>A table of the given symbols; mapping symbols (<c>$x</c>, <c>$d</c>) and local labels of the assembler
    /// (<c>.L...</c>) are left out.</summary>
    /// <param name="symbols">In any order.</param>
    /// <param name="sections">The sections that bound the reach of labels without a size.</param>
    public SymbolTable(IEnumerable<Symbol> symbols, IReadOnlyList<ImageSection> sections)
    {
        this.sections = sections;
        // The last of several at one address is the best of them; ties are broken down to the name, so that the table doesn't
        // depend on the order in the file.
        byAddress = [.. symbols
            .Where(symbol => symbol.Name.Length > 0 && symbol.Name[0] != '$' && !symbol.Name.StartsWith(".L", StringComparison.Ordinal))
            .OrderBy(symbol => symbol.Address).ThenByDescending(symbol => symbol.SizeBytes)
            .ThenByDescending(Rank).ThenByDescending(symbol => symbol.Name, StringComparer.Ordinal)];
        reach = new ulong[byAddress.Length];
        var furthest = 0ul;
        for (var i = 0; i < byAddress.Length; i++)
        {
            furthest = Math.Max(furthest, byAddress[i].End);
            reach[i] = furthest;
        }

        // Global names win over local ones of the same name; among locals the lowest address.
        foreach (var symbol in byAddress.OrderBy(symbol => symbol.Binding == SymbolBinding.Local ? 1 : 0))
            byName.TryAdd(symbol.Name, symbol);
    }

    /// <summary>A table without symbols.</summary>
    public static SymbolTable Empty { get; } = new([], []);

    /// <summary>All symbols, by address.</summary>
    public IReadOnlyList<Symbol> All => byAddress;

    /// <summary>The symbol of that name, global before local; null without one.</summary>
    public Symbol? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>What lies at an address: a function, an object or a label; null where nothing is known.</summary>
    public SymbolPlace? Find(ulong address) => Find(address, static _ => true);

    /// <summary>The function, or label in an executed section, at an address; null where nothing is known.</summary>
    public SymbolPlace? FindFunction(ulong address) =>
        Find(address, symbol => symbol.Kind == SymbolKind.Function || (symbol.Kind == SymbolKind.Untyped && IsCode(symbol)));

    /// <summary>The object, or label in a section that is not executed, at an address; null where nothing is known.</summary>
    public SymbolPlace? FindObject(ulong address) =>
        Find(address, symbol => symbol.Kind == SymbolKind.Object || (symbol.Kind == SymbolKind.Untyped && !IsCode(symbol)));

    private SymbolPlace? Find(ulong address, Func<Symbol, bool> wanted) =>
        (Covering(address, wanted) ?? NearestLabel(address, wanted)) is { } symbol ? new SymbolPlace(symbol, address - symbol.Address) : null;

    private Symbol? Covering(ulong address, Func<Symbol, bool> wanted)
    {
        for (var i = LastAtOrBefore(address); i >= 0 && reach[i] > address; i--)
            if (byAddress[i].Contains(address) && wanted(byAddress[i])) return byAddress[i];
        return null;
    }

    /// <summary>The nearest label, unless a symbol that has a size ends between it and the address: then what follows is
    /// unknown.</summary>
    private Symbol? NearestLabel(ulong address, Func<Symbol, bool> wanted)
    {
        var section = sections.FirstOrDefault(section => section.Contains(address));
        for (var i = LastAtOrBefore(address); i >= 0; i--)
        {
            var symbol = byAddress[i];
            if (symbol.Address < address && (section is null || symbol.Address < section.Address)) return null;
            if (!wanted(symbol) || (symbol.Address < address && symbol.Section != section!.Index)) continue;
            return symbol.SizeBytes == 0 ? symbol : null;
        }

        return null;
    }

    private int LastAtOrBefore(ulong address)
    {
        int low = 0, high = byAddress.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (byAddress[middle].Address <= address) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    private bool IsCode(Symbol symbol) => symbol.Section is { } index && index < sections.Count && sections[index].IsExecuted;

    // A typed and global name says more.
    private static int Rank(Symbol symbol) =>
        (symbol.Kind == SymbolKind.Untyped ? 4 : 0) + (symbol.Binding switch { SymbolBinding.Global => 0, SymbolBinding.Weak => 1, _ => 2 });
}
