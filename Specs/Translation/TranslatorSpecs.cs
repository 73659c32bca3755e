using Verification.Machine;
using Verification.Machine.Translation.X64;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>The translator does what the interpreter does, to the last bit, wherever it is stopped.</summary>
public class TranslatorSpecs
{
    private static readonly int s_programs = Setting.Number("VERIFICATION_PROGRAMS", 300);

    [Fact]
    public void Both_engines_reach_the_same_state_after_any_number_of_instructions()
    {
        var translated = 0ul;
        for (var seed = 0; seed < s_programs; seed++)
            translated += Compare(seed);

        // Where the host can be translated for, that is what was compared.
        Assert.True(translated > 200ul * (ulong)s_programs || TranslationCache.Current is null, $"only {translated} instructions were translated");
    }

    [Fact]
    public void A_misaligned_store_that_traps_leaves_its_page_clean() => Compare(13_480, hasIdioms: false);

    [Fact]
    public void Threads_that_share_translations_reach_the_states_of_one_alone()
    {
        var seeds = Enumerable.Range(0, 40).ToArray();
        var alone = seeds.Select(StateAfterRun).ToArray();
        var together = Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).SelectMany(_ => seeds.Select(seed => (seed, State: StateAfterRun(seed))));
        Assert.All(together, run => Assert.Equal(alone[run.seed], run.State));
    }

    private static ulong StateAfterRun(int seed)
    {
        using var board = EnginePair.Prepared(RandomProgram.Create(seed), ExecutionEngine.Translator);
        board.Run(5_000);
        return board.StateHash();
    }

    private static ulong Compare(int seed, bool hasIdioms = true)
    {
        using var pair = new EnginePair(() => RandomProgram.Create(seed, hasIdioms));
        var random = new Random(seed);
        for (var i = 0; i < 12; i++)
        {
            var count = (ulong)random.Next(1, i < 6 ? 50 : 2_000);
            var (first, second) = pair.Run(count);
            if (first.ToString() != second.ToString() || !pair.Agrees)
                Assert.Fail($"Program {seed}: {first} against {second} after {pair.Interpreted.Retired} and {pair.Translated.Retired} instructions.\n"
                    + Differences(pair.Interpreted, pair.Translated));
            if (random.Next(4) == 0) pair.SaveAndRestore();
        }

        return pair.Translated.Translator.Translated;
    }

    private static string Differences(Board expected, Board actual)
    {
        var text = new System.Text.StringBuilder();
        foreach (var (a, b) in expected.Harts.Zip(actual.Harts))
        {
            if (a.Pc != b.Pc) text.AppendLine($"hart {a.Id} pc {a.Pc:x} {b.Pc:x}");
            for (var i = 0; i < 32; i++)
            {
                if (a.GetRegister(i) != b.GetRegister(i)) text.AppendLine($"hart {a.Id} x{i} {a.GetRegister(i):x} {b.GetRegister(i):x}");
                if (a.GetFloatRegister(i) != b.GetFloatRegister(i)) text.AppendLine($"hart {a.Id} f{i} {a.GetFloatRegister(i):x} {b.GetFloatRegister(i):x}");
            }

            for (var csr = 0; csr < 4096; csr++)
            {
                if (a.TryGetCsr(csr, out var x) && b.TryGetCsr(csr, out var y) && x != y) text.AppendLine($"hart {a.Id} csr {csr:x3} {x:x} {y:x}");
            }
        }

        for (var at = 0x8000_0000ul; at < 0x8010_0000; at += 8)
        {
            var (x, y) = (expected.Memory.Read<ulong>(at), actual.Memory.Read<ulong>(at));
            if (x != y) text.AppendLine($"[{at:x}] {x:x} {y:x}");
        }

        return text.ToString();
    }
}
