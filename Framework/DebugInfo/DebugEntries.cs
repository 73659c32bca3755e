namespace Verification.Framework.DebugInfo;

/// <summary>
/// The entries of .debug_info that functions, calls, globals and layouts need. Each byte is read once; what is nested is
/// followed with a list, not with the host's stack.
/// </summary>
internal sealed class DebugEntries
{
    // The C# toolchain's own name for itself.
    private const string CSharpProducer = "Verification.Toolchain";

    private readonly DwarfSections sections;
    private readonly Dictionary<ulong, DebugEntry> byOffset = [];
    private readonly Dictionary<ulong, Dictionary<ulong, Abbreviation>> abbreviations = [];
    private readonly Dictionary<ulong, LineProgram> programs = [];

    // Attributes may take no bytes: without a limit a few entries could hold any number of them.
    private long attributeBudget;

    public DebugEntries(DwarfSections sections, LineTable lines, List<string> complaints)
    {
        this.sections = sections;
        attributeBudget = (64L * sections.Info.Length) + 4096;
        for (long at = 0; at < sections.Info.Length;)
        {
            try
            {
                var cursor = new DwarfCursor(sections.Info, at);
                var (length, is64) = cursor.InitialLength();
                var end = cursor.Position + length;
                var start = at;
                at = end;
                ReadUnit(new DwarfCursor(sections.Info, cursor.Position, end), start, is64, lines, complaints);
            }
            catch (DwarfFormatException fault)
            {
                complaints.Add($".debug_info: {fault.Message}.");
                if (complaints.Count > 100 || at == 0) return;
            }
        }
    }

    public List<DebugEntry> Functions { get; } = [];

    public List<DebugEntry> Globals { get; } = [];

    public DebugEntry? At(ulong? offset) => offset is { } place ? byOffset.GetValueOrDefault(place) : null;

    private void ReadUnit(DwarfCursor cursor, long start, bool is64, LineTable lines, List<string> complaints)
    {
        int version = cursor.U16();
        if (version is < 2 or > 5) throw new DwarfFormatException($"a unit has the unknown version {version}");
        var unitType = version >= 5 ? cursor.U8() : (byte)1;
        var addressBytes = 0;
        if (version >= 5) addressBytes = cursor.U8();
        var abbreviationsAt = cursor.Offset(is64);
        if (version < 5) addressBytes = cursor.U8();
        if (addressBytes is not (4 or 8)) throw new DwarfFormatException($"a unit has addresses of {addressBytes} bytes");
        if (unitType is 4 or 5) cursor.U64();
        if (unitType is 2 or 6)
        {
            cursor.U64();
            cursor.Offset(is64);
        }

        var unit = new DwarfUnit(start, version, is64, addressBytes, sections);
        var table = Abbreviations(abbreviationsAt);
        var open = new List<DebugEntry?>();
        while (!cursor.AtEnd)
        {
            var offset = (ulong)cursor.Position;
            var code = cursor.Uleb();
            if (code == 0)
            {
                if (open.Count > 0) open.RemoveAt(open.Count - 1);
                if (open.Count == 0) return;
                continue;
            }

            if (!table.TryGetValue(code, out var abbreviation)) throw new DwarfFormatException($"an entry has the unknown abbreviation {code}");
            var parent = open.Count > 0 ? open[^1] : null;
            var entry = new DebugEntry(abbreviation.Tag, unit, parent);
            attributeBudget -= abbreviation.Attributes.Count;
            if (attributeBudget < 0) throw new DwarfFormatException("entries have more attributes than any compiler gives them");
            if (open.Count == 0) ReadBases(new DwarfCursor(sections.Info, cursor.Position, cursor.End), abbreviation, unit);
            var (statements, directory) = ReadAttributes(cursor, abbreviation, entry);
            if (open.Count == 0)
            {
                unit.LowAddress = unit.Address(entry.LowPc) ?? 0;
                ReadLines(unit, statements, directory, lines, complaints);
            }

            Keep(entry, offset);
            // Blocks and unknown entries are transparent: what lies in them belongs to what they lie in.
            if (abbreviation.HasChildren) open.Add(entry.Tag == DwarfTag.LexicalBlock ? parent : entry);
            else if (open.Count == 0) return;
        }
    }

    private void ReadLines(DwarfUnit unit, DwarfValue statements, DwarfValue directory, LineTable lines, List<string> complaints)
    {
        if (!statements.IsPresent || statements.Number > int.MaxValue) return;
        try
        {
            if (programs.TryGetValue(statements.Number, out var known))
            {
                unit.Lines = known;
                return;
            }

            unit.Lines = programs[statements.Number] = LineProgram.Read(new DwarfCursor(sections.Lines, (long)statements.Number), sections, unit.Text(directory));
            lines.Add(unit.Lines);
        }
        catch (DwarfFormatException fault)
        {
            complaints.Add($".debug_line: {fault.Message}.");
        }
    }

