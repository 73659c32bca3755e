using System.Runtime.CompilerServices;

namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>A buddy allocator over 256 pages, lists of free blocks threaded through a table of pages.</summary>
internal static unsafe class Buddy
{
    private const int Orders = 9;
    private const int Pages = 256;
    private const short None = -1;

    private struct Page
    {
        public short Next;
        public short Previous;
        public byte Order;
        public bool IsFree;
    }

    [InlineArray(Orders)]
    private struct Heads
    {
        private short _first;
    }

    private ref struct Allocator
    {
        private readonly Span<Page> _pages;
        private Heads _heads;

        public Allocator(Span<Page> pages)
        {
            _pages = pages;
            foreach (ref short head in (Span<short>)_heads) head = None;
            Push(0, Orders - 1);
        }

        public int Allocate(int order)
        {
            int from = order;
            while (from < Orders && _heads[from] == None) from++;
            if (from == Orders) return None;
            int page = _heads[from];
            Remove(page, from);
            while (from > order)
            {
                from--;
                Push(page + (1 << from), from);
            }

            _pages[page].Order = (byte)order;
            return page;
        }

        public void Free(int page)
        {
            int order = _pages[page].Order;
            for (; order < Orders - 1; order++)
            {
                int buddy = page ^ (1 << order);
                if (!_pages[buddy].IsFree || _pages[buddy].Order != order) break;
                Remove(buddy, order);
                page &= ~(1 << order);
            }

            Push(page, order);
        }

        private void Push(int page, int order)
        {
            ref Page entry = ref _pages[page];
            short head = _heads[order];
            entry.Next = head;
            entry.Previous = None;
            entry.Order = (byte)order;
            entry.IsFree = true;
            if (head != None) _pages[head].Previous = (short)page;
            _heads[order] = (short)page;
        }

        private void Remove(int page, int order)
        {
            ref Page entry = ref _pages[page];
            if (entry.Previous == None) _heads[order] = entry.Next;
            else _pages[entry.Previous].Next = entry.Next;
            if (entry.Next != None) _pages[entry.Next].Previous = entry.Previous;
            entry.IsFree = false;
        }
    }

    public static ulong Run(byte* memory, int sizeBytes)
    {
        Allocator allocator = new(new Span<Page>(memory, Pages));
        Span<short> held = new(memory + (Pages * sizeof(Page)), 32);
        held.Fill(None);
        ulong state = 12345;
        ulong result = 0;
        for (int round = 0; round < 500; round++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            ref short place = ref held[(int)(state >> 40) & 31];
            if (place == None)
            {
                place = (short)allocator.Allocate((int)(state >> 60) & 3);
                result = (result * 33) + (ushort)place;
            }
            else
            {
                allocator.Free(place);
                place = None;
            }
        }

        return result;
    }
}
