namespace Verification.Framework.DebugInfo;

/// <summary>Tags of the entries that are kept (DWARF 5, section 7.5.3).</summary>
internal static class DwarfTag
{
    public const ulong Array = 0x01, Class = 0x02, Enumeration = 0x04, LexicalBlock = 0x0b, Member = 0x0d, Pointer = 0x0f,
        CompileUnit = 0x11, Structure = 0x13, Typedef = 0x16, Union = 0x17, Inlined = 0x1d, Subrange = 0x21, BaseType = 0x24,
        Constant = 0x26, Subprogram = 0x2e, Variable = 0x34, Volatile = 0x35, Restrict = 0x37, Namespace = 0x39, Atomic = 0x47;
}

/// <summary>A debugging information entry, reduced to what functions, calls and layouts need.</summary>
internal sealed class DebugEntry(ulong tag, DwarfUnit unit, DebugEntry? parent)
{
    public ulong Tag { get; } = tag;

    public DwarfUnit Unit { get; } = unit;

    public DebugEntry? Parent { get; } = parent;

    public DwarfValue Name { get; set; }

    public DwarfValue LinkageName { get; set; }

    public DwarfValue LowPc { get; set; }

    public DwarfValue HighPc { get; set; }

    public DwarfValue Ranges { get; set; }

    public DwarfValue Location { get; set; }

    public DwarfValue MemberOffset { get; set; }

    public DwarfValue SizeBytes { get; set; }

    public DwarfValue Count { get; set; }

    public DwarfValue UpperBound { get; set; }

    public ulong? Origin { get; set; }

    public ulong? Type { get; set; }

    public int CallFile { get; set; }

    public int CallLine { get; set; }

    public int CallColumn { get; set; }

    /// <summary>Members of a structure, subranges of an array, inlined calls of a function; empty for others.</summary>
    public List<DebugEntry> Children { get; } = [];

    /// <summary>Code of a function or an inlined call.</summary>
    public List<CodeRange> Code { get; } = [];
}
