using System.Buffers.Binary;
using System.Text;

namespace Verification.Machine.Devicetree;

/// <summary>Writes a blob: the three blocks are made first, then placed and named in the header.</summary>
internal sealed class BlobWriter : IDisposable
{
    private readonly DevicetreeBlobOptions options;
    private readonly Dictionary<string, int> stringOffsets = [];
    private readonly GrowingBytes structure = new();
    private readonly GrowingBytes strings = new();
    private ulong nopState;

    private BlobWriter(DevicetreeBlobOptions options)
    {
        this.options = options;
        nopState = options.NopSeed;
    }

    public static byte[] Write(DevicetreeDocument document, DevicetreeBlobOptions options)
    {
        if (options.Version is not (16 or 17))
            throw new ArgumentException($"A blob of version {options.Version} can't be written, only 16 and 17.", nameof(options));
        if (options.PaddingBytes < 0 || options.GapBytes < 0 || options.MaximumNops < 0)
            throw new ArgumentException("Padding, gaps and NOPs of a blob can't be negative.", nameof(options));

        using var writer = new BlobWriter(options);
        if (options.StringSharing == BlobStringSharing.Suffix) writer.LayOutShared(document.Root);
        writer.WriteTree(document.Root);
        return writer.Assemble(document);
    }

    public void Dispose()
    {
        structure.Dispose();
        strings.Dispose();
    }

    private void WriteTree(DevicetreeNode root)
    {
        // An explicit stack: depth is the caller's choice, and the host's stack is not ours to spend.
        var open = new Stack<(DevicetreeNode Node, int NextChild)>();
        BeginNode(root);
        open.Push((root, 0));
        while (open.TryPop(out var top))
        {
            if (top.NextChild == top.Node.ChildList.Count)
            {
                Token(BlobFormat.EndNode);
                continue;
            }

            open.Push((top.Node, top.NextChild + 1));
            var child = top.Node.ChildList[top.NextChild];
            if (open.Count >= DevicetreeDocument.MaximumDepth)
                throw new ArgumentException($"The devicetree is deeper than {DevicetreeDocument.MaximumDepth} levels.");
            BeginNode(child);
            open.Push((child, 0));
        }

        structure.Add(BlobFormat.End);
    }

    private void BeginNode(DevicetreeNode node)
    {
        Token(BlobFormat.BeginNode);
        structure.AddName(node.Name);
        structure.Align(BlobFormat.TokenAlignment);
        foreach (var property in node.PropertyList)
        {
            Token(BlobFormat.Property);
            structure.Add((uint)property.SizeBytes);
            structure.Add((uint)StringOffset(property.Name));
            structure.Add(property.Value);
            structure.Align(BlobFormat.TokenAlignment);
        }
    }

    private void Token(uint token)
    {
        // Not before the root nor behind it: the specification would allow it, but dtc and libfdt look for the root at the
        // very start, and dtc for the end token right behind it.
        if (options.MaximumNops > 0 && structure.Count > 0)
        {
            for (var count = NextNops(); count > 0; count--) structure.Add(BlobFormat.Nop);
        }

        structure.Add(token);
    }

    private int NextNops()
    {
        // SplitMix64: a step of a counter through a mixing function, so that neighbouring seeds differ everywhere.
        nopState += 0x9e3779b97f4a7c15;
        var mixed = (nopState ^ (nopState >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return (int)((mixed >> 33) % ((ulong)options.MaximumNops + 1));
    }

    private int StringOffset(string name)
    {
        if (options.StringSharing != BlobStringSharing.None && stringOffsets.TryGetValue(name, out var known)) return known;
        var offset = strings.Count;
        strings.AddName(name);
        stringOffsets[name] = offset;
        return offset;
    }

    /// <summary>Places names so that one which ends an earlier one lies in its tail, in the order of first use.</summary>
    private void LayOutShared(DevicetreeNode root)
    {
        foreach (var node in root.Descend())
        {
            foreach (var property in node.PropertyList)
            {
                if (stringOffsets.ContainsKey(property.Name)) continue;
                var name = Encoding.Latin1.GetBytes(property.Name + "\0");
                var found = strings.Written.IndexOf(name);
                if (found >= 0) stringOffsets[property.Name] = found;
                else StringOffset(property.Name);
            }
        }
    }

    private byte[] Assemble(DevicetreeDocument document)
    {
        using var reservations = new GrowingBytes();
        foreach (var reservation in document.Reservations)
        {
            if (reservation is { Address: 0, SizeBytes: 0 })
                throw new ArgumentException("A memory reservation of address 0 and size 0 would end the reservation block.");
            reservations.Add(reservation.Address);
            reservations.Add(reservation.SizeBytes);
        }

        reservations.Add(0ul);
        reservations.Add(0ul);

        using var blob = new GrowingBytes();
        blob.AddZeros(options.Version >= 17 ? BlobFormat.HeaderBytes : BlobFormat.HeaderBytesBefore17);
        int reservationsAt = 0, structureAt = 0, stringsAt = 0;
        foreach (var block in Order(options.Order))
        {
            blob.AddZeros(options.GapBytes);
            if (block == 'r') reservationsAt = blob.Append(reservations, BlobFormat.ReservationAlignment);
            if (block == 't') structureAt = blob.Append(structure, BlobFormat.TokenAlignment);
            if (block == 's') stringsAt = blob.Append(strings, 1);
        }

        blob.AddZeros(options.PaddingBytes);
        var bytes = blob.Written.ToArray();
        Field(0, BlobFormat.Magic);
        Field(1, (uint)bytes.Length);
        Field(2, (uint)structureAt);
        Field(3, (uint)stringsAt);
        Field(4, (uint)reservationsAt);
        Field(5, (uint)options.Version);
        Field(6, BlobFormat.CompatibleVersion);
        Field(7, document.BootCpuId);
        Field(8, (uint)strings.Count);
        if (options.Version >= 17) Field(9, (uint)structure.Count);
        return bytes;

        void Field(int index, uint value) => BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * index), value);
    }

    // r: reservations, t: the structure (tree), s: strings.
    private static string Order(BlobBlockOrder order) => order switch
    {
        BlobBlockOrder.ReservationsStructureStrings => "rts",
        BlobBlockOrder.ReservationsStringsStructure => "rst",
        BlobBlockOrder.StructureReservationsStrings => "trs",
        BlobBlockOrder.StructureStringsReservations => "tsr",
        BlobBlockOrder.StringsReservationsStructure => "srt",
        BlobBlockOrder.StringsStructureReservations => "str",
        _ => throw new ArgumentException($"{order} is no order of blocks.", nameof(order)),
    };
}
