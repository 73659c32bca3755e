namespace Verification.Kernel;

/// <summary>From banks and reserved ranges to the usable regions between them.</summary>
public static class MemoryMap
{
    /// <summary>
    /// Adds to the table what of the banks is neither reserved nor below the image's end in the image's own bank. Both
    /// lists are sorted in place. Banks that overlap count once. False if the table is full.
    /// </summary>
    /// <param name="banks">The board's memory.</param>
    /// <param name="reserved">What must not be used.</param>
    /// <param name="image">The kernel's own image; memory below it in its bank is left to the firmware.</param>
    /// <param name="table">The table to fill.</param>
    public static bool AddUsable(
        Span<MemoryRange> banks, Span<MemoryRange> reserved, MemoryRange image, ref PageRegionTable table)
    {
        MemoryRange.Sort(banks);
        MemoryRange.Sort(reserved);
        ulong done = 0;
        for (int index = 0; index < banks.Length; index++)
        {
            MemoryRange bank = banks[index];
            if (bank.Contains(image.Start) && bank.Start < image.End) bank.Start = image.End;
            if (bank.Start < done) bank.Start = done;
            if (bank.Start >= bank.End) continue;
            done = bank.End;
            if (!AddWithout(bank, reserved, ref table)) return false;
        }

        return true;
    }

    private static bool AddWithout(MemoryRange bank, Span<MemoryRange> reserved, ref PageRegionTable table)
    {
        MemoryRange free = bank;
        for (int index = 0; index < reserved.Length; index++)
        {
            MemoryRange taken = reserved[index];
            if (taken.End <= free.Start) continue;
            if (taken.Start >= bank.End) break;
            if (taken.Start > free.Start)
            {
                free.End = taken.Start;
                if (!table.Add(free)) return false;
            }

            free.Start = taken.End;
            if (free.Start >= bank.End) return true;
        }

        free.End = bank.End;
        return table.Add(free);
    }
}