    private void Keep(DebugEntry entry, ulong offset)
    {
        byOffset[offset] = entry;
        switch (entry.Tag)
        {
            case DwarfTag.Subprogram or DwarfTag.Inlined:
                AddCode(entry);
                if (entry.Tag == DwarfTag.Subprogram)
                {
                    if (entry.Code.Count > 0) Functions.Add(entry);
                }
                else
                {
                    entry.Parent?.Children.Add(entry);
                }

                break;
            case DwarfTag.Member or DwarfTag.Subrange:
                entry.Parent?.Children.Add(entry);
                break;
            case DwarfTag.Variable when entry.Location.Class == DwarfClass.Block && entry.Parent?.Tag is not (DwarfTag.Subprogram or DwarfTag.Inlined):
                Globals.Add(entry);
                break;
        }
    }

    private void AddCode(DebugEntry entry)
    {
        var unit = entry.Unit;
        if (entry.Ranges.IsPresent) DwarfRanges.Read(sections, unit, entry.Ranges, entry.Code);
        if (unit.Address(entry.LowPc) is not { } low || !entry.HighPc.IsPresent) return;
        // A high address of class constant is a length.
        var high = unit.Address(entry.HighPc) ?? low + entry.HighPc.Number;
        if (low < high) entry.Code.Add(new CodeRange(low, high));
    }

    /// <summary>DWARF 2 tells a member's offset as an expression: DW_OP_plus_uconst and a number.</summary>
    private DwarfValue MemberOffset(DwarfValue value)
    {
        if (value.Class != DwarfClass.Block || value.Number < 2) return value;
        var expression = new DwarfCursor(sections.Info, value.BlockStart, value.BlockStart + (long)value.Number);
        return expression.U8() == 0x23 ? new DwarfValue(DwarfClass.Number, expression.Uleb()) : value;
    }

    private (DwarfValue Statements, DwarfValue Directory) ReadAttributes(DwarfCursor cursor, Abbreviation abbreviation, DebugEntry entry)
    {
        DwarfValue statements = default, directory = default;
        foreach (var (attribute, form, implicitValue) in abbreviation.Attributes)
        {
            var value = DwarfForm.Read(cursor, form, entry.Unit, implicitValue);
            switch (attribute)
            {
                case 0x02: entry.Location = value; break;
                case 0x03: entry.Name = value; break;
                case 0x0b: entry.SizeBytes = value; break;
                case 0x10: statements = value; break;
                case 0x11: entry.LowPc = value; break;
                case 0x12: entry.HighPc = value; break;
                case 0x1b: directory = value; break;
                case 0x25: entry.Unit.IsCSharp = FunctionTable.Text(entry, value) == CSharpProducer; break;
                case 0x2f: entry.UpperBound = value; break;
                case 0x31 or 0x47: entry.Origin = value.Class == DwarfClass.Reference ? value.Number : null; break;
                case 0x37: entry.Count = value; break;
                case 0x38: entry.MemberOffset = MemberOffset(value); break;
                case 0x49: entry.Type = value.Class == DwarfClass.Reference ? value.Number : null; break;
                case 0x55: entry.Ranges = value; break;
                case 0x57: entry.CallColumn = (int)Math.Min(int.MaxValue, value.Number); break;
                case 0x58: entry.CallFile = (int)Math.Min(int.MaxValue, value.Number); break;
                case 0x59: entry.CallLine = (int)Math.Min(int.MaxValue, value.Number); break;
                case 0x6e or 0x2007: entry.LinkageName = value; break;
            }
        }

        return (statements, directory);
    }

    /// <summary>The bases stand among the attributes that need them, so they are looked for first.</summary>
    private static void ReadBases(DwarfCursor cursor, Abbreviation abbreviation, DwarfUnit unit)
    {
        foreach (var (attribute, form, implicitValue) in abbreviation.Attributes)
        {
            var value = DwarfForm.Read(cursor, form, unit, implicitValue);
            if (attribute == 0x72) unit.StringOffsetsBase = value.Number;
            if (attribute == 0x73) unit.AddressBase = value.Number;
            if (attribute == 0x74) unit.RangeListsBase = value.Number;
        }
    }

    private Dictionary<ulong, Abbreviation> Abbreviations(ulong offset)
    {
        if (abbreviations.TryGetValue(offset, out var known)) return known;
        if (offset > int.MaxValue) throw new DwarfFormatException("a table of abbreviations has an impossible offset");
        var table = new Dictionary<ulong, Abbreviation>();
        var cursor = new DwarfCursor(sections.Abbreviations, (long)offset);
        while (cursor.Uleb() is var code && code != 0)
        {
            var tag = cursor.Uleb();
            var hasChildren = cursor.U8() != 0;
            var attributes = new List<(ulong, ulong, long)>();
            while (true)
            {
                var (attribute, form) = (cursor.Uleb(), cursor.Uleb());
                var implicitValue = form == DwarfForm.ImplicitConstant ? cursor.Sleb() : 0;
                if (attribute == 0 && form == 0) break;
                attributes.Add((attribute, form, implicitValue));
            }

            table[code] = new Abbreviation(tag, hasChildren, attributes);
        }

        return abbreviations[offset] = table;
    }

    private sealed record Abbreviation(ulong Tag, bool HasChildren, List<(ulong Attribute, ulong Form, long ImplicitValue)> Attributes);
}
