namespace Verification.Kernel;

/// <summary>
/// What a boot wants to know of the board, filled in by a devicetree reader. The tables belong to the caller; an entry
/// that does not fit is counted and left out, never written behind a table's end.
/// </summary>
public ref struct BoardSurvey
{
    private readonly Span<ulong> _hartIds;
    private readonly Span<MemoryRange> _memory;
    private readonly Span<MemoryRange> _reserved;

    /// <summary>An empty survey over the caller's tables.</summary>
    public BoardSurvey(Span<ulong> hartIds, Span<MemoryRange> memory, Span<MemoryRange> reserved)
    {
        _hartIds = hartIds;
        _memory = memory;
        _reserved = reserved;
        HartCount = 0;
        MemoryCount = 0;
        ReservedCount = 0;
        LeftOutCount = 0;
    }

    /// <summary>Number of harts that may be used.</summary>
    public int HartCount { get; private set; }

    /// <summary>Number of memory banks.</summary>
    public int MemoryCount { get; private set; }

    /// <summary>Number of reserved ranges.</summary>
    public int ReservedCount { get; private set; }

    /// <summary>Number of harts, banks and ranges for which a table had no room.</summary>
    public int LeftOutCount { get; private set; }

    /// <summary>The usable harts' ids, in the devicetree's order.</summary>
    public readonly Span<ulong> HartIds => _hartIds.Slice(0, HartCount);

    /// <summary>The memory banks, in the devicetree's order.</summary>
    public readonly Span<MemoryRange> Memory => _memory.Slice(0, MemoryCount);

    /// <summary>What must not be used: the header's reservations, /reserved-memory, the initial ramdisk.</summary>
    public readonly Span<MemoryRange> Reserved => _reserved.Slice(0, ReservedCount);

    /// <summary>Adds a usable hart.</summary>
    public void AddHart(ulong id)
    {
        if (HartCount == _hartIds.Length) LeftOutCount++;
        else _hartIds[HartCount++] = id;
    }

    /// <summary>Adds a memory bank; an empty one is nothing.</summary>
    public void AddMemory(MemoryRange bank)
    {
        if (bank.Start >= bank.End) return;
        if (MemoryCount == _memory.Length) LeftOutCount++;
        else _memory[MemoryCount++] = bank;
    }

    /// <summary>Adds a reserved range; an empty one is nothing.</summary>
    public void AddReserved(MemoryRange range)
    {
        if (range.Start >= range.End) return;
        if (ReservedCount == _reserved.Length) LeftOutCount++;
        else _reserved[ReservedCount++] = range;
    }
}
