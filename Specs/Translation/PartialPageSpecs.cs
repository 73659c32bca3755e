using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>
/// An image fills its last page in part. Machines share the translation of that part whatever lies behind it, and none executes
/// what lies behind it on another machine.
/// </summary>
public class PartialPageSpecs
{
    private const ulong Start = 0x8000_0000;
    private const int Rounds = 200;

    // The immediate operand stands in the upper half of the instruction at "behind".
    private static byte[] Program(int step) => Assembler.Assemble($"""
            li t3, {Rounds}
        1:  call behind
            addi t3, t3, -1
            bnez t3, 1b
            j .
        behind:
            addi a0, a0, {step}
            ret
        """, new AssemblerOptions { BaseAddress = Start }).Bytes;

    [Theory]
    [InlineData(8)]
    [InlineData(6)]
    [InlineData(4)]
    public void What_lies_behind_the_image_is_each_machines_own(int bytesBehind)
    {
        foreach (var (step, seed) in ((int, ulong)[])[(500, 1), (700, 2), (500, 3), (-3, 4)])
        {
            using var board = Load(Program(step), bytesBehind, seed);
            board.Run(10_000);
            Assert.Equal((ulong)((long)Rounds * step), board.FindHart(0)!.GetRegister(10));
            Assert.True(board.Translator.Translated > Rounds);
        }
    }

    [Fact]
    public void The_image_is_translated_once_for_machines_with_other_noise_behind_it()
    {
        var program = Program(11);
        using var first = Load(program, 0, seed: 10);
        using var second = Load(program, 0, seed: 20);
        first.Run(10_000);
        second.Run(10_000);
        Assert.True(second.Translator.Translated > first.Translator.Translated, "The second machine was translated anew.");
    }

    /// <summary>The last bytes of the program are no part of the image: they are written on each machine.</summary>
    private static Board Load(byte[] program, int bytesBehind, ulong seed)
    {
        var configuration = new BoardConfiguration
        {
            Memory = [new MemoryBank(Start, 16UL << 20)],
            Fill = MemoryFill.Noise(seed),
            Firmware = new FirmwareChoice.None(),
        };
        var board = Board.Boot(configuration, KernelImage.FromRaw(program[..^bytesBehind], Start));
        board.Memory.Write(Start + (ulong)(program.Length - bytesBehind), program.AsSpan(program.Length - bytesBehind));
        board.Engine = ExecutionEngine.Translator;
        return board;
    }
}
