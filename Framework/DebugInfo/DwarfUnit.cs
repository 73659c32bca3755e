namespace Verification.Framework.DebugInfo;

/// <summary>A compilation unit: how its values are read, and the bases of its indexed ones (DWARF 5, section 7.5.1).</summary>
internal sealed class DwarfUnit(long start, int version, bool is64, int addressBytes, DwarfSections sections)
{
    // The headers of the tables that indices count in: length, version, and what else stands before the first entry.
    private const ulong TableHeader = 8;

    /// <summary>Where the unit's header begins in .debug_info.</summary>
    public long Start { get; } = start;

    public int Version { get; } = version;

    public bool Is64 { get; } = is64;

    public int AddressBytes { get; } = addressBytes;

    public ulong StringOffsetsBase { get; set; } = TableHeader;

    public ulong AddressBase { get; set; } = TableHeader;

    public ulong RangeListsBase { get; set; } = 12;

    public ulong LowAddress { get; set; }

    /// <summary>Whether the C# toolchain made it, which describes C# in C++'s words.</summary>
    public bool IsCSharp { get; set; }

    /// <summary>The source files that entries name by number; null without a line table.</summary>
    public LineProgram? Lines { get; set; }

    public string? Text(DwarfValue value)
    {
        switch (value.Class)
        {
            case DwarfClass.StringInPlace: return At(sections.Info, value.Number);
            case DwarfClass.StringOffset: return At(sections.Strings, value.Number);
            case DwarfClass.LineStringOffset: return At(sections.LineStrings, value.Number);
            case DwarfClass.StringIndex:
                var width = Is64 ? 8ul : 4;
                var entry = new DwarfCursor(sections.StringOffsets, Checked(StringOffsetsBase, value.Number, width));
                return At(sections.Strings, entry.Offset(Is64));
            default: return null;
        }

        static string At(byte[] section, ulong offset) => new DwarfCursor(section, Checked(offset, 0, 1)).Text();
    }

    public ulong? Address(DwarfValue value) => value.Class switch
    {
        DwarfClass.Address => value.Number,
        DwarfClass.AddressIndex => IndexedAddress(value.Number),
        _ => null,
    };

    public ulong IndexedAddress(ulong index) =>
        new DwarfCursor(sections.Addresses, Checked(AddressBase, index, (ulong)AddressBytes)).Unsigned(AddressBytes);

    private static long Checked(ulong start, ulong index, ulong width) =>
        index < int.MaxValue && start < int.MaxValue && start + (index * width) < int.MaxValue
            ? (long)(start + (index * width))
            : throw new DwarfFormatException($"an index {index} lies outside its table");
}
