using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Translation.X64;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>Stores to a page with code: those beside it stay in translated code, and those to it are seen.</summary>
public class CodeBesideDataSpecs
{
    private static readonly int s_programs = Setting.Number("VERIFICATION_PROGRAMS", 60);

    private const int Functions = 100;

    [Fact]
    public void Code_that_is_made_beside_data_is_executed_as_it_is_made()
    {
        var (translated, executed) = (0UL, 0UL);
        for (var seed = 0; seed < s_programs; seed++)
        {
            using var pair = new EnginePair(() => CodeBesideData.Create(seed));
            var random = new Random(seed);
            for (var stop = 0; stop < 8; stop++)
            {
                pair.Run((ulong)random.Next(1, stop < 4 ? 200 : 3_000));
                Assert.True(pair.Agrees, $"Program {seed} differs after {pair.Translated.Retired} instructions.");
                if (random.Next(4) == 0) pair.SaveAndRestore();
            }

            translated += pair.Translated.Translator.Translated;
            executed += pair.Translated.Retired;
        }

        Assert.True(translated > executed / 4 || TranslationCache.Current is null, $"{translated} of {executed}");
    }

    [Fact]
    public void What_becomes_code_between_a_reservation_and_its_store_is_seen_to_change()
    {
        // Functions of eight bytes, each called until it is translated, replaced, and called again. The loop has a page of its own: it
        // stays translated.
        var source =
            $"""
                la s2, 9f
                li a1, 0
                li a2, 0
                li t4, 0x{((ulong)Encoder.Encode("jalr", 0, 1) << 32) | Encoder.Encode("addi", 11, 11, 0, immediate: 2):x}
                li t6, {Functions}
            1:  lr.d t0, (s2)
                jalr (s2)
                jalr (s2)
                sc.d t3, t4, (s2)
                add a2, a2, t3
                jalr (s2)
                addi s2, s2, 8
                addi t6, t6, -1
                bnez t6, 1b
            4:  j 4b
                .balign 4096
            9:
            """ + string.Concat(Enumerable.Repeat("\naddi a1, a1, 1\nret", Functions));
        using var board = Board.Boot(
            new BoardConfiguration { Firmware = new FirmwareChoice.None() },
            KernelImage.FromRaw(Assembler.Assemble(source, new AssemblerOptions { BaseAddress = 0x8000_0000 }).Bytes, 0x8000_0000));
        board.Engine = ExecutionEngine.Translator;
        board.Translator.VisitsToTranslate = 2;
        board.Run(24 * Functions);
        var hart = board.FindHart(0)!;
        Assert.Equal((0UL, 4UL * Functions), (hart.GetRegister(12), hart.GetRegister(11)));
    }
}
