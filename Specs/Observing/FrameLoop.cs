using System.Text;
using Verification.Machine;
using Verification.Specs.Harts;

namespace Verification.Specs.Observing;

/// <summary>
/// A loop, from a seed, that moves the frame pointer about the ends of a stack, and now and then the stack: accesses through it that
/// lie in the stack, below and above it, and through values that are no frame pointers.
/// </summary>
internal static class FrameLoop
{
    private const ulong Elsewhere = Guest.Start + 0x4_0000;
    private static readonly string[] s_accesses = ["ld a0", "lw a1", "lbu a2", "sd a3", "sw a0", "sb a1"];
    private static readonly string[] s_atomics = ["amoadd.d a0, a1, (s0)", "amomax.w a1, a2, (s0)", "lr.d a0, (s0)\nsc.d a1, a2, (s0)", "mv t3, s0\nlr.d a2, (t3)\nsc.d a0, a1, (s0)"];

    internal static Board Create(int seed) => Guest.Load(Source(new Random(seed), Guest.Start + 0x1_2000 + EndIn(seed)));

    /// <summary>Where in a page the stack begins and ends.</summary>
    internal static ulong EndIn(int seed) => seed % 3 == 0 ? 0 : (ulong)new Random(seed).Next(512) * 8;

    /// <summary>A load or store, without its address.</summary>
    internal static string Access(Random random) => s_accesses[random.Next(s_accesses.Length)];

    private static string Source(Random random, ulong stack)
    {
        var isAligned = false;
        var text = new StringBuilder($"li s4, {random.NextInt64()}\nli s5, {random.NextInt64() | 1}\nli s2, {stack}\nli s3, {stack + 0x2000}\nli s6, {Elsewhere}\nli s0, {Elsewhere}\nli sp, {stack + 0x800}\n");
        text.AppendLine("1: mul s4, s4, s5\naddi s4, s4, 291");
        for (var frame = random.Next(2, 6); frame > 0; frame--)
        {
            AppendFrame(text, random, ref isAligned);
            // Some of it again and again, with the frame pointer as it is, or moved on.
            var isRepeated = random.Next(3) == 0;
            if (isRepeated) text.AppendLine("li t2, 5\n3:");
            for (var access = random.Next(1, 6); access > 0; access--)
            {
                if (random.Next(6) == 0) text.AppendLine($"addi t3, s0, {Offset(random)}\nld a2, 0(t3)");
                if (isAligned && random.Next(5) == 0) text.AppendLine(s_atomics[random.Next(s_atomics.Length)]);
                text.AppendLine($"{Access(random)}, {Offset(random)}(s0)");
                if (isRepeated) continue;
                if (random.Next(8) == 0) text.AppendLine($"addi s0, s0, {random.Next(-255, 255) * 8}");
                if (random.Next(6) == 0) text.AppendLine($"beqz t0, 2f\naddi s0, s0, {random.Next(-255, 255) * 8}\n2:");
            }

            if (isRepeated && random.Next(2) == 0) text.AppendLine($"addi s0, s0, {random.Next(-31, 32) * 8}");
            if (isRepeated) text.AppendLine("addi t2, t2, -1\nbnez t2, 3b");
        }

        // Another stack for a while, with the frame pointer left where it is.
        text.AppendLine($"andi t1, s4, {random.Next(1, 32)}\nbnez t1, 1b\nli sp, {stack + 0x1800}\nbgtz s4, 1b\nli sp, {stack + 0x800}\nj 1b");
        return text.ToString();
    }

    // Just where an instruction reaches an end of the stack, or no longer; about the lower end, about the upper one, or elsewhere;
    // or the frame pointer that there was.
    private static void AppendFrame(StringBuilder text, Random random, ref bool isAligned)
    {
        var kind = random.Next(7);
        isAligned = kind > 1 && (isAligned || kind != 5);
        var number = $"srli t0, s4, {random.Next(40)}\nandi t0, t0, 0x7f8";
        text.AppendLine(kind switch
        {
            0 => $"addi s0, s2, 2040\naddi s0, s0, {random.Next(6, 9)}",
            1 => $"addi s0, s3, -2048\naddi s0, s0, {random.Next(-8, 2)}",
            2 => $"{number}\nadd s0, s6, t0",
            3 => $"{number}\nadd s0, s2, t0\naddi s0, s0, {random.Next(-256, 2) * 8}",
            4 => $"{number}\nadd s0, s3, t0\naddi s0, s0, {random.Next(-256, 2) * 8}",
            5 => number,
            _ => "mv s0, s3",
        });
    }

    private static int Offset(Random random) => random.Next(3) switch
    {
        0 => random.Next(2) == 0 ? random.Next(-2048, -2046) : random.Next(2046, 2048),
        1 => random.Next(-8, 256) * 8,
        _ => random.Next(-256, 0) * 8,
    };
}
