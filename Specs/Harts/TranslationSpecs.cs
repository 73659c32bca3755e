using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Harts;

/// <summary>Page tables, protection and their faults: privileged specification 1.12, 3.7 and 4.3 to 4.6.</summary>
public class TranslationSpecs
{
    private const ulong Root = 0x8010_0000, Target = 0x8020_0000;
    private const ulong V = 1, R = 2, W = 4, X = 8, U = 16, A = 64, D = 128, N = 1UL << 63, Pbmt1 = 1UL << 61, Pbmt3 = 3UL << 61;
    private const ulong Sum = 1UL << 18, Mxr = 1UL << 19, Mprv = 1UL << 17;
    private const int LoadFault = 13, StoreFault = 15;

    public static TheoryData<string, ulong, PrivilegeMode, ulong, int> Leaves => new()
    {
        { "ld", V | R | A, PrivilegeMode.Supervisor, 0, 0 },
        { "ld", V | R | W | X | A | D, PrivilegeMode.Supervisor, 0, 0 },
        { "ld", R | A, PrivilegeMode.Supervisor, 0, LoadFault },
        { "ld", V | R, PrivilegeMode.Supervisor, 0, LoadFault },
        { "ld", V | X | A, PrivilegeMode.Supervisor, 0, LoadFault },
        { "ld", V | X | A, PrivilegeMode.Supervisor, Mxr, 0 },
        { "ld", V | R | A | U, PrivilegeMode.Supervisor, 0, LoadFault },
        { "ld", V | R | A | U, PrivilegeMode.Supervisor, Sum, 0 },
        { "ld", V | R | A | U, PrivilegeMode.User, 0, 0 },
        { "ld", V | R | A, PrivilegeMode.User, Sum, LoadFault },
        { "ld", V | W | A | D, PrivilegeMode.Supervisor, 0, LoadFault },
        { "ld", V | R | A | 1UL << 54, PrivilegeMode.Supervisor, 0, LoadFault },
        { "ld", V | R | A | Pbmt1, PrivilegeMode.Supervisor, 0, 0 },
        { "ld", V | R | A | Pbmt3, PrivilegeMode.Supervisor, 0, LoadFault },
        { "sd", V | R | W | A | D, PrivilegeMode.Supervisor, 0, 0 },
        { "sd", V | R | W | A, PrivilegeMode.Supervisor, 0, StoreFault },
        { "sd", V | R | A | D, PrivilegeMode.Supervisor, 0, StoreFault },
        { "sd", V | R | W | A | D | U, PrivilegeMode.Supervisor, Mxr, StoreFault },
        { "sd", V | R | W | A | D | U, PrivilegeMode.User, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Leaves))]
    public void A_leaf_allows_what_its_bits_say_in_every_paging_mode(
        string access, ulong bits, PrivilegeMode mode, ulong status, int fault)
    {
        for (var levels = 3; levels <= 5; levels++)
        {
            var address = 1UL << (12 + 9 * levels - 2) | 0x1238;
            var board = Paged(levels, address, 0, Target >> 2 | bits, IsaExtensions.Svade);
            Attempt(board, access, address, mode, status);
            Expect(board, fault, address);
            if (fault == 0 && access == "ld") Assert.Equal(0x5A5A_1238UL, board.Harts[0].Register("a0"));
            if (fault == 0 && access == "sd") Assert.Equal(0x77UL, board.Memory.Read<ulong>(Target | 0x238));
        }
    }

    [Theory]
    [InlineData("ld", V | R, V | R | A)]
    [InlineData("sd", V | R | W, V | R | W | A | D)]
    [InlineData("ld", V | R | W | A, V | R | W | A)]
    public void With_Svadu_the_hart_sets_accessed_and_dirty_bits_itself(string access, ulong before, ulong after)
    {
        var board = Paged(3, 0x1238, 0, Target >> 2 | before, IsaExtensions.Svadu);
        Attempt(board, access, 0x1238, PrivilegeMode.Supervisor, 0);
        Expect(board, 0, 0);
        Assert.Equal(Target >> 2 | after, board.Memory.Read<ulong>(Root + 2 * 4096 + 8));
    }

    [Fact]
    public void A_large_page_maps_all_of_itself_and_must_be_aligned()
    {
        var bits = V | R | A;
        var board = Paged(3, 0x1238, 1, Target >> 2 | bits, IsaExtensions.Svade);
        board.Memory.Write(Target + 0x1238, 0x99UL);
        Attempt(board, "ld", 0x1238, PrivilegeMode.Supervisor, 0);
        Assert.Equal(0x99UL, board.Harts[0].Register("a0"));

        board = Paged(3, 0x1238, 1, Target + 0x1000 >> 2 | bits, IsaExtensions.Svade);
        Attempt(board, "ld", 0x1238, PrivilegeMode.Supervisor, 0);
        Expect(board, LoadFault, 0x1238);
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(4, LoadFault)]
    public void A_contiguous_range_is_64_KiB(ulong lowBits, int fault)
    {
        var board = Paged(3, 0x1238, 0, N | Target >> 2 | lowBits << 10 | V | R | A, IsaExtensions.Svade);
        board.Memory.Write(Target + 0x1238, 0x42UL);
        Attempt(board, "ld", 0x1238, PrivilegeMode.Supervisor, 0);
        Expect(board, fault, 0x1238);
        if (fault == 0) Assert.Equal(0x42UL, board.Harts[0].Register("a0"));
    }

    [Theory]
    [InlineData(3, 1UL << 38)]
    [InlineData(4, 1UL << 47)]
    [InlineData(5, 1UL << 56)]
    public void Addresses_that_are_not_sign_extended_fault(int levels, ulong address)
    {
        var board = Paged(levels, 0x1238, 0, Target >> 2 | V | R | A, IsaExtensions.Svade);
        Attempt(board, "ld", address, PrivilegeMode.Supervisor, 0);
        Expect(board, LoadFault, address);
    }

    [Fact]
    public void A_changed_page_table_entry_counts_at_once()
    {
        var board = Paged(3, 0x1238, 0, Target >> 2 | V | R | A, IsaExtensions.Svade);
        Attempt(board, "ld", 0x1238, PrivilegeMode.Supervisor, 0);
        Expect(board, 0, 0);
        board.Memory.Write(Root + 2 * 4096 + 8, 0UL);
        Attempt(board, "ld", 0x1238, PrivilegeMode.Supervisor, 0);
        Expect(board, LoadFault, 0x1238);
    }

    [Fact]
    public void A_device_is_where_page_tables_and_protection_say_now()
    {
        const ulong address = 0x1FF8, timer = 0x200_B000, serial = 0x1000_0000, all = V | R | W | A | D;
        var board = Paged(3, address, 0, timer >> 2 | all, IsaExtensions.Svade);
        board.Memory.Write(Target + 0xFF8, 0x99UL);
        Access("sd", 0);
        Access("ld", 0, 0x77);

        Map(timer >> 2 | V | R | A);
        Access("ld", 0, 0x77);
        Access("sd", StoreFault);
        Map(Target >> 2 | all);
        Access("ld", 0, 0x99);
        Map(timer >> 2 | all);
        Access("ld", 0, 0x77);
        Map(serial >> 2 | all);
        Access("ld", 5);
        Map(timer >> 2 | all);
        Access("ld", 0, 0x77);
        Map(0);
        Access("ld", LoadFault);
        Map(timer >> 2 | all);
        Access("sd", 0);

        // No permission for the timer's page, all for the rest.
        board.Harts[0].TrySetCsr(0x3B1, ulong.MaxValue);
        board.Harts[0].TrySetCsr(0x3B0, timer >> 2 | 0x1FF);
        board.Harts[0].TrySetCsr(0x3A0, 0x1F18);
        Access("ld", 5);
        Access("sd", 7);

        void Map(ulong entry) => board.Memory.Write(Root + 2 * 4096 + 8, entry);

        void Access(string access, int fault, ulong? loaded = null)
        {
            Attempt(board, access, address, PrivilegeMode.Supervisor, 0);
            Expect(board, fault, address);
            if (loaded is { } value) Assert.Equal(value, board.Harts[0].Register("a0"));
        }
    }

    [Theory]
    [InlineData(0x1F, 0x8020_0000UL >> 2 | 0x1FF, 0x8020_0238UL, "ld", 0)]
    [InlineData(0x1E, 0x8020_0000UL >> 2 | 0x1FF, 0x8020_0238UL, "ld", 0)]
    [InlineData(0x18, 0x8020_0000UL >> 2 | 0x1FF, 0x8020_0238UL, "ld", 5)]
    [InlineData(0x19, 0x8020_0000UL >> 2 | 0x1FF, 0x8020_0238UL, "sd", 7)]
    [InlineData(0x19, 0x8020_0000UL >> 2 | 0x1FF, 0x8020_1000UL, "ld", 5)]
    [InlineData(0x09, 0x8020_0240UL >> 2, 0x8020_0238UL, "ld", 0)]
    [InlineData(0x09, 0x8020_0240UL >> 2, 0x8020_0240UL, "ld", 5)]
    [InlineData(0x11, 0x8020_0238UL >> 2, 0x8020_0238UL, "lw", 0)]
    [InlineData(0x11, 0x8020_0238UL >> 2, 0x8020_0238UL, "ld", 5)]
    public void Protection_entries_allow_what_they_say(byte configuration, ulong entry, ulong address, string access, int fault)
    {
        var board = Guest.Load($"{access} a0, 0(a1)");
        var hart = board.Harts[0];
        hart.TrySetCsr(0x3B0, entry);
        hart.TrySetCsr(0x3A0, configuration);
        // Write without read is reserved: such a configuration keeps the permissions that were there (none but execute).
        if ((configuration & 3) == 2) fault = 5;
        hart.SetRegister(11, address);
        hart.TrySetCsr(0x300, Mprv | 1 << 11);

        board.Run(1);

        Assert.Equal((ulong)fault, hart.Csr(0x342));
    }

    [Fact]
    public void A_locked_entry_binds_machine_mode_and_stays()
    {
        var board = Guest.Load("ld a0, 0(a1)\nsd a0, 0(a1)");
        var hart = board.Harts[0];
        hart.SetRegister(11, Target);
        hart.TrySetCsr(0x3B0, Target >> 2 | 0x1FF);
        hart.TrySetCsr(0x3A0, 0x99);
        hart.TrySetCsr(0x3A0, 0x1F);
        hart.TrySetCsr(0x3B0, 0);

        board.Run(2);

        Assert.Equal(0x99UL, hart.Csr(0x3A0));
        Assert.Equal(Target >> 2 | 0x1FF, hart.Csr(0x3B0));
        Assert.Equal(7UL, hart.Csr(0x342));
    }

    /// <summary>One page, mapped at <paramref name="address"/> by a chain of tables that start at <see cref="Root"/>.</summary>
    private static Board Paged(int levels, ulong address, int leafLevel, ulong leaf, IsaExtensions update)
    {
        var board = new Board(Guest.Bare with
        {
            Extensions = IsaExtensions.Default & ~(IsaExtensions.Svade | IsaExtensions.Svadu) | update,
        });
        var table = Root;
        for (var level = levels - 1; level > leafLevel; level--, table += 4096)
            board.Memory.Write(table + 8 * (address >> (12 + 9 * level) & 511), table + 4096 >> 2 | V);
        board.Memory.Write(table + 8 * (address >> (12 + 9 * leafLevel) & 511), leaf);
        board.Memory.Write(Target | 0x238, 0x5A5A_1238UL);
        var hart = board.Harts[0];
        hart.TrySetCsr(0x3B0, ulong.MaxValue);
        hart.TrySetCsr(0x3A0, 0x1F);
        hart.TrySetCsr(0x30A, ulong.MaxValue & ~(3UL << 4));
        hart.Start(PrivilegeMode.Machine, Guest.Start, 0, 0);
        hart.TrySetCsr(0x180, (ulong)(levels + 5) << 60 | Root >> 12);
        return board;
    }

    private static void Attempt(Board board, string access, ulong address, PrivilegeMode mode, ulong status)
    {
        board.Memory.Write(Guest.Start, Assembler.Assemble($"{access} a0, 0(a1)").Bytes);
        var hart = board.Harts[0];
        hart.Pc = Guest.Start;
        hart.SetRegister(10, 0x77);
        hart.SetRegister(11, address);
        hart.TrySetCsr(0x342, 0);
        hart.TrySetCsr(0x343, 0);
        hart.TrySetCsr(0x300, Mprv | (ulong)mode << 11 | status);
        board.Run(1);
    }

    private static void Expect(Board board, int fault, ulong address)
    {
        Assert.Equal((ulong)fault, board.Harts[0].Csr(0x342));
        Assert.Equal(fault == 0 ? 0 : address, board.Harts[0].Csr(0x343));
    }
}
