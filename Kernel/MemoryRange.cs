namespace Verification.Kernel;

/// <summary>A range of physical memory, first byte to first byte behind it.</summary>
public struct MemoryRange
{
    /// <summary>The first byte.</summary>
    public ulong Start;

    /// <summary>The first byte behind the range.</summary>
    public ulong End;

    /// <summary>A range from its start and size; a size that leaves the address space is cut there.</summary>
    public static MemoryRange FromSize(ulong start, ulong sizeBytes)
    {
        MemoryRange range;
        range.Start = start;
        range.End = start + sizeBytes < start ? ulong.MaxValue : start + sizeBytes;
        return range;
    }

    /// <summary>Whether the range holds an address.</summary>
    public readonly bool Contains(ulong address) => address >= Start && address < End;

    /// <summary>Sorts by start, in place. The lists are short, and mostly sorted already.</summary>
    public static void Sort(Span<MemoryRange> ranges)
    {
        for (int index = 1; index < ranges.Length; index++)
        {
            MemoryRange moving = ranges[index];
            int place = index;
            while (place > 0 && ranges[place - 1].Start > moving.Start)
            {
                ranges[place] = ranges[place - 1];
                place--;
            }

            ranges[place] = moving;
        }
    }
}
