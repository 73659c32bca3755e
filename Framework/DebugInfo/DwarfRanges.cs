namespace Verification.Framework.DebugInfo;

/// <summary>A range of code addresses; the end is outside.</summary>
internal readonly record struct CodeRange(ulong Low, ulong High)
{
    public bool Contains(ulong address) => address >= Low && address < High;
}

/// <summary>Reads the lists of ranges of entries whose code is not contiguous (DWARF 5, section 2.17.3; DWARF 4, section
/// 2.17.3).</summary>
internal static class DwarfRanges
{
    public static void Read(DwarfSections sections, DwarfUnit unit, DwarfValue value, List<CodeRange> ranges)
    {
        if (unit.Version < 5)
        {
            ReadOld(sections, unit, value, ranges);
            return;
        }

        var offset = value.Number;
        if (value.Class == DwarfClass.RangeListIndex)
        {
            var width = unit.Is64 ? 8ul : 4;
            if (value.Number > int.MaxValue || unit.RangeListsBase > int.MaxValue) throw new DwarfFormatException("a list of ranges has an impossible index");
            offset = unit.RangeListsBase + new DwarfCursor(sections.RangeLists, (long)(unit.RangeListsBase + (value.Number * width))).Offset(unit.Is64);
        }

        ReadNew(new DwarfCursor(sections.RangeLists, Small(offset)), unit, ranges);
    }

    private static void ReadNew(DwarfCursor cursor, DwarfUnit unit, List<CodeRange> ranges)
    {
        var start = unit.LowAddress;
        while (true)
        {
            switch (cursor.U8())
            {
                case 0: return;
                case 1: start = unit.IndexedAddress(cursor.Uleb()); break;
                case 2: ranges.Add(new CodeRange(unit.IndexedAddress(cursor.Uleb()), unit.IndexedAddress(cursor.Uleb()))); break;
                case 3: Sized(unit.IndexedAddress(cursor.Uleb()), cursor.Uleb()); break;
                case 4: ranges.Add(new CodeRange(start + cursor.Uleb(), start + cursor.Uleb())); break;
                case 5: start = cursor.Unsigned(unit.AddressBytes); break;
                case 6: ranges.Add(new CodeRange(cursor.Unsigned(unit.AddressBytes), cursor.Unsigned(unit.AddressBytes))); break;
                case 7: Sized(cursor.Unsigned(unit.AddressBytes), cursor.Uleb()); break;
                case var kind: throw new DwarfFormatException($"a list of ranges has an entry of the unknown kind {kind}");
            }
        }

        void Sized(ulong low, ulong length) => ranges.Add(new CodeRange(low, low + length));
    }

    private static void ReadOld(DwarfSections sections, DwarfUnit unit, DwarfValue value, List<CodeRange> ranges)
    {
        var cursor = new DwarfCursor(sections.Ranges, Small(value.Number));
        var start = unit.LowAddress;
        var highest = unit.AddressBytes == 4 ? uint.MaxValue : ulong.MaxValue;
        while (true)
        {
            var low = cursor.Unsigned(unit.AddressBytes);
            var high = cursor.Unsigned(unit.AddressBytes);
            if (low == 0 && high == 0) return;
            if (low == highest) start = high;
            else ranges.Add(new CodeRange(start + low, start + high));
        }
    }

    private static long Small(ulong offset) => offset < int.MaxValue ? (long)offset : throw new DwarfFormatException("a list of ranges has an impossible offset");
}
