using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Specs.Harts;

namespace Verification.Specs.Observing;

/// <summary>A loop that reads one virtual address, through the frame pointer, in two address spaces in turn.</summary>
internal static class TwoSpaces
{
    /// <summary>What lies at the address in the one and in the other.</summary>
    internal const ulong First = 5, Second = 7;

    private const ulong Start = 0x8000_0000, Tables = Start + 0x10_0000, Pages = Start + 0x20_0000, Window = 1UL << 30;
    private const ulong Valid = 1, Full = 0xCF, Mode = 8UL << 60;

    // Tables of two spaces: a root, a table of 2 MiB pages and one of 4 KiB pages each. The kernel is where it is in both. The window's
    // three pages lie behind each other in the one; in the other the first lies apart, so that the others alone are as far away
    // as most pages are. What sets satp takes the rest of its block along: it stands last.
    internal static Board Create(int rounds)
    {
        var code = Assembler.Assemble(
            $"""
                li s0, {Window}
                li t3, {Window + 0x1000}
                li t4, {Window + 0x2000}
                li a1, {Space(0)}
                li a2, {Space(1)}
                csrw satp, a1
                li sp, {Pages + 0x1_0000}
                li t2, {rounds}
            1:  csrw satp, a1
                j 2f
            2:  ld a5, 0(t3)
                ld a5, 0(t4)
                ld a3, 0(s0)
                add a0, a0, a3
                csrw satp, a2
                j 3f
            3:  ld a5, 0(t3)
                ld a5, 0(t4)
                ld a4, 0(s0)
                slli a4, a4, 1
                add a0, a0, a4
                addi t2, t2, -1
                bnez t2, 1b
            4:  j 4b
            """,
            new AssemblerOptions { BaseAddress = Start });
        var configuration = new BoardConfiguration { Memory = [new MemoryBank(Start, 16 << 20)], Firmware = new FirmwareChoice.None() };
        var board = Board.Boot(configuration, KernelImage.FromRaw(code.Bytes, Start));
        for (var space = 0UL; space < 2; space++)
        {
            var root = Tables + (space * 0x3000);
            board.Memory.Write(root + 8, ((root + 0x1000) >> 2) | Valid);
            board.Memory.Write(root + 16, (Start >> 2) | Full);
            board.Memory.Write(root + 0x1000, ((root + 0x2000) >> 2) | Valid);
            for (var page = 0UL; page < 3; page++)
            {
                board.Memory.Write(root + 0x2000 + (8 * page), (PageOf(space, page) >> 2) | Full);
                board.Memory.Write(PageOf(space, page), space == 0 ? First : Second);
            }
        }

        var hart = board.FindHart(0)!;
        hart.Start(PrivilegeMode.Supervisor, Start, 0, 0);
        hart.AllowAllMemory();
        return board;
    }

    private static ulong PageOf(ulong space, ulong page) => Pages + (space * 0x4000) + (space == 1 && page == 0 ? 0xC000 : page * 0x1000);

    private static ulong Space(ulong number) => Mode | ((number + 1) << 44) | ((Tables + (number * 0x3000)) >> 12);
}
