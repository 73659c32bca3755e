using System.Runtime.CompilerServices;
using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>
/// Hands out pages of 4096 bytes. A freed page's first word links it to the next free one; pages that were never used
/// come from the regions' low-water marks. It knows no lock: <see cref="KernelMemory"/> puts one around it.
/// </summary>
public unsafe struct PageAllocator
{
    /// <summary>The freed pages, last freed first; null if there are none.</summary>
    public byte* FreeList;

    /// <summary>Number of pages that can still be taken, freed and never-used ones.</summary>
    public ulong FreePages;

    /// <summary>Where the pages lie. The table outlives the allocator and does not move.</summary>
    public PageRegionTable* Table;

    /// <summary>Starts with all pages of a table free. The cost is the number of regions, whatever their size.</summary>
    public void Initialise(PageRegionTable* table)
    {
        if (!table->PlaceBitmap()) throw new KernelPanic("no memory for the page bitmap");
        FreeList = null;
        FreePages = table->TotalPages;
        Table = table;
    }

    /// <summary>Takes a page. Its content is whatever was there. Null if none is left.</summary>
    [Export("page_take"), MethodImpl(MethodImplOptions.NoInlining)]
    public byte* Take()
    {
        byte* page = FreeList;
        if (page != null) FreeList = *(byte**)page;
        else page = Table->TakeNeverUsed();
        if (page == null) return null;

        long bit = Table->BitOf((ulong)page);
        if (bit < 0 || Table->IsTaken(bit)) throw new KernelPanic("the free list is damaged");
        Table->Flip(bit);
        FreePages--;
        return page;
    }

    /// <summary>Gives a page back. Panics if it is none of this allocator's, or is free already.</summary>
    [Export("page_free"), MethodImpl(MethodImplOptions.NoInlining)]
    public void Free(byte* page)
    {
        if ((ulong)page % PageRegionTable.PageSizeBytes != 0) throw new KernelPanic("not the address of a page");
        long bit = Table->BitOf((ulong)page);
        if (bit < 0) throw new KernelPanic("a page that was never handed out");
        if (!Table->IsTaken(bit)) throw new KernelPanic("double free of a page");

        Table->Flip(bit);
        *(byte**)page = FreeList;
        FreeList = page;
        FreePages++;
    }
}
