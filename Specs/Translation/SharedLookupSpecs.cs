using Verification.Machine;
using Verification.Machine.Translation.X64;
using Verification.Specs.Harts;
using Xunit;

namespace Verification.Specs.Translation;

/// <summary>
/// Accesses near one register share a look-up, steps of a computation become one, and a loop's rounds leave to each other what is not in
/// its register yet: nothing of it shows, not even where the next page is another's, or none.
/// </summary>
public class SharedLookupSpecs
{
    private static readonly int s_loops = Setting.Number("VERIFICATION_PROGRAMS", 300);

    [Fact]
    public void Loops_over_tables_reach_the_same_state_in_both_engines() => Compare(s_loops, TableLoopBody.Mixed, longestStop: 4_000);

    [Fact]
    public void Woven_computations_reach_the_same_state_in_both_engines() => Compare(4 * s_loops, TableLoopBody.Woven, longestStop: 1_500);

    [Fact]
    public void Loops_whose_rounds_begin_with_what_the_last_has_left_reach_the_same_state_in_both_engines() =>
        Compare(3 * s_loops, TableLoopBody.Rounds, longestStop: 3_000);

    // The product waits for the move that replaces it, and by then the register is to hold what it still holds.
    [Fact]
    public void A_register_that_gets_back_what_it_holds_waits_for_nothing_else()
    {
        using var pair = new EnginePair(() => Guest.Load($"""
                li a1, 7
                li a2, 3
                li s0, {Guest.Start + 0x1000}
            1:  addi a1, a1, 1
                mv a3, a1
                mulw a1, a1, a2
                lw a4, 0(s0)
                mv a1, a3
                li a3, 5
                addi a5, a5, 1
                sd a5, 0(s0)
                j 1b
            """));
        for (var stop = 0; stop < 100; stop++)
        {
            pair.Run(13);
            Assert.True(pair.Agrees, $"They differ after {pair.Interpreted.Retired} instructions.");
        }
    }

    private static void Compare(int loops, TableLoopBody body, int longestStop)
    {
        var (translated, retired) = (0ul, 0ul);
        for (var seed = 0; seed < loops; seed++)
        {
            using var pair = new EnginePair(() => TableLoop.Create(seed, body));
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
