namespace Verification.Kernel;

/// <summary>
/// The devicetree reader of the story: it first remembers every node in a <see cref="NodeCache"/> and then looks for
/// harts and memory among them. Nothing is wrong with it but where it keeps the cache: by value, in its frame.
/// Nodes behind the cache's last entry are not seen. Reservations it reads as <see cref="DevicetreeReader"/> does, and
/// of /reserved-memory the children's reg.
/// </summary>
public static class NodeCacheReader
{
    private const uint DefaultCells = 2 << 16 | 1 << 24;

    /// <summary>Adds what the tree says to the survey. On an error the survey holds what came before it.</summary>
    public static DevicetreeError Survey(ReadOnlySpan<byte> blob, ref BoardSurvey survey)
    {
        DevicetreeError error = DevicetreeHeader.Read(blob, out DevicetreeHeader header);
        if (error != DevicetreeError.None) return error;
        blob = blob.Slice(0, header.TotalSizeBytes);
        error = DevicetreeReader.AddReservations(blob.Slice(header.ReservationsOffset), ref survey);
        if (error != DevicetreeError.None) return error;

        NodeCache nodes = default;
        for (int index = 0; index < NodeCache.Capacity; index++) nodes[index] = NodeEntry.Unused;
        error = Fill(ref nodes, blob, header, out int count);
        if (error != DevicetreeError.None) return error;

        for (int index = 1; index < count; index++) Judge(ref nodes, index, blob, ref survey);
        return DevicetreeError.None;
    }

    private static DevicetreeError Fill(ref NodeCache nodes, ReadOnlySpan<byte> blob, DevicetreeHeader header, out int count)
    {
        DevicetreeCursor cursor = new(blob, header);
        count = 0;
        int current = -1;
        int unseenDepth = 0;
        while (true)
        {
            switch (cursor.Read())
            {
                case DevicetreeToken.BeginNode when count == NodeCache.Capacity || unseenDepth > 0:
                    unseenDepth++;
                    break;
                case DevicetreeToken.BeginNode:
                    nodes[count].Offset = (uint)(header.StructureOffset + cursor.Offset);
                    nodes[count].Parent = (uint)current;
                    nodes[count].StatusLengthAndCells = DefaultCells;
                    current = count++;
                    break;
                case DevicetreeToken.EndNode when unseenDepth > 0:
                    unseenDepth--;
                    break;
                case DevicetreeToken.EndNode:
                    current = (int)nodes[current].Parent;
                    break;
                case DevicetreeToken.Property:
                    if (unseenDepth == 0) Remember(ref nodes[current], header.StructureOffset, ref cursor);
                    break;
                case DevicetreeToken.End:
                    return count == 0 ? DevicetreeError.BadStructure : DevicetreeError.None;
                default:
                    return cursor.Error;
            }
        }
    }

    private static void Remember(ref NodeEntry node, int structureOffset, ref DevicetreeCursor cursor)
    {
        // The value follows the token, its length and the name's offset.
        uint offset = (uint)(structureOffset + cursor.Offset + 3 * sizeof(uint));
        uint length = (uint)cursor.Value.Length;
        if (Words.AreEqual(cursor.Name, "reg"u8))
        {
            node.RegistersOffset = offset;
            node.RegistersLength = length;
        }
        else if (Words.AreEqual(cursor.Name, "device_type"u8))
        {
            node.DeviceTypeOffset = offset;
            node.DeviceTypeLength = length;
        }
        else if (Words.AreEqual(cursor.Name, "status"u8))
        {
            node.StatusOffset = offset;
            node.StatusLengthAndCells = node.StatusLengthAndCells & 0xFFFF0000 | length & 0xFFFF;
        }
        else if (Words.AreEqual(cursor.Name, "#address-cells"u8))
        {
            node.StatusLengthAndCells = node.StatusLengthAndCells & 0xFF00FFFF | (Words.Cell(cursor.Value, 2) & 0xFF) << 16;
        }
        else if (Words.AreEqual(cursor.Name, "#size-cells"u8))
        {
            node.StatusLengthAndCells = node.StatusLengthAndCells & 0x00FFFFFF | (Words.Cell(cursor.Value, 1) & 0xFF) << 24;
        }
    }

    /// <summary>Adds a cached node to the survey if it is a hart, memory or a reserved range.</summary>
    private static void Judge(ref NodeCache nodes, int index, ReadOnlySpan<byte> blob, ref BoardSurvey survey)
    {
        NodeEntry node = nodes[index];
        if (node.RegistersOffset == NodeEntry.None || !IsEnabled(node, blob)) return;

        NodeEntry parent = nodes[(int)node.Parent];
        uint addressCells = parent.StatusLengthAndCells >> 16 & 0xFF;
        uint sizeCells = parent.StatusLengthAndCells >> 24;
        bool isBelowRoot = node.Parent == 0;
        bool isBelowChildOfRoot = !isBelowRoot && parent.Parent == 0;
        ReadOnlySpan<byte> registers = blob.Slice((int)node.RegistersOffset, (int)node.RegistersLength);
        ReadOnlySpan<byte> parentName = NameOf(parent, blob);

        if (isBelowChildOfRoot && Words.IsNode(parentName, "cpus"u8) && IsKind(node, blob, "cpu"u8))
        {
            if (Words.TryTakeCells(ref registers, addressCells, out ulong id)) survey.AddHart(id);
            return;
        }

        bool isReserved = isBelowChildOfRoot && Words.IsNode(parentName, "reserved-memory"u8);
        if (!isReserved && !(isBelowRoot && IsKind(node, blob, "memory"u8))) return;
        while (registers.Length > 0 && addressCells + sizeCells > 0)
        {
            if (!Words.TryTakeCells(ref registers, addressCells, out ulong start)) return;
            if (!Words.TryTakeCells(ref registers, sizeCells, out ulong size)) return;
            if (isReserved) survey.AddReserved(MemoryRange.FromSize(start, size));
            else survey.AddMemory(MemoryRange.FromSize(start, size));
        }
    }

    private static ReadOnlySpan<byte> NameOf(NodeEntry node, ReadOnlySpan<byte> blob)
    {
        ReadOnlySpan<byte> name = blob.Slice((int)node.Offset + sizeof(uint));
        return name.Slice(0, Words.LengthOf(name));
    }

    private static bool IsEnabled(NodeEntry node, ReadOnlySpan<byte> blob)
    {
        if (node.StatusOffset == NodeEntry.None) return true;
        ReadOnlySpan<byte> status = blob.Slice((int)node.StatusOffset, (int)(node.StatusLengthAndCells & 0xFFFF));
        return Words.IsString(status, "okay"u8) || Words.IsString(status, "ok"u8);
    }

    private static bool IsKind(NodeEntry node, ReadOnlySpan<byte> blob, ReadOnlySpan<byte> kind)
    {
        if (node.DeviceTypeOffset == NodeEntry.None) return Words.IsNode(NameOf(node, blob), kind);
        return Words.IsString(blob.Slice((int)node.DeviceTypeOffset, (int)node.DeviceTypeLength), kind);
    }
}
