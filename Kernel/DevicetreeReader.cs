namespace Verification.Kernel;

/// <summary>
/// Surveys a board from its flattened devicetree: usable harts, memory banks, reserved ranges. One pass with a
/// <see cref="DevicetreeCursor"/>; per open node of interest it remembers a handful of words, per other node nothing.
/// <para>
/// Read are: /cpus/cpu (reg, status), /memory (reg, status), the children of /reserved-memory (reg, status),
/// linux,initrd-start and -end of /chosen, and the header's reservation block. Not read: cpu-map, memory that only
/// NUMA nodes describe, reserved ranges of dynamic place (a size without reg).
/// </para>
/// </summary>
public static class DevicetreeReader
{
    /// <summary>Adds what the tree says to the survey. On an error the survey holds what came before it.</summary>
    public static DevicetreeError Survey(ReadOnlySpan<byte> blob, ref BoardSurvey survey)
    {
        DevicetreeError error = DevicetreeHeader.Read(blob, out DevicetreeHeader header);
        if (error != DevicetreeError.None) return error;
        blob = blob.Slice(0, header.TotalSizeBytes);

        error = AddReservations(blob.Slice(header.ReservationsOffset), ref survey);
        if (error != DevicetreeError.None) return error;

        DevicetreeCursor cursor = new(blob, header);
        if (cursor.Read() != DevicetreeToken.BeginNode)
            return cursor.Error == DevicetreeError.None ? DevicetreeError.BadStructure : cursor.Error;
        return ReadRoot(ref cursor, ref survey);
    }

    /// <summary>The memory reservation block (section 5.3): pairs of address and size, ended by a pair of zeros.</summary>
    internal static DevicetreeError AddReservations(ReadOnlySpan<byte> block, ref BoardSurvey survey)
    {
        while (true)
        {
            if (!Words.TryTakeCells(ref block, 2, out ulong start)) return DevicetreeError.Truncated;
            if (!Words.TryTakeCells(ref block, 2, out ulong size)) return DevicetreeError.Truncated;
            if (start == 0 && size == 0) return DevicetreeError.None;
            survey.AddReserved(MemoryRange.FromSize(start, size));
        }
    }

    private static DevicetreeError ReadRoot(ref DevicetreeCursor cursor, ref BoardSurvey survey)
    {
        Cells cells = Cells.Default;
        while (true)
        {
            switch (cursor.Read())
            {
                case DevicetreeToken.Property:
                    cells.Read(cursor.Name, cursor.Value);
                    break;
                case DevicetreeToken.BeginNode:
                    if (!ReadChildOfRoot(ref cursor, cells, ref survey)) return cursor.Error;
                    break;
                case DevicetreeToken.EndNode:
                    return cursor.Read() == DevicetreeToken.End ? DevicetreeError.None
                        : cursor.Error == DevicetreeError.None ? DevicetreeError.BadStructure : cursor.Error;
                default:
                    return cursor.Error;
            }
        }
    }

    private static bool ReadChildOfRoot(ref DevicetreeCursor cursor, Cells cells, ref BoardSurvey survey)
    {
        if (Words.IsNode(cursor.Name, "cpus"u8)) return ReadParent(ref cursor, ParentKind.Cpus, ref survey);
        if (Words.IsNode(cursor.Name, "reserved-memory"u8)) return ReadParent(ref cursor, ParentKind.ReservedMemory, ref survey);
        if (Words.IsNode(cursor.Name, "chosen"u8)) return ReadChosen(ref cursor, ref survey);

        NodeFacts node = new(cursor.Name);
        if (!ReadNode(ref cursor, ref node)) return false;
        if (node.IsMemory && node.IsEnabled) AddRanges(node.Registers, cells, isReserved: false, ref survey);
        return true;
    }

    private static bool ReadParent(ref DevicetreeCursor cursor, ParentKind kind, ref BoardSurvey survey)
    {
        Cells cells = Cells.Default;
        while (true)
        {
            switch (cursor.Read())
            {
                case DevicetreeToken.Property:
                    cells.Read(cursor.Name, cursor.Value);
                    break;
                case DevicetreeToken.EndNode:
                    return true;
                case DevicetreeToken.BeginNode:
                    NodeFacts node = new(cursor.Name);
                    if (!ReadNode(ref cursor, ref node)) return false;
                    if (!node.IsEnabled) break;
                    if (kind == ParentKind.ReservedMemory) AddRanges(node.Registers, cells, isReserved: true, ref survey);
                    else if (node.IsCpu) AddHart(node.Registers, cells, ref survey);
                    break;
                default:
                    return false;
            }
        }
    }

