namespace Verification.Machine.Isa.Assembling;

/// <summary>The symbols of a text: labels, assignments, numeric local labels.</summary>
internal sealed class Symbols
{
    private sealed record Definition(Section? Section, int Item, long Value);

    private readonly Dictionary<string, Definition> definitions = [];
    private readonly List<string> order = [];
    private readonly HashSet<string> globals = [];
    private readonly Dictionary<string, int> localCounts = [];
    private readonly HashSet<string> own = [];
    private int generated;

    /// <summary>Defines a label at the end of <paramref name="section"/>; a number is a local label.</summary>
    internal void DefineLabel(string name, Section section)
    {
        if (name.All(char.IsAsciiDigit))
        {
            localCounts[name] = localCounts.GetValueOrDefault(name) + 1;
            name = LocalName(name, localCounts[name]);
            own.Add(name);
        }

        if (!definitions.TryAdd(name, new(section, section.Items.Count, 0)))
            throw new FormatException($"«{name}» is defined twice.");
        order.Add(name);
    }

    /// <summary>Defines a number's name; a later one replaces it.</summary>
    internal void Assign(string name, long value)
    {
        if (definitions.TryGetValue(name, out var old) && old.Section is not null)
            throw new FormatException($"«{name}» is defined twice.");
        if (old is null)
            order.Add(name);
        definitions[name] = new(null, 0, value);
    }

    internal void MakeGlobal(string name) => globals.Add(name);

    /// <summary>A label of the assembler's own at the end of <paramref name="section"/>.</summary>
    internal string Generate(string prefix, Section section)
    {
        var name = $".L{prefix}{generated++}";
        own.Add(name);
        DefineLabel(name, section);
        return name;
    }

    /// <summary>The symbol that <c>1f</c> or <c>1b</c> stands for here.</summary>
    internal string LocalLabel(string digits, bool isForward)
    {
        var count = localCounts.GetValueOrDefault(digits);
        if (!isForward && count == 0)
            throw new FormatException($"There is no label «{digits}» before this line.");
        return LocalName(digits, isForward ? count + 1 : count);
    }

    internal bool IsDefined(string name) => definitions.ContainsKey(name);

    /// <summary>The number that <paramref name="name"/> was given by an assignment.</summary>
    internal bool TryGetNumber(string name, out long value)
    {
        var isNumber = definitions.TryGetValue(name, out var definition) && definition.Section is null;
        value = isNumber ? definition!.Value : 0;
        return isNumber;
    }

    /// <summary>Where a label stands, as far as the layout is known.</summary>
    internal bool TryGetPlace(string name, out Section section, out long offset)
    {
        section = null!;
        offset = 0;
        if (!definitions.TryGetValue(name, out var definition) || definition.Section is null)
            return false;
        section = definition.Section;
        offset = section.OffsetOf(definition.Item);
        return true;
    }

    /// <summary>The item that a label stands before.</summary>
    internal Item? ItemAt(string name) =>
        definitions.TryGetValue(name, out var definition) && definition.Section is { } section
        && definition.Item < section.Items.Count
            ? section.Items[definition.Item]
            : null;

    /// <summary>Local labels that were named before they were defined, and never were.</summary>
    internal static bool IsLocal(string name) => name.StartsWith(".L.", StringComparison.Ordinal);

    /// <summary>The label as it was written: <c>1</c> of <c>.L.1.2</c>.</summary>
    internal static string LocalDigits(string name) => name.Split('.')[2];

    /// <summary>
    /// All symbols, in order of definition; of the assembler's own those alone that are in <paramref name="named"/>.
    /// </summary>
    internal List<AssembledSymbol> ToList(HashSet<string> named) =>
    [
        .. order.Where(name => !own.Contains(name) || named.Contains(name)).Select(name => (Name: name, Definition: definitions[name])).Select(symbol => new AssembledSymbol(
            symbol.Name, symbol.Definition.Section?.Name,
            symbol.Definition.Section?.OffsetOf(symbol.Definition.Item) ?? symbol.Definition.Value,
            globals.Contains(symbol.Name))),
    ];

    private static string LocalName(string digits, int count) => $".L.{digits}.{count}";
}
