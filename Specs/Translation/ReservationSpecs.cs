using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Schedule;
using Verification.Machine.Translation.X64;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>Where translated code has reserved, others see it, whatever becomes of the translation that it went by.</summary>
public class ReservationSpecs
{
    private const ulong Start = 0x8000_0000, Shared = Start + 0x10_0040;

    // One hart adds to a counter by lr and sc, with a look at another page in between; the other by single atomics.
    private static readonly string Program = $"""
            li s2, {Shared}
            li s3, {Other}
            li s4, {Shared + 64}
            bnez a0, 3f
        1:  lr.d t0, (s2)
            ld t1, (s3)
            addi t0, t0, 1
            sd t0, (s4)
            sc.d t2, t0, (s2)
            add s6, s6, t2
            xori t2, t2, 1
            add s5, s5, t2
            j 1b
        3:  li t0, 1
        4:  amoadd.d t1, t0, (s2)
            addi s5, s5, 1
            j 4b
        """;

    // In the TLB's place for the shared page.
    private static ulong Other => Enumerable.Range(1, 8192).Select(static n => Shared + ((ulong)n << 12)).First(static address => TlbEntry.Slot(address) == TlbEntry.Slot(Shared));

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(13)]
    [InlineData(100)]
    public void No_addition_is_lost_when_the_page_leaves_the_translation_buffer(ulong quantum)
    {
        using var pair = new EnginePair(() => Create(quantum));
        for (var stop = 0; stop < 40; stop++)
        {
            pair.Run(997);
            Assert.True(pair.Agrees);
        }

        var translated = pair.Translated;
        var added = translated.Harts.Aggregate(0UL, static (sum, hart) => sum + hart.GetRegister(21));
        Assert.InRange(translated.Memory.Read<ulong>(Shared), added, added + 2);
        Assert.True(added > 1000, $"{added}");
        Assert.True(quantum == 1 || translated.FindHart(0)!.GetRegister(22) > 10, "No reservation was broken.");
        Assert.True(translated.Translator.Translated > 3_000 || TranslationCache.Current is null, $"{translated.Translator.Translated}");
    }

    private static Board Create(ulong quantum)
    {
        var code = Assembler.Assemble(Program, new AssemblerOptions { BaseAddress = Start });
        var configuration = new BoardConfiguration
        {
            Harts = [new HartConfiguration(0), new HartConfiguration(1)],
            Firmware = new FirmwareChoice.None(),
            Schedule = new ScheduleChoice.RoundRobin(quantum),
        };
        return Board.Boot(configuration, KernelImage.FromRaw(code.Bytes, Start));
    }
}
