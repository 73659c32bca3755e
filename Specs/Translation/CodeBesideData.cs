using System.Text;
using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Schedule;
using Encoder = Verification.Machine.Isa.Encoder;

namespace Verification.Specs.Translation;

/// <summary>
/// A program, from a seed, whose data lie in the page of its code, as those of small kernels do: it stores beside its instructions, now
/// and then over them, and calls what it has stored.
/// </summary>
internal static class CodeBesideData
{
    private const ulong Start = 0x8000_0000;

    // Where functions are stored, and data about them: half of a word of eight bytes may be the one, half the other.
    private const int Data = 0x800, Made = 0xC00, End = 0x1000;

    private static readonly string[] s_stores = ["sd s4", "sw s4", "sh s4", "sb s4"];

    internal static Board Create(int seed)
    {
        var random = new Random(seed);
        var configuration = new BoardConfiguration
        {
            Harts = [new HartConfiguration(0), new HartConfiguration(1)],
            Firmware = new FirmwareChoice.None(),
            Schedule = new ScheduleChoice.Interleaved((ulong)seed, 1, (ulong)random.Next(2, 400)),
        };
        return Board.Boot(configuration, KernelImage.FromRaw(Assembler.Assemble(Source(random), new AssemblerOptions { BaseAddress = Start }).Bytes, Start));
    }

    private static string Source(Random random)
    {
        var text = new StringBuilder(
            $"""
                la s2, data
                la s3, made
                li s4, {random.NextInt64()}
                li s5, {random.NextInt64() | 1}
                add s4, s4, a0
                li t6, 16
            1:  mul s4, s4, s5
                addi s4, s4, 291
                addi t6, t6, -1

            """);
        for (var step = random.Next(2, 7); step > 0; step--) Append(text, random);
        text.AppendLine(
            $"""
                bnez t6, 1b
                li t6, {random.Next(1, 60)}
                j 1b
                .balign {Data}
            data:
                .zero {Made - Data}
            made:
            """);
        for (var at = Made; at < End; at += 8) text.AppendLine($"addi a1, a1, {random.Next(100)}\nret");
        return text.ToString();
    }

    private static void Append(StringBuilder text, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                // A function of two instructions, made anew and called twice.
                var place = random.Next(32) * 4;
                text.AppendLine($"bnez t6, 2f\nli t0, 0x{Word("addi", random.Next(2048)):x}\nli t1, 0x{Encoder.Encode("jalr", 0, 1):x}\nsw t0, {place}(s3)\nsw t1, {place + 4}(s3)");
                if (random.Next(2) == 0) text.AppendLine("fence.i");
                text.AppendLine($"jalr {place}(s3)\njalr {place}(s3)\n2:");
                break;
            case 1:
                text.AppendLine($"andi t0, s4, 0x78\nadd t0, t0, s2\nlr.d t1, (t0)\naddi t1, t1, 1\nsc.d t2, t1, (t0)\nadd a2, a2, t2");
                break;
            case 2:
                text.AppendLine($"amoadd.w t1, s4, (s2)\nadd a3, a3, t1");
                break;
            case 3:
                // An instruction that is changed many times before it is executed, and stands among such as are not yet.
                text.AppendLine($"la t0, 2f\nli t1, 0x{Word("addi", random.Next(1024)):x}\nandi t2, s4, 7\nslli t2, t2, 20\nadd t1, t1, t2\nsw t1, 8(t0)\nbnez t6, 3f\n2: nop\nnop\nnop\nnop\nnop\n3:");
                break;
            case 4:
                // Beside what is called, or over it.
                text.AppendLine($"bnez t6, 2f\nli t0, 0x{Word("xori", random.Next(2048)):x}\nsw t0, {random.Next(40) * 4}(s3)\n2:");
                break;
            case 5:
                // Over data, and on into what is called: the instruction before each return.
                text.AppendLine($"bnez t6, 3f\nli t0, 0x{Word("xori", random.Next(2048)):x}\naddi t1, s3, {random.Next(-30, 20) * 8}\nli t2, {random.Next(2, 30)}\n2: sw t0, 0(t1)\naddi t1, t1, 8\naddi t2, t2, -1\nbnez t2, 2b\njalr {random.Next(32) * 8}(s3)\n3:");
                break;
            default:
                for (var store = random.Next(1, 5); store > 0; store--)
                    text.AppendLine($"{s_stores[random.Next(s_stores.Length)]}, {random.Next(64) * 8}(s2)\nld t3, {random.Next(64) * 8}(s2)\nadd a4, a4, t3");
                break;
        }
    }

    private static uint Word(string mnemonic, int immediate) => Encoder.Encode(mnemonic, 11, 11, 0, immediate: immediate);
}
