namespace Verification.Framework.DebugInfo;

/// <summary>The functions of .debug_info by address, and the calls that were inlined into them.</summary>
internal sealed class FunctionTable
{
    private readonly List<(CodeRange Code, DebugEntry Function)> ranges = [];
    private readonly DebugEntries entries;

    public FunctionTable(DebugEntries entries)
    {
        this.entries = entries;
        foreach (var function in entries.Functions)
        {
            // Linkers set the addresses of discarded functions to 0 or 1.
            foreach (var range in function.Code.Where(range => range.Low > 1)) ranges.Add((range, function));
        }

        ranges.Sort((left, right) => left.Code.Low.CompareTo(right.Code.Low));
    }

    public DebugEntry? Find(ulong address)
    {
        int low = 0, high = ranges.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].Code.Low <= address) low = middle + 1;
            else high = middle;
        }

        return low > 0 && ranges[low - 1].Code.Contains(address) ? ranges[low - 1].Function : null;
    }

    /// <summary>The inlined calls that an address lies in, outermost first, below its function.</summary>
    public static List<DebugEntry> Inlined(DebugEntry function, ulong address)
    {
        var chain = new List<DebugEntry>();
        for (var entry = function; entry is not null;)
        {
            entry = entry.Children.Find(child => child.Tag == DwarfTag.Inlined && child.Code.Exists(range => range.Contains(address)));
            if (entry is not null) chain.Add(entry);
        }

        return chain;
    }

    /// <summary>The name with its namespaces and types; null where nothing names it.</summary>
    public string? Name(DebugEntry entry)
    {
        // From an inlined or an outlined copy to the abstract function, from there to its declaration: few steps.
        var named = entry;
        for (var steps = 0; steps < 8 && !named.Name.IsPresent && entries.At(named.Origin) is { } origin; steps++) named = origin;
        if (Text(named, named.Name) is not { Length: > 0 } own) return Text(named, named.LinkageName) is { } linkage ? Demangler.Demangle(linkage) : null;
        var parts = new List<string> { own };
        var place = named.Parent;
        if (entries.At(named.Origin) is { } declaration && named.Origin is not null) place = declaration.Parent;
        for (; place is not null && parts.Count < 32; place = place.Parent)
        {
            if (place.Tag is not (DwarfTag.Namespace or DwarfTag.Structure or DwarfTag.Class or DwarfTag.Union or DwarfTag.Enumeration)) continue;
            if (Text(place, place.Name) is { Length: > 0 } part) parts.Add(part);
        }

        parts.Reverse();
        return named.Unit.IsCSharp ? string.Join('.', parts).Replace("::", ".", StringComparison.Ordinal) : string.Join("::", parts);
    }

    public static string? Text(DebugEntry entry, DwarfValue value)
    {
        try
        {
            return entry.Unit.Text(value);
        }
        catch (DwarfFormatException)
        {
            return null;
        }
    }
}
