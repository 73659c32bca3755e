namespace Verification.Specs.Lockstep;

/// <summary>
/// Programs of consecutive seeds, until so many instructions have been compared. By default some thousands for each profile;
/// <c>VERIFICATION_LOCKSTEP</c> is how many for all profiles together, <c>VERIFICATION_LOCKSTEP_SEED</c> the first seed.
/// </summary>
internal static class Campaign
{
    private const long DefaultInstructions = 4_000;
    private const int ProgramsOfBatch = 100;

    /// <summary>Instructions to compare for one profile.</summary>
    public static long Instructions =>
        Setting.Number("VERIFICATION_LOCKSTEP", DefaultInstructions * LockstepProfile.All.Count) / LockstepProfile.All.Count;

    private static int FirstSeed => Setting.Number("VERIFICATION_LOCKSTEP_SEED", 1);

    /// <summary>Runs until enough has been compared, or until a batch has a difference.</summary>
    public static LockstepRun.Outcome Run(LockstepProfile profile, long instructions)
    {
        var seed = FirstSeed;
        var compared = 0L;
        while (compared < instructions)
        {
            // A program is some two thousand instructions.
            var programs = Programs(profile, seed, (int)Math.Clamp((instructions - compared) / 2_000 + 1, 1, ProgramsOfBatch));
            seed = programs[^1].Seed + 1;
            var outcome = LockstepRun.Compare(programs);
            compared += outcome.Instructions;
            if (outcome.Differences.Count > 0) return outcome with { Instructions = compared };
        }

        return new(compared, []);
    }

    /// <summary>Programs that come to their end in the model: few do not.</summary>
    public static List<LockstepProgram> Programs(LockstepProfile profile, int firstSeed, int count)
    {
        var programs = new List<LockstepProgram>();
        for (var seed = firstSeed; programs.Count < count; seed++)
        {
            Xunit.Assert.True(seed < firstSeed + 10 * count + 10, $"Most programs of {profile} do not end.");
            var program = ProgramGenerator.Generate(profile, seed);
            if (LockstepModel.Ends(program)) programs.Add(program);
        }

        return programs;
    }
}
