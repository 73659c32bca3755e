using System.Text;
using Verification.Machine;
using Verification.Specs.Harts;

namespace Verification.Specs.Observing;

/// <summary>A loop, from a seed, that takes and gives back frames about the ends of a stack, and reads and writes them: some more than they have.</summary>
internal static class StackLoop
{
    internal static Board Create(int seed) => Guest.Load(Source(new Random(seed), Guest.Start + 0x1_2000 + FrameLoop.EndIn(seed)));

    private static string Source(Random random, ulong stack)
    {
        // At the top or near it, near the end, or anywhere.
        ulong[] starts = [stack + 0x2000, stack + 0x2000 - ((ulong)random.Next(20) * 8), stack + ((ulong)random.Next(40) * 8), stack + ((ulong)random.Next(1024) * 8)];
        var text = new StringBuilder($"li s4, {random.NextInt64()}\nli s5, {random.NextInt64() | 1}\nli s2, {starts[random.Next(4)]}\nli s3, {starts[random.Next(4)]}\n");
        text.AppendLine("1: mul s4, s4, s5\naddi s4, s4, 291\nmv sp, s2");
        for (var function = random.Next(1, 5); function > 0; function--)
        {
            text.AppendLine($"bgtz s4, 2f\n{(random.Next(4) == 0 ? "mv sp, s3" : "nop")}\n2:");
            var frame = random.Next(1, 12) * 8;
            Append(text, random, -frame);
            if (random.Next(3) == 0) text.AppendLine("bltz s4, 2f\n2:");
            for (var access = random.Next(5); access > 0; access--) Access(text, random, random.Next(-2, (frame / 8) + (random.Next(4) == 0 ? 4 : 0)) * 8);
            // Where the return address is: mostly what shows that there is a frame to give back.
            if (random.Next(3) != 0) Access(text, random, frame - (random.Next(4) == 0 ? 16 : 8));
            Append(text, random, random.Next(4) == 0 ? frame + 8 : frame);
        }

        text.AppendLine("j 1b");
        return text.ToString();
    }

    private static void Append(StringBuilder text, Random random, int step)
    {
        if (random.Next(5) == 0) text.AppendLine("addi a0, sp, 16");
        text.AppendLine(random.Next(6) == 0 ? $"li t0, {step}\nadd sp, sp, t0" : $"addi sp, sp, {step}");
        if (random.Next(8) == 0) text.AppendLine($"addi sp, sp, {random.Next(-4, 5) * 8}");
    }

    private static void Access(StringBuilder text, Random random, int offset) =>
        text.AppendLine($"{FrameLoop.Access(random)}, {offset}(sp)");
}
