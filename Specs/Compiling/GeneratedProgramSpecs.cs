using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Verification.Specs.Compiling;

/// <summary>
/// Random programs give on the board what they give on the CLR. <c>COMPILER_PROGRAMS</c> sets how many are tried by one
/// case, for long runs; a failure prints the program's seed and the whole program.
/// </summary>
public sealed class GeneratedProgramSpecs
{
    private const int MethodsPerProgram = 4;

    private static readonly (long A, long B)[] Inputs = [(0, 0), (5, -3), (long.MinValue, -1), (0x0123_4567_89ab_cdef, 77)];

    private static int ProgramsPerCase =>
        int.TryParse(Environment.GetEnvironmentVariable("COMPILER_PROGRAMS"), CultureInfo.InvariantCulture, out int count) ? count : 1;

    [Property(MaxTest = 24)]
    public Property A_generated_program_does_on_the_board_what_it_does_on_the_CLR() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            for (int number = 0; number < ProgramsPerCase; number++)
            {
                int own = unchecked((seed * 1_000_003) + number);
                if (Difference(own) is { } difference) return false.Label(difference);
            }

            return true.Label("");
        });

    private static string? Difference(int seed)
    {
        using GuestProgram program = new(ProgramWriter.Write(seed, MethodsPerProgram));
        if (!program.Program.IsComplete) return $"seed {seed}: {program.Program.Diagnostics[0]}\n{program.Source}";
        for (int method = 0; method < MethodsPerProgram; method++)
        {
            foreach ((long a, long b) in Inputs)
            {
                Outcome expected = program.RunOnClr(a, b, $"Run{method}");
                Outcome actual = program.RunInModel(a, b, $"Run{method}");
                if (expected.Value == actual.Value && expected.Panic == actual.Panic) continue;
                expected = program.RunOnPlainClr(a, b, $"Run{method}");
                if (expected.Value != actual.Value || expected.Panic != actual.Panic)
                    return $"seed {seed}, Run{method}({a}, {b}): the CLR says {expected}, the board {actual}\n{program.Source}";
            }
        }

        return null;
    }
}
