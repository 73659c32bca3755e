using Verification.Machine;
using Verification.Specs.Oracles;
using Xunit;
using Xunit.Abstractions;

namespace Verification.Specs.Lockstep;

/// <summary>The model and QEMU execute the same random programs, and are in the same state after every instruction.</summary>
public class LockstepSpecs(ITestOutputHelper output)
{
    public static TheoryData<string> Profiles => [.. LockstepProfile.All.Select(profile => profile.Name)];

    [RequiresToolTheory(QemuTrace.Qemu)]
    [MemberData(nameof(Profiles))]
    public void Model_and_QEMU_are_in_lock_step(string profile)
    {
        var outcome = Campaign.Run(LockstepProfile.Named(profile), Campaign.Instructions);
        output.WriteLine($"{profile}: {outcome.Instructions:n0} instructions");
        Assert.True(outcome.Differences.Count == 0, $"{outcome.Differences.Count} programs tell them apart.\n"
            + string.Join('\n', outcome.Differences.DistinctBy(one => one.Kind).Take(3).Select(one => ProgramShrinker.Shrink(one).Report())));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void The_translator_ends_each_program_as_the_interpreter_does(string profile)
    {
        foreach (var program in Campaign.Programs(LockstepProfile.Named(profile), 1, 4))
        {
            using var interpreted = new LockstepModel([program], ExecutionEngine.Interpreter);
            using var translated = new LockstepModel([program], ExecutionEngine.Translator);
            Assert.Equal(interpreted.Board.Run(LockstepModel.MostInstructions), translated.Board.Run(LockstepModel.MostInstructions));
            Assert.Equal(interpreted.Board.StateHash(), translated.Board.StateHash());
        }
    }

    [RequiresToolFact(QemuTrace.Qemu)]
    public void A_difference_is_found_where_it_is_and_shrunk_to_what_makes_it()
    {
        const string Lacking = ExplainedDifferences.QemuCpu + ",zbs=false";
        // Beginnings of programs: to shrink whole ones takes a minute.
        List<LockstepProgram> programs =
            [.. Campaign.Programs(LockstepProfile.Named("Zbs"), 1, 2).Select(static program => program with { Units = [.. program.Units.Take(40)] })];

        var outcome = LockstepRun.Compare(programs, Lacking);

        Assert.Equal(2, outcome.Differences.Count);
        var shrunk = ProgramShrinker.Shrink(outcome.Differences[0], Lacking);
        Assert.InRange(shrunk.Program.Units.Count, 1, 3);
        Assert.Contains(shrunk.Program.Units, unit => unit.Words.Contains(shrunk.Word));
        Assert.Matches(@"\bb(set|clr|inv|ext)i? ", shrunk.Report());
        Assert.Empty(LockstepRun.Compare([shrunk.Program]).Differences);
    }
}
