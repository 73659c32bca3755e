using System.Text;
using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Memory;

namespace Verification.Specs.Observing;

/// <summary>
/// A loop, from a seed, that moves the frame pointer about the ends of a stack, and now and then the stack: accesses through it that
/// lie in the stack, below and above it, and through values that are no frame pointers.
/// </summary>
internal static class FrameLoop
{
    private const ulong Start = 0x8000_0000, Stack = Start + 0x1_2000;
    private static readonly string[] s_accesses = ["ld a0", "lw a1", "lbu a2", "sd a3", "sw a0", "sb a1"];

    internal static Board Create(int seed)
    {
        var random = new Random(seed);
        var board = Board.Boot(
            new BoardConfiguration { Memory = [new MemoryBank(Start, 16 << 20)], Firmware = new FirmwareChoice.None() },
            KernelImage.FromRaw(Assembler.Assemble(Source(random), new AssemblerOptions { BaseAddress = Start }).Bytes, Start));
        return board;
    }

    private static string Source(Random random)
    {
        var text = new StringBuilder($"li s4, {random.NextInt64()}\nli s5, {random.NextInt64() | 1}\nli s2, {Stack}\nli s3, {Stack + 0x2000}\nli sp, {Stack + 0x800}\n");
        text.AppendLine("1: mul s4, s4, s5\naddi s4, s4, 291");
        for (var frame = random.Next(2, 6); frame > 0; frame--)
        {
            // About the lower end, about the upper one, or, as often as not, the frame pointer that there was.
            if (random.Next(3) != 0)
            {
                text.AppendLine($"srli t0, s4, {random.Next(40)}\nandi t0, t0, {(random.Next(3) == 0 ? -1 : 0x7f8)}");
                text.AppendLine(random.Next(4) == 0 ? "mv s0, t0" : $"add s0, {(random.Next(3) == 0 ? "s3" : "s2")}, t0\naddi s0, s0, {random.Next(-256, 2) * 8}");
            }

            for (var access = random.Next(1, 6); access > 0; access--)
                AppendAccess(text, random);
            if (random.Next(4) == 0) text.AppendLine($"beqz t0, 2f\naddi s0, s0, {random.Next(-255, 255) * 8}\n2:");
            if (random.Next(4) == 0) AppendAccess(text, random);
        }

        // Another stack for a while, with the frame pointer left where it is.
        text.AppendLine($"andi t1, s4, {random.Next(1, 32)}\nbnez t1, 1b\nli sp, {Stack + 0x1800}\nbgtz s4, 1b\nli sp, {Stack + 0x800}\nj 1b");
        return text.ToString();
    }

    // What would trap lies too far from the memory that there is.
    private static void AppendAccess(StringBuilder text, Random random)
    {
        var offset = (random.Next(4) == 0 ? random.Next(-8, 32) : random.Next(-256, 0)) * 8;
        text.AppendLine($"srli t2, s0, 31\nbeqz t2, 3f\n{s_accesses[random.Next(s_accesses.Length)]}, {offset}(s0)");
        if (random.Next(3) == 0) text.AppendLine($"addi s0, s0, {random.Next(-255, 255) * 8}");
        text.AppendLine($"{s_accesses[random.Next(s_accesses.Length)]}, {Math.Max(offset - 16, -2048)}(s0)\n3:");
    }
}
