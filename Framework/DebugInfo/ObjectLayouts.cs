using System.Globalization;
using System.Text;

namespace Verification.Framework.DebugInfo;

/// <summary>The members of global objects: which field lies at an address.</summary>
internal sealed class ObjectLayouts
{
    private const int DeepestNesting = 32;
    private const byte AddressOperation = 0x03;
    private const byte IndexedAddressOperation = 0xa1;

    private readonly DebugEntries entries;
    private readonly SortedList<ulong, DebugEntry> globals = [];

    public ObjectLayouts(DebugEntries entries, DwarfSections sections)
    {
        this.entries = entries;
        foreach (var global in entries.Globals)
        {
            if (Address(global, sections) is { } address && address != 0) globals.TryAdd(address, global);
        }
    }

    /// <summary>A field within an object, as <c>.lock.locked</c> or <c>.counts[2]</c>, and the bytes into the field.</summary>
    /// <param name="objectAddress">Where the object begins.</param>
    /// <param name="offset">Distance of the place from there.</param>
    public (string Path, ulong Remainder)? Field(ulong objectAddress, ulong offset)
    {
        if (!globals.TryGetValue(objectAddress, out var global)) return null;
        var type = Resolve(global);
        if (type is null || offset >= Math.Max(1, Size(type, 0))) return null;
        var path = new StringBuilder();
        for (var depth = 0; depth < DeepestNesting && type is not null; depth++)
        {
            if (type.Tag == DwarfTag.Array)
            {
                var element = Resolve(type);
                if (element is null || Size(element, 0) is not (> 0 and var size)) break;
                path.Append(CultureInfo.InvariantCulture, $"[{offset / size}]");
                offset %= size;
                type = element;
            }
            else if (Member(type, offset) is { } member)
            {
                if (FunctionTable.Text(member, member.Name) is { Length: > 0 } name) path.Append('.').Append(name);
                offset -= member.MemberOffset.Number;
                type = Resolve(member);
            }
            else
            {
                break;
            }
        }

        return (path.ToString(), offset);
    }

    private DebugEntry? Member(DebugEntry type, ulong offset)
    {
        if (type.Tag is not (DwarfTag.Structure or DwarfTag.Class or DwarfTag.Union)) return null;
        foreach (var member in type.Children)
        {
            if (member.Tag != DwarfTag.Member || member.MemberOffset.Class is not (DwarfClass.Number or DwarfClass.None)) continue;
            var start = member.MemberOffset.Number;
            if (offset >= start && Resolve(member) is { } own && offset - start < Size(own, 0)) return member;
        }

        return null;
    }

    /// <summary>The type of an entry, without its qualifiers and aliases.</summary>
    private DebugEntry? Resolve(DebugEntry entry)
    {
        var type = entries.At(entry.Type) ?? entries.At(entries.At(entry.Origin)?.Type);
        for (var steps = 0; steps < DeepestNesting && type?.Tag is DwarfTag.Typedef or DwarfTag.Constant or DwarfTag.Volatile or DwarfTag.Restrict or DwarfTag.Atomic; steps++)
            type = entries.At(type.Type);
        return type;
    }

    private ulong Size(DebugEntry type, int depth)
    {
        if (type.SizeBytes.Class == DwarfClass.Number) return type.SizeBytes.Number;
        if (type.Tag == DwarfTag.Pointer) return 8;
        if (type.Tag != DwarfTag.Array || depth > DeepestNesting || Resolve(type) is not { } element) return 0;
        var size = Size(element, depth + 1);
        foreach (var range in type.Children)
        {
            if (range.Tag != DwarfTag.Subrange) continue;
            var count = range.Count.Class == DwarfClass.Number ? range.Count.Number : range.UpperBound.Class == DwarfClass.Number ? range.UpperBound.Number + 1 : 0;
            size = unchecked(size * count);
        }

        return size;
    }

    private static ulong? Address(DebugEntry global, DwarfSections sections)
    {
        try
        {
            var cursor = new DwarfCursor(sections.Info, global.Location.BlockStart, global.Location.BlockStart + (long)global.Location.Number);
            ulong? address = cursor.U8() switch
            {
                AddressOperation => cursor.Unsigned(global.Unit.AddressBytes),
                IndexedAddressOperation => global.Unit.IndexedAddress(cursor.Uleb()),
                _ => null,
            };
            // Whatever follows makes it something else than a plain address.
            return cursor.AtEnd ? address : null;
        }
        catch (DwarfFormatException)
        {
            return null;
        }
    }
}
