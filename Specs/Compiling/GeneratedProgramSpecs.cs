using System.Globalization;
using Verification.Toolchain;

namespace Verification.Specs.Compiling;

/// <summary>
/// Random programs do on the board what they do on the CLR: results, panics and what their variables hold afterwards.
/// Many programs are one compilation and one image. <c>COMPILER_PROGRAMS</c> sets how many are tried in all; a failure
/// prints the program's seed and the program, shortened.
/// </summary>
public sealed class GeneratedProgramSpecs
{
    private const int BatchSize = 250;
    private const int UsualPrograms = 2000;

    private static readonly (long A, long B)[] Inputs = [(0, 0), (5, -3), (long.MinValue, -1), (0x0123_4567_89ab_cdef, 77)];

    private static readonly CompilerOptions Options = new() { FloatingPoint = true, VariableLocations = false };

    private static int Batches =>
        (Setting.Number("COMPILER_PROGRAMS", UsualPrograms) + BatchSize - 1) / BatchSize;

    private static int Seed =>
        Setting.Number("COMPILER_SEED", 500_000);

    // The same programs each time; others by COMPILER_SEED.
    [Xunit.Fact]
    public void Generated_programs_do_on_the_board_what_they_do_on_the_CLR()
    {
        for (int batch = 0; batch < Batches; batch++)
        {
            IEnumerable<int> seeds = Enumerable.Range(0, BatchSize).Select(number => unchecked(Seed + (batch * BatchSize) + number));
            string? difference = Difference([.. seeds.Select(ProgramWriter.WriteForBatch)]);
            Xunit.Assert.True(difference is null, difference);
        }
    }

    // Long runs have found them: two programs, at which the compiler failed only together.
    [Xunit.Theory]
    [Xunit.InlineData(46_016, 46_080)]
    public void Programs_that_the_compiler_has_failed_at_do_the_same_as_well(int first, int second)
    {
        string? difference = Difference([ProgramWriter.WriteForBatch(first), ProgramWriter.WriteForBatch(second)]);
        Xunit.Assert.True(difference is null, difference);
    }

    // What follows says that a failure in a batch comes out, alone and short.
    [Xunit.Fact]
    public void A_program_that_Roslyn_refuses_is_a_failure_of_the_writer()
    {
        SourceFile bad = new("Bad.cs", "namespace Bad;\npublic static class Test\n{\n    public static long Run(long a, long b) => c;\n    public static long RunState(long a, long b) => 0;\n}");
        string difference = Difference([ProgramWriter.WriteForBatch(1), bad, ProgramWriter.WriteForBatch(2)])!;
        Xunit.Assert.StartsWith("Bad.cs: the writer wrote what is no C#: Bad.cs(4,", difference, StringComparison.Ordinal);
        Xunit.Assert.Contains("error CS0103", difference, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public void A_program_that_differs_is_found_in_its_batch_and_shortened()
    {
        SourceFile differing = new(
            "Differing.cs",
            """
            namespace Differing;
            public static unsafe class Test
            {
                public static long Run(long a, long b)
                {
                    long sum = a * 3;
                    for (int index = 0; index < 3; index++)
                    {
                        sum += b;
                    }
                    long where = (long)&sum;
                    sum ^= where;
                    return sum;
                }
                public static long RunState(long a, long b) => 0;
            }
            """);
        string difference = Difference([ProgramWriter.WriteForBatch(1), differing, ProgramWriter.WriteForBatch(2)])!;
        Xunit.Assert.StartsWith("seed Differing.cs: ", difference, StringComparison.Ordinal);
        Xunit.Assert.DoesNotContain("sum += b", difference, StringComparison.Ordinal);
        Xunit.Assert.Contains("(long)&sum", difference, StringComparison.Ordinal);
    }

    /// <summary>What the programs of a batch do differently, the first that does; null if they agree.</summary>
    internal static string? Difference(IReadOnlyList<SourceFile> files)
    {
        try
        {
            using GuestProgram programs = Compile(files);
            // Whose fault it is may not be said: then each must show it alone.
            bool isUnclear = !programs.Program.IsComplete && programs.Program.Diagnostics.All(diagnostic => diagnostic.File.Length == 0);
            SourceFile? guilty = isUnclear ? files.FirstOrDefault(DiffersAlone) : files.FirstOrDefault(file => Compare(programs, file) is not null);
            if (guilty is null) return isUnclear ? string.Join("\n", programs.Program.Diagnostics) : null;
            // Without this, a run would begin with what the one before has left.
            const string reset = "Reset();";
            bool needsReset = guilty.Text.Contains("        " + reset, StringComparison.Ordinal);
            SourceFile shortest = ProgramShrinker.Shrink(guilty, file => (!needsReset || file.Text.Contains("        " + reset, StringComparison.Ordinal)) && DiffersAlone(file));
            using GuestProgram alone = Compile([shortest]);
            return $"seed {guilty.Name}: {Compare(isUnclear ? alone : programs, guilty)}\nshortened: {Compare(alone, shortest)}\n{shortest.Text}";
        }
        catch (InvalidSourceException invalid)
        {
            (string name, string text) = invalid.Errors[0];
            return $"{name}: the writer wrote what is no C#: {text}\n{files.FirstOrDefault(file => file.Name == name)?.Text}";
        }
    }

    private static GuestProgram Compile(IReadOnlyList<SourceFile> files) => new([ProgramWriter.Kit, .. files], Options) { NeedsFreshVariables = false };

    private static bool DiffersAlone(SourceFile file)
    {
        try
        {
            using GuestProgram alone = Compile([file]);
            return Compare(alone, file) is not null;
        }
        catch (InvalidSourceException)
        {
            return false; // no C# any more
        }
    }

    private static string? Compare(GuestProgram programs, SourceFile file)
    {
        if (!programs.Program.IsComplete)
        {
            Diagnostic? own = programs.Program.Diagnostics.FirstOrDefault(diagnostic => diagnostic.File == file.Name || diagnostic.File.Length == 0);
            return own?.ToString();
        }

        string type = $"{Path.GetFileNameWithoutExtension(file.Name)}.Test";
        if (!programs.Methods.Contains($"{type}.Run") || !programs.Methods.Contains($"{type}.RunState")) return null;
        foreach ((long a, long b) in Inputs)
        {
            Outcome expected = programs.RunOnClr(a, b, $"{type}.Run");
            Outcome state = programs.RunOnClr(a, b, $"{type}.RunState", isFresh: false);
            Outcome actual;
            Outcome left;
            try
            {
                actual = programs.RunInModel(a, b, $"{type}.Run");
                left = programs.RunInModel(a, b, $"{type}.RunState", isFresh: false);
            }
            catch (InvalidOperationException fault)
            {
                return $"Run({a}, {b}): {fault.Message.Split('\n')[0]}";
            }

            if (expected.Value != actual.Value || expected.Panic != actual.Panic) return $"Run({a}, {b}): the CLR says {expected}, the board {actual}";
            // A panic runs no finally block, an exception does.
            bool isSettled = expected.Panic is null || !(file.Text.Contains("finally", StringComparison.Ordinal) || file.Text.Contains("using (", StringComparison.Ordinal));
            if (isSettled && state.Value != left.Value) return $"variables after Run({a}, {b}): the CLR says {state}, the board {left}";
        }

        return null;
    }
}
