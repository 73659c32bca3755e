namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>Sv39: maps pages, making tables on the way, and translates addresses.</summary>
internal static unsafe class PageTableWalk
{
    private const int PageBytes = 4096;
    private const int Levels = 3;

    [Flags]
    private enum PageFlags : ulong
    {
        None = 0,
        Valid = 1,
        Read = 2,
        Write = 4,
        Execute = 8,
        Leaf = Read | Write | Execute,
    }

    private readonly struct PageEntry(ulong value)
    {
        private readonly ulong _value = value;

        public PageEntry(ulong address, PageFlags flags) : this((address >> 12 << 10) | (ulong)flags | (ulong)PageFlags.Valid)
        {
        }

        public ulong Address => _value >> 10 << 12;

        public bool Has(PageFlags flags) => (_value & (ulong)flags) != 0;
    }

    private struct PageTables(byte* memory, ulong end)
    {
        private ulong _next = PageBytes;

        public bool Map(ulong virtualAddress, ulong physicalAddress, PageFlags flags)
        {
            ulong table = 0;
            for (int level = Levels - 1; level > 0; level--)
            {
                ref PageEntry entry = ref Entry(table, virtualAddress, level);
                if (!entry.Has(PageFlags.Valid))
                {
                    if (_next == end) return false;
                    entry = new PageEntry(_next, PageFlags.None);
                    _next += PageBytes;
                }

                table = entry.Address;
            }

            ref PageEntry leaf = ref Entry(table, virtualAddress, 0);
            if (leaf.Has(PageFlags.Valid)) return false;
            leaf = new PageEntry(physicalAddress, flags);
            return true;
        }

        public readonly bool TryTranslate(ulong virtualAddress, out ulong physicalAddress)
        {
            physicalAddress = 0;
            ulong table = 0;
            for (int level = Levels - 1; level >= 0; level--)
            {
                PageEntry entry = Entry(table, virtualAddress, level);
                if (!entry.Has(PageFlags.Valid)) return false;
                if (entry.Has(PageFlags.Leaf))
                {
                    ulong within = (1UL << (12 + (9 * level))) - 1;
                    physicalAddress = (entry.Address & ~within) | (virtualAddress & within);
                    return true;
                }

                table = entry.Address;
            }

            return false;
        }

        private readonly ref PageEntry Entry(ulong table, ulong virtualAddress, int level) =>
            ref ((PageEntry*)(memory + table))[virtualAddress >> (12 + (9 * level)) & 511];
    }

    public static ulong Run(byte* memory, int sizeBytes)
    {
        PageTables tables = new(memory, (ulong)sizeBytes);
        ulong result = 0;
        for (ulong page = 0; page < 200; page++)
        {
            if (!tables.Map(0x4000_0000 + (page * 0x5000), 0x8000_0000 + (page * PageBytes), PageFlags.Read | PageFlags.Write)) result++;
        }

        for (ulong page = 0; page < 1000; page++)
        {
            if (tables.TryTranslate(0x4000_0000 + (page * 0x1000) + page, out ulong physical)) result = (result * 31) + physical;
        }

        return result;
    }
}