    private static bool ReadChosen(ref DevicetreeCursor cursor, ref BoardSurvey survey)
    {
        ulong start = 0;
        ulong end = 0;
        int depth = cursor.Depth;
        while (true)
        {
            switch (cursor.Read())
            {
                case DevicetreeToken.Property when cursor.Depth == depth:
                    if (Words.AreEqual(cursor.Name, "linux,initrd-start"u8)) start = Address(cursor.Value);
                    else if (Words.AreEqual(cursor.Name, "linux,initrd-end"u8)) end = Address(cursor.Value);
                    break;
                case DevicetreeToken.EndNode when cursor.Depth < depth:
                    MemoryRange initialRamdisk;
                    initialRamdisk.Start = start;
                    initialRamdisk.End = end;
                    survey.AddReserved(initialRamdisk);
                    return true;
                case DevicetreeToken.Invalid or DevicetreeToken.End:
                    return false;
            }
        }
    }

    /// <summary>Reads the node that has begun to its end, and passes over whatever lies below it.</summary>
    private static bool ReadNode(ref DevicetreeCursor cursor, ref NodeFacts node)
    {
        int depth = cursor.Depth;
        while (true)
        {
            switch (cursor.Read())
            {
                case DevicetreeToken.Property when cursor.Depth == depth:
                    node.Read(cursor.Name, cursor.Value);
                    break;
                case DevicetreeToken.EndNode when cursor.Depth < depth:
                    return true;
                case DevicetreeToken.Invalid or DevicetreeToken.End:
                    return false;
            }
        }
    }

    private static void AddHart(ReadOnlySpan<byte> registers, Cells cells, ref BoardSurvey survey)
    {
        if (Words.TryTakeCells(ref registers, cells.Address, out ulong id)) survey.AddHart(id);
    }

    private static void AddRanges(ReadOnlySpan<byte> registers, Cells cells, bool isReserved, ref BoardSurvey survey)
    {
        while (registers.Length > 0)
        {
            if (!Words.TryTakeCells(ref registers, cells.Address, out ulong start)) return;
            if (!Words.TryTakeCells(ref registers, cells.Size, out ulong size)) return;
            if (cells.Address + cells.Size == 0) return;
            MemoryRange range = MemoryRange.FromSize(start, size);
            if (isReserved) survey.AddReserved(range);
            else survey.AddMemory(range);
        }
    }

    private static ulong Address(ReadOnlySpan<byte> value) =>
        Words.TryTakeCells(ref value, (uint)value.Length / sizeof(uint), out ulong address) ? address : 0;

    private enum ParentKind
    {
        Cpus,
        ReservedMemory,
    }

    /// <summary>How many cells a node's children have for an address and for a size (section 2.3.5).</summary>
    private struct Cells
    {
        public uint Address;
        public uint Size;

        public static Cells Default
        {
            get
            {
                Cells cells;
                cells.Address = 2;
                cells.Size = 1;
                return cells;
            }
        }

        public void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            if (Words.AreEqual(name, "#address-cells"u8)) Address = Words.Cell(value, Address);
            else if (Words.AreEqual(name, "#size-cells"u8)) Size = Words.Cell(value, Size);
        }
    }

    /// <summary>A node's properties of interest. They may come in any order, so they are judged at the node's end.</summary>
    private ref struct NodeFacts
    {
        private readonly ReadOnlySpan<byte> _name;
        private ReadOnlySpan<byte> _deviceType;

        public NodeFacts(ReadOnlySpan<byte> name)
        {
            _name = name;
            _deviceType = default;
            Registers = default;
            IsEnabled = true;
        }

        public ReadOnlySpan<byte> Registers { get; private set; }

        public bool IsEnabled { get; private set; }

        public readonly bool IsCpu => _deviceType.Length > 0 ? Words.IsString(_deviceType, "cpu"u8) : Words.IsNode(_name, "cpu"u8);

        public readonly bool IsMemory =>
            _deviceType.Length > 0 ? Words.IsString(_deviceType, "memory"u8) : Words.IsNode(_name, "memory"u8);

        public void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            if (Words.AreEqual(name, "reg"u8)) Registers = value;
            else if (Words.AreEqual(name, "device_type"u8)) _deviceType = value;
            else if (Words.AreEqual(name, "status"u8)) IsEnabled = Words.IsString(value, "okay"u8) || Words.IsString(value, "ok"u8);
        }
    }
}
