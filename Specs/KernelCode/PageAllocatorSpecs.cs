using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Xunit;
using Verification.Kernel;
using Xunit;

namespace Verification.Specs.KernelCode;

/// <summary>The page allocator's laws, on memory of this process.</summary>
public sealed unsafe class PageAllocatorSpecs
{
    private const int Page = 4096;

    [Property]
    public void A_page_is_handed_out_to_one_at_a_time(PositiveInt pages, int[] choices)
    {
        using Arena arena = new(1 + pages.Get % 80, 1 + pages.Get % 30);
        HashSet<ulong> taken = [];
        foreach (int choice in choices)
        {
            if (choice % 3 == 0 && taken.Count > 0)
            {
                ulong page = taken.ElementAt((choice & int.MaxValue) % taken.Count);
                arena.Allocator->Free((byte*)page);
                taken.Remove(page);
                continue;
            }

            byte* fresh = arena.Allocator->Take();
            if (fresh == null)
            {
                Assert.Equal(0ul, arena.Allocator->FreePages);
                continue;
            }

            Assert.True(taken.Add((ulong)fresh));
            Assert.Equal(0ul, (ulong)fresh % Page);
            Assert.True(arena.Owns((ulong)fresh));
            new Span<byte>(fresh, Page).Fill(0xA5);
            Assert.Equal(arena.Table->TotalPages, arena.Allocator->FreePages + (ulong)taken.Count);
        }
    }

    [Property]
    public void Exhaustion_gives_null_and_harms_nothing(PositiveInt pages)
    {
        using Arena arena = new(2 + pages.Get % 200, 3);
        List<ulong> taken = TakeAll(arena);
        Assert.Equal(arena.Table->TotalPages, (ulong)taken.Count);
        Assert.True(arena.Allocator->Take() == null);
        foreach (ulong page in taken) arena.Allocator->Free((byte*)page);
        Assert.Equal(taken.Order(), TakeAll(arena).Order());
    }

    [Fact]
    public void All_pages_but_the_bitmaps_are_handed_out()
    {
        using Arena arena = new(100, 50);
        Assert.Equal(150ul, arena.Table->TotalPages + arena.Table->MetadataPages);
        Assert.Equal(1ul, arena.Table->MetadataPages);
        Assert.DoesNotContain(arena.Table->MetadataStart, TakeAll(arena));
    }

    [Fact]
    public void A_double_free_panics()
    {
        using Arena arena = new(8, 8);
        byte* first = arena.Allocator->Take();
        byte* second = arena.Allocator->Take();
        arena.Allocator->Free(first);
        arena.Allocator->Free(second);
        Assert.Equal("double free of a page", Assert.Throws<KernelPanic>(() => arena.Allocator->Free(first)).Message);
    }

    [Fact]
    public void Freeing_what_was_never_handed_out_panics()
    {
        using Arena arena = new(8, 8);
        byte* page = arena.Allocator->Take();
        Assert.Throws<KernelPanic>(() => arena.Allocator->Free(page + Page));
        Assert.Throws<KernelPanic>(() => arena.Allocator->Free(page - Page));
        Assert.Throws<KernelPanic>(() => arena.Allocator->Free((byte*)arena.Table->MetadataStart));
        Assert.Throws<KernelPanic>(() => arena.Allocator->Free(page + 8));
        Assert.Throws<KernelPanic>(() => arena.Allocator->Free(null));
    }

    [Fact]
    public void A_free_list_that_leads_astray_panics()
    {
        using Arena arena = new(8, 8);
        byte* first = arena.Allocator->Take();
        byte* second = arena.Allocator->Take();
        arena.Allocator->Free(first);
        *(byte**)first = second;
        Assert.True(arena.Allocator->Take() == first);
        Assert.Equal("the free list is damaged", Assert.Throws<KernelPanic>(() => arena.Allocator->Take()).Message);
    }

    [Fact]
    public void A_terabyte_costs_no_more_to_start_with_than_a_megabyte()
    {
        // The bitmap of these regions would lie where nothing is mapped: touching it would end the process.
        PageRegionTable table = default;
        Assert.True(table.Add(MemoryRange.FromSize(1UL << 52, 1UL << 40)));
        PageAllocator allocator = default;
        allocator.Initialise(&table);
        Assert.Equal((1UL << 28) - table.MetadataPages, allocator.FreePages);
        Assert.Equal(1UL << 28 >> 15, table.MetadataPages);
    }

    [Fact]
    public void KMEM_is_32_bytes_as_in_the_story() => Assert.Equal(32, sizeof(KernelMemory));

    private static List<ulong> TakeAll(Arena arena)
    {
        List<ulong> taken = [];
        for (byte* page = arena.Allocator->Take(); page != null; page = arena.Allocator->Take()) taken.Add((ulong)page);
        return taken;
    }

    /// <summary>Two runs of pages with a gap, filled with noise, as memory is at power-on.</summary>
    private sealed class Arena : IDisposable
    {
        private readonly byte* _memory;
        private readonly int _firstPages;
        private readonly int _secondPages;

        public Arena(int firstPages, int secondPages)
        {
            (_firstPages, _secondPages) = (firstPages, secondPages);
            int totalPages = firstPages + 1 + secondPages;
            _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(totalPages * Page), Page);
            new Span<byte>(_memory, totalPages * Page).Fill(0x5A);
            Table = (PageRegionTable*)NativeMemory.AllocZeroed((nuint)sizeof(PageRegionTable));
            Allocator = (PageAllocator*)NativeMemory.AllocZeroed((nuint)sizeof(PageAllocator));
            Table->Add(MemoryRange.FromSize((ulong)_memory, (ulong)firstPages * Page));
            Table->Add(MemoryRange.FromSize((ulong)_memory + (ulong)(firstPages + 1) * Page, (ulong)secondPages * Page));
            Allocator->Initialise(Table);
        }

        public PageRegionTable* Table { get; }

        public PageAllocator* Allocator { get; }

        public bool Owns(ulong page)
        {
            ulong index = (page - (ulong)_memory) / Page;
            return page >= (ulong)_memory && index != (ulong)_firstPages && index < (ulong)(_firstPages + 1 + _secondPages);
        }

        public void Dispose()
        {
            NativeMemory.AlignedFree(_memory);
            NativeMemory.Free(Table);
            NativeMemory.Free(Allocator);
        }
    }
}
