using System.Buffers.Binary;

namespace Verification.Specs.Lockstep;

// Page tables: what they are at first, and how programs change them.
internal sealed partial class ProgramGenerator
{
    private const ulong Valid = 1, Read = 2, Write = 4, Execute = 8, User = 16, Global = 32, Accessed = 64, Dirty = 128;
    private const ulong Everything = Valid | Read | Write | Execute | Accessed | Dirty;

    /// <summary>Bare, one of the three tables, or a mode that there isn't: then nothing changes.</summary>
    private ulong AddressSpace()
    {
        var mode = OneIn(8) ? (ulong)_random.Next(16) : Any(0UL, 8UL, 8UL, 9UL, 10UL);
        if (mode == 0) return 0;
        var root = GuestArea.Start + (ulong)(mode switch { 9 => GuestArea.RootSv48, 10 => GuestArea.RootSv57, _ => GuestArea.RootSv39 });
        return mode << 60 | (ulong)(OneIn(2) ? 0 : _random.Next(0x10000)) << 44 | root >> 12;
    }

    private void AddAddressSpace()
    {
        var register = Register();
        Constant(register, AddressSpace());
        Emit("csrrw", rd: OneIn(2) ? 0 : Register(), rs1: register, immediate: Satp);
        if (OneIn(2)) Emit("sfence.vma");
    }

    /// <summary>An entry of data in either window, or a large one: see <see cref="ExplainedDifferences.FencesTrapped"/>.</summary>
    private void AddPageTable()
    {
        var (pointer, value) = (Register(), 0);
        value = Other(pointer);
        var (table, index, entry) = _random.Next(6) switch
        {
            0 => (GuestArea.MiddleTable, 3, LargeLeaf(GuestArea.Start)),
            1 => (GuestArea.RootSv39, 4, LargeLeaf(GuestArea.Driver)),
            var which => LeafOfWindow(which < 4),
        };
        Constant(pointer, GuestArea.Start + (ulong)table + (ulong)index * 8);
        Constant(value, entry);
        Emit("sd", rs1: pointer, rs2: value);
        Emit("sfence.vma", rs1: 0, rs2: 0);
    }

    private (int Table, int Index, ulong Entry) LeafOfWindow(bool isLow)
    {
        var index = _random.Next(6, 10);
        return (isLow ? GuestArea.LowLeaves : GuestArea.HighLeaves, index, Leaf((GuestArea.Start >> 12) + (ulong)index, isLow ? User : 0));
    }

    /// <summary>Never a pointer to another table: that would be the code, whose words are entries with reserved bits.</summary>
    private ulong LargeLeaf(ulong address) => Leaf(address >> 12, 0) | Read;

    private ulong Leaf(ulong page, ulong user)
    {
        var isOthers = OneIn(6);
        if (isOthers) user ^= User;
        var flags = (_random.Next(10) switch
        {
            0 => (ulong)_random.Next(256) & ~User,
            1 => Any(Valid | Read, Valid | Read | Write, Valid | Read | Execute, Valid | Execute, Valid | Write, Valid),
            2 => Everything & ~(Any(Valid, Read, Write, Execute)),
            _ => Everything & ~(OneIn(4) ? Accessed | Dirty : OneIn(4) ? Dirty : 0),
        }) | user | (OneIn(8) ? Global : 0) | (ulong)_random.Next(4) << 8;
        if (isOthers && user != 0) flags &= ExplainedDifferences.UserPages;
        if (OneIn(12)) flags |= 1UL << Any(61, 62);
        if (OneIn(16) && !_storesCrossPages) page = ExplainedDifferences.Elsewhere(page, _random.Next(44));
        if (OneIn(16) && (page & 0xF) != 0) (page, flags) = (page & ~0xFUL | ExplainedDifferences.RangeOfPages, flags | 1UL << 63);
        return page << 10 | flags;
    }

    private byte[] InitialMemory()
    {
        var memory = new byte[GuestArea.SizeBytes - GuestArea.Data];
        for (var offset = 0; offset < GuestArea.DataBytes; offset += 8)
            Set(GuestArea.Data + offset, OneIn(3) ? Integer() : Float(BinaryPrimitives.ReadUInt64LittleEndian(memory.AsSpan(Math.Max(0, offset - 8)))));

        foreach (var index in (int[])[0, 511])
        {
            Set(GuestArea.RootSv57 + 8 * index, Table(GuestArea.RootSv48));
            Set(GuestArea.RootSv48 + 8 * index, Table(GuestArea.RootSv39));
        }

        Set(GuestArea.RootSv39 + 8 * 2, Table(GuestArea.MiddleTable));
        Set(GuestArea.RootSv39 + 8 * 0x1FE, Table(GuestArea.MiddleTable));
        Set(GuestArea.RootSv39 + 8 * 4, LargeLeaf(GuestArea.Driver));
        Set(GuestArea.MiddleTable + 8 * 1, Table(GuestArea.LowLeaves));
        Set(GuestArea.MiddleTable + 8 * 2, Table(GuestArea.HighLeaves));
        Set(GuestArea.MiddleTable + 8 * 3, LargeLeaf(GuestArea.Start));
        for (var index = 0; index < 16; index++)
        {
            var page = (GuestArea.Start >> 12) + (ulong)index;
            var isOwn = index is < 4 or >= 10; // the handlers', and the tables themselves
            var isCode = index is 4 or 5;
            Set(GuestArea.LowLeaves + 8 * index, page << 10 | Everything | (isOwn ? 0 : User));
            Set(GuestArea.HighLeaves + 8 * index, page << 10 | Everything);
            if (isOwn || (isCode && !OneIn(6))) continue;
            if (OneIn(3)) Set(GuestArea.LowLeaves + 8 * index, Leaf(page, User));
            if (OneIn(3)) Set(GuestArea.HighLeaves + 8 * index, Leaf(page, 0));
        }

        return memory;

        void Set(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(memory.AsSpan(offset - GuestArea.Data), value);

        static ulong Table(int offset) => (GuestArea.Start + (ulong)offset) >> 12 << 10 | Valid;
    }
}
