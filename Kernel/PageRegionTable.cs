namespace Verification.Kernel;

/// <summary>
/// The usable memory as the page allocator sees it: regions sorted by address, and a bitmap with one bit a page, set
/// while the page is taken. The bitmap lies in the pages' own memory and is cleared word by word when the first page
/// that the word stands for is handed out.
/// </summary>
public unsafe struct PageRegionTable
{
    /// <summary>The most regions that the table holds.</summary>
    public const int Capacity = 192;

    /// <summary>Bytes of a page.</summary>
    public const ulong PageSizeBytes = 4096;

    private const int BitsOfWord = 64;

    /// <summary>The bitmap, inside <see cref="MetadataStart"/>.</summary>
    public ulong* Bitmap;

    /// <summary>Number of regions.</summary>
    public int Count;

    /// <summary>The region that never-used pages come from next.</summary>
    public int Current;

    /// <summary>Number of pages that can be handed out.</summary>
    public ulong TotalPages;

    /// <summary>First address of the memory that the bitmap took from the usable pages.</summary>
    public ulong MetadataStart;

    /// <summary>Number of pages that the bitmap took.</summary>
    public ulong MetadataPages;

    /// <summary>The regions, bitmap already cut off.</summary>
    public PageRegions Regions;

    /// <summary>Adds a region behind the last one. Partial pages at both ends are left out; false if the table is full.</summary>
    public bool Add(MemoryRange range)
    {
        ulong start = (range.Start + PageSizeBytes - 1) & ~(PageSizeBytes - 1);
        ulong end = range.End & ~(PageSizeBytes - 1);
        if (start < range.Start || start >= end) return true;
        if (Count == Capacity) return false;
        Regions[Count].Start = start;
        Regions[Count].End = end;
        Regions[Count].NeverUsed = start;
        Count++;
        return true;
    }

    /// <summary>
    /// Gives each page its bit and takes the bitmap's memory from the end of the first region that has the room. False if
    /// none has: then there is no memory to speak of.
    /// </summary>
    public bool PlaceBitmap()
    {
        ulong bits = 0;
        ulong pages = 0;
        for (int index = 0; index < Count; index++)
        {
            ulong count = (Regions[index].End - Regions[index].Start) / PageSizeBytes;
            Regions[index].FirstBit = bits;
            bits += (count + BitsOfWord - 1) & ~(ulong)(BitsOfWord - 1);
            pages += count;
        }

        MetadataPages = (bits / 8 + PageSizeBytes - 1) / PageSizeBytes;
        for (int index = 0; index < Count; index++)
        {
            if (Regions[index].End - Regions[index].Start < MetadataPages * PageSizeBytes) continue;
            Regions[index].End -= MetadataPages * PageSizeBytes;
            MetadataStart = Regions[index].End;
            Bitmap = (ulong*)MetadataStart;
            TotalPages = pages - MetadataPages;
            return true;
        }

        return false;
    }

    /// <summary>Takes the lowest page that was never handed out; null if there is none left.</summary>
    public byte* TakeNeverUsed()
    {
        for (; Current < Count; Current++)
        {
            ref PageRegion region = ref Regions[Current];
            if (region.NeverUsed == region.End) continue;
            ulong page = region.NeverUsed;
            ulong bit = region.FirstBit + (page - region.Start) / PageSizeBytes;
            if (bit % BitsOfWord == 0) Bitmap[bit / BitsOfWord] = 0;
            region.NeverUsed += PageSizeBytes;
            return (byte*)page;
        }

        return null;
    }

    /// <summary>The bit of a page that was handed out at least once; -1 for any other address.</summary>
    public readonly long BitOf(ulong page)
    {
        for (int index = 0; index < Count; index++)
        {
            if (page < Regions[index].Start || page >= Regions[index].NeverUsed) continue;
            return (long)(Regions[index].FirstBit + (page - Regions[index].Start) / PageSizeBytes);
        }

        return -1;
    }

    /// <summary>Whether the page with this bit is taken.</summary>
    public readonly bool IsTaken(long bit) => (Bitmap[bit / BitsOfWord] >> (int)(bit % BitsOfWord) & 1) != 0;

    /// <summary>Notes that the page with this bit is taken, or is free again.</summary>
    public readonly void Flip(long bit) => Bitmap[bit / BitsOfWord] ^= 1UL << (int)(bit % BitsOfWord);
}
