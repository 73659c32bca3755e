using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>
/// Loads and stores find the right page wherever it lies on the host: in its place, elsewhere because a snapshot has the old
/// one, or at a guest's address that shares a slot of the look-up with another.
/// </summary>
public class FlatMemorySpecs
{
    private const ulong Start = 0x8000_0000, First = 0x8080_0000;
    private const ulong Rounds = 400;

    // Each round adds the sum of one word in each of three pages to the next of them.
    private static string Program(ulong distance) => $"""
            li t0, 0x{First:x}
            li t1, 0x{First + distance:x}
            li t2, 0x{First + (2 * distance):x}
            li t3, {Rounds}
            li t4, 1
            sd t4, 8(t0)
        1:  ld a0, 8(t0)
            ld a1, 8(t1)
            ld a2, 8(t2)
            add a0, a0, a1
            add a0, a0, a2
            sd a0, 8(t1)
            mv t5, t0
            mv t0, t1
            mv t1, t2
            mv t2, t5
            addi t3, t3, -1
            bnez t3, 1b
            j .
        """;

    [Theory]
    [InlineData(0x1000)]
    [InlineData(8 << 20)]
    [InlineData(16 << 20)]
    [InlineData(48 << 20)]
    public void Pages_at_any_distance_are_told_apart_with_snapshots_on_the_way(int distance)
    {
        using var board = Load(Program((ulong)distance));
        board.Engine = ExecutionEngine.Translator;
        board.Run(1_000);
        var middle = board.Save();
        board.Run(1_500);
        using var fork = board.Fork();
        foreach (var machine in (Board[])[board, fork])
        {
            machine.Run(10_000);
            Assert.Equal(Expected(), Words(machine, (ulong)distance));
        }

        board.Restore(middle);
        board.Run(10_000);
        Assert.Equal(Expected(), Words(board, (ulong)distance));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public void Constants_are_read_as_they_are_whoever_had_their_place_before(int alignment)
    {
        foreach (var constant in (ulong[])[5, 7, 5, 9])
        {
            // In the page of the code, or their own, which the image fills; after many rounds the constant is one no more.
            var source = $"""
                    la t0, 2f
                    li t3, {Rounds}
                    li a2, {constant + 1}
                1:  ld a1, 0(t0)
                    add a0, a0, a1
                    addi t3, t3, -1
                    bnez t3, 1b
                    sd a2, 0(t0)
                    ld a1, 0(t0)
                    add a0, a0, a1
                    j .
                    .balign {Math.Max(8, alignment)}
                2:  .dword {constant}
                    .balign 4096
                """;
            using var board = EnginePair.Prepared(Load(source), ExecutionEngine.Translator);
            board.Run(1_000);
            var middle = board.Save();
            using var fork = board.Fork();
            foreach (var machine in (Board[])[board, fork, board])
            {
                machine.Run(2_000);
                Assert.Equal((Rounds * constant) + constant + 1, machine.FindHart(0)!.GetRegister(10));
                machine.Restore(middle);
            }

            // Machines that leave their places to the next, the first when it has written there.
            foreach (var count in (ulong[])[3_000, 1_000])
            {
                using var machine = EnginePair.Prepared(Load(source), ExecutionEngine.Translator);
                machine.Run(count);
                Assert.Equal(count == 3_000 ? constant + 1 : constant, machine.FindHart(0)!.GetRegister(11));
            }
        }
    }

    [Fact]
    public void A_loop_finds_its_page_again_when_a_snapshot_has_the_old_one()
    {
        using var board = EnginePair.Prepared(Load($"""
                li t0, 0x{First:x}
                li t3, {Rounds}
            1:  ld a0, 8(t0)
                addi a0, a0, 1
                sd a0, 8(t0)
                addi t3, t3, -1
                bnez t3, 1b
                j .
            """), ExecutionEngine.Translator);
        for (var count = 0; count < 20; count++)
        {
            board.Run(100);
            board.Restore(board.Save());
        }

        board.Run(100);
        Assert.Equal(Rounds, board.Memory.Read<ulong>(First + 8));
    }

    private static Board Load(string source) => Board.Boot(
        new BoardConfiguration { Memory = [new MemoryBank(Start, 256UL << 20)], Firmware = new FirmwareChoice.None() },
        KernelImage.FromRaw(Assembler.Assemble(source, new AssemblerOptions { BaseAddress = Start }).Bytes, Start));

    private static ulong[] Words(Board board, ulong distance) =>
        [.. Enumerable.Range(0, 3).Select(i => board.Memory.Read<ulong>(First + 8 + ((ulong)i * distance)))];

    private static ulong[] Expected()
    {
        ulong[] words = [1, 0, 0];
        for (var round = 0UL; round < Rounds; round++) words[(round + 1) % 3] = words[0] + words[1] + words[2];
        return words;
    }
}
