using Verification.Machine;
using Verification.Machine.Translation.X64;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>
/// Accesses near one register share a look-up, and steps of a computation become one: neither shows, not even where the next page
/// is another's, or none.
/// </summary>
public class SharedLookupSpecs
{
    private static readonly int s_loops = Setting.Number("VERIFICATION_PROGRAMS", 300);

    [Fact]
    public void Loops_over_tables_reach_the_same_state_in_both_engines() => Compare(s_loops, isWoven: false, longestStop: 4_000);

    [Fact]
    public void Woven_computations_reach_the_same_state_in_both_engines() => Compare(4 * s_loops, isWoven: true, longestStop: 1_500);

    private static void Compare(int loops, bool isWoven, int longestStop)
    {
        var (translated, retired) = (0ul, 0ul);
        for (var seed = 0; seed < loops; seed++)
        {
            using var pair = new EnginePair(() => TableLoop.Create(seed, isWoven));
            var random = new Random(seed);
            for (var stop = 0; stop < 6; stop++)
            {
                pair.Run((ulong)random.Next(1, longestStop));
                Assert.True(pair.Agrees, $"Loop {seed} differs after {pair.Interpreted.Retired} instructions.");
                if (random.Next(3) == 0) pair.SaveAndRestore();
            }

            (translated, retired) = (translated + pair.Translated.Translator.Translated, retired + pair.Translated.Retired);
        }

        // What traps is interpreted, and what stands behind it in its block.
        Assert.True(translated > retired / 3 || TranslationCache.Current is null, $"only {translated} of {retired} instructions were translated");
    }
}
