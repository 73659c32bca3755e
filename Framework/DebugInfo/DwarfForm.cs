namespace Verification.Framework.DebugInfo;

/// <summary>What kind of value an attribute has, once its form is read.</summary>
internal enum DwarfClass
{
    None,
    Number,
    Address,
    AddressIndex,
    StringInPlace,
    StringOffset,
    LineStringOffset,
    StringIndex,
    Reference,
    Block,
    SectionOffset,
    RangeListIndex,
}

/// <summary>An attribute's value: a number, an offset, or the place of bytes in .debug_info.</summary>
internal readonly record struct DwarfValue(DwarfClass Class, ulong Number, long BlockStart = 0)
{
    public bool IsPresent => Class != DwarfClass.None;
}

/// <summary>Reads values by their form (DWARF 5, section 7.5.6).</summary>
internal static class DwarfForm
{
    public const ulong ImplicitConstant = 0x21;
    private const ulong Indirect = 0x16;

    public static DwarfValue Read(DwarfCursor cursor, ulong form, DwarfUnit unit, long implicitValue)
    {
        // A chain of indirections is paid for by its own bytes.
        while (form == Indirect) form = cursor.Uleb();
        return form switch
        {
            0x01 => new(DwarfClass.Address, cursor.Unsigned(unit.AddressBytes)),
            0x03 => Block(cursor, cursor.U16()),
            0x04 => Block(cursor, cursor.U32()),
            0x05 => new(DwarfClass.Number, cursor.U16()),
            0x06 => new(unit.Version < 4 ? DwarfClass.SectionOffset : DwarfClass.Number, cursor.U32()),
            0x07 => new(DwarfClass.Number, cursor.U64()),
            0x08 => InPlace(cursor),
            0x09 => Block(cursor, cursor.Uleb()),
            0x0a => Block(cursor, cursor.U8()),
            0x0b => new(DwarfClass.Number, cursor.U8()),
            0x0c => new(DwarfClass.Number, cursor.U8()),
            0x0d => new(DwarfClass.Number, (ulong)cursor.Sleb()),
            0x0e => new(DwarfClass.StringOffset, cursor.Offset(unit.Is64)),
            0x0f => new(DwarfClass.Number, cursor.Uleb()),
            0x10 => new(DwarfClass.Reference, unit.Version < 3 ? cursor.Unsigned(unit.AddressBytes) : cursor.Offset(unit.Is64)),
            0x11 => new(DwarfClass.Reference, (ulong)unit.Start + cursor.U8()),
            0x12 => new(DwarfClass.Reference, (ulong)unit.Start + cursor.U16()),
            0x13 => new(DwarfClass.Reference, (ulong)unit.Start + cursor.U32()),
            0x14 => new(DwarfClass.Reference, (ulong)unit.Start + cursor.U64()),
            0x15 => new(DwarfClass.Reference, (ulong)unit.Start + cursor.Uleb()),
            0x17 => new(DwarfClass.SectionOffset, cursor.Offset(unit.Is64)),
            0x18 => Block(cursor, cursor.Uleb()),
            0x19 => new(DwarfClass.Number, 1),
            0x1a => new(DwarfClass.StringIndex, cursor.Uleb()),
            0x1b => new(DwarfClass.AddressIndex, cursor.Uleb()),
            0x1c => Foreign(cursor, 4),
            0x1d or 0x1f20 or 0x1f21 => Foreign(cursor, unit.Is64 ? 8ul : 4),
            0x1e => Foreign(cursor, 16),
            0x1f => new(DwarfClass.LineStringOffset, cursor.Offset(unit.Is64)),
            0x20 or 0x24 => Foreign(cursor, 8),
            ImplicitConstant => new(DwarfClass.Number, (ulong)implicitValue),
            0x22 => new(DwarfClass.Number, cursor.Uleb()),
            0x23 => new(DwarfClass.RangeListIndex, cursor.Uleb()),
            >= 0x25 and <= 0x28 => new(DwarfClass.StringIndex, cursor.Unsigned((int)form - 0x24)),
            >= 0x29 and <= 0x2c => new(DwarfClass.AddressIndex, cursor.Unsigned((int)form - 0x28)),
            _ => throw new DwarfFormatException($"an attribute has the unknown form 0x{form:x}"),
        };
    }

    private static DwarfValue Block(DwarfCursor cursor, ulong length)
    {
        var start = cursor.Position;
        cursor.Skip(length);
        return new DwarfValue(DwarfClass.Block, length, start);
    }

    private static DwarfValue InPlace(DwarfCursor cursor)
    {
        var start = cursor.Position;
        cursor.SkipText();
        return new DwarfValue(DwarfClass.StringInPlace, (ulong)start);
    }

    // Type signatures and supplementary files: passed over.
    private static DwarfValue Foreign(DwarfCursor cursor, ulong sizeBytes)
    {
        cursor.Skip(sizeBytes);
        return default;
    }
}
