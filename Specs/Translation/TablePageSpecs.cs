using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Translation.X64;
using Verification.Specs.Harts;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>A page may turn out to hold page tables after its place was looked up for stores: those that follow are seen all the same.</summary>
public class TablePageSpecs
{
    private const ulong Start = 0x8000_0000, Root = Start + 0x3000, Middle = Start + 0x4000, Leaves = Start + 0x5000;
    private const ulong First = Start + 0x6000, Second = Start + 0x7000, Window = Start + (2 << 20);
    private const ulong Valid = 1, Full = 0xCF;
    private const int Satp = 0x180;
    private const int Rounds = 300;

    // Each round shows the first page through the window, then the second. The last store of a round finds the table, and takes
    // all that it said back; the one behind it comes to a page like others, and so does the next round's first.
    private static readonly string Program = $"""
            li t0, 0x{Leaves:x}
            li t1, 0x{Window:x}
            li t2, {Rounds}
            li a1, 0x{(First >> 2) | Full:x}
            li a2, 0x{(Second >> 2) | Full:x}
            sd a1, 0(t0)
        1:  NEXT
            sd t2, 2040(t0)
            ld a3, 0(t1)
            sd a2, 0(t0)
            ld a4, 0(t1)
            add a0, a0, a3
            slli a4, a4, 1
            add a0, a0, a4
            beqz t2, 3f
            sd a1, 0(t0)
            sd t2, 2032(t0)
            addi t2, t2, -1
            bnez t2, 1b
        3:  j .
        """;

    // A look-up may be a block's, where the loop writes the register, or the loop's; or the page is one that the register walks through.
    [Theory]
    [InlineData("li t0, LEAVES")]
    [InlineData("nop")]
    [InlineData("addi t0, t0, 8\naddi t0, t0, -8")]
    [InlineData("addi t1, t1, 8\naddi t1, t1, -8")]
    public void A_page_that_becomes_a_table_between_two_stores_is_one_for_the_second(string next)
    {
        using var pair = new EnginePair(() => Create(next));
        pair.Run(22 * Rounds);
        foreach (var board in (Board[])[pair.Interpreted, pair.Translated])
            Assert.Equal((5UL + (2 * 7)) * Rounds, board.FindHart(0)!.GetRegister(10));
        Assert.True(pair.Translated.Translator.Translated > 3_000 || TranslationCache.Current is null, $"{pair.Translated.Translator.Translated}");
        Assert.True(pair.Agrees);
    }

    private static Board Create(string next)
    {
        var code = Assembler.Assemble(Program.Replace("NEXT", next.Replace("LEAVES", $"{Leaves}", StringComparison.Ordinal), StringComparison.Ordinal), new AssemblerOptions { BaseAddress = Start });
        var configuration = new BoardConfiguration { Memory = [new MemoryBank(Start, 16 << 20)], Firmware = new FirmwareChoice.None() };
        var board = Board.Boot(configuration, KernelImage.FromRaw(code.Bytes, Start));
        board.Memory.Write(Root + 16, (Middle >> 2) | Valid);
        board.Memory.Write(Middle, (Start >> 2) | Full);
        board.Memory.Write(Middle + 8, (Leaves >> 2) | Valid);
        board.Memory.Write(First, 5UL);
        board.Memory.Write(Second, 7UL);
        var hart = board.FindHart(0)!;
        hart.Start(PrivilegeMode.Supervisor, Start, 0, 0);
        hart.AllowAllMemory();
        hart.TrySetCsr(Satp, (8UL << 60) | (Root >> 12));
        return board;
    }
}
