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
    private const int BatchSize = 50;
    private const int UsualPrograms = 150;

    private static readonly (long A, long B)[] Inputs = [(0, 0), (5, -3), (long.MinValue, -1), (0x0123_4567_89ab_cdef, 77)];

    private static readonly CompilerOptions Options = new() { FloatingPoint = true };

    private static int Batches =>
        ((int.TryParse(Environment.GetEnvironmentVariable("COMPILER_PROGRAMS"), CultureInfo.InvariantCulture, out int count) ? count : UsualPrograms) + BatchSize - 1) / BatchSize;

    private static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable("COMPILER_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 500_000;

    // The same programs each time; others by COMPILER_SEED.
    [Xunit.Fact]
    public void Generated_programs_do_on_the_board_what_they_do_on_the_CLR()
    {
        for (int batch = 0; batch < Batches; batch++)
        {
            string? difference = Difference(unchecked(Seed + (batch * BatchSize)));
            Xunit.Assert.True(difference is null, difference);
        }
    }

    /// <summary>What the programs of a batch do differently; null if they agree.</summary>
    internal static string? Difference(int first)
    {
        List<SourceFile> files = [.. Enumerable.Range(0, BatchSize).Select(number => ProgramWriter.WriteForBatch(unchecked(first + number)))];
        using GuestProgram programs = new([ProgramWriter.Kit, .. files], Options) { NeedsFreshVariables = false };
        foreach (SourceFile file in files)
        {
            if (Compare(programs, file) is not { } difference) continue;
            SourceFile shortest = ProgramShrinker.Shrink(file, DiffersAlone);
            using GuestProgram alone = new([ProgramWriter.Kit, shortest], Options) { NeedsFreshVariables = false };
            return $"seed {file.Name}: {difference}\nshortened: {Compare(alone, shortest)}\n{shortest.Text}";
        }

        return null;
    }

    private static bool DiffersAlone(SourceFile file)
    {
        try
        {
            using GuestProgram alone = new([ProgramWriter.Kit, file], Options) { NeedsFreshVariables = false };
            return Compare(alone, file) is not null;
        }
        catch (InvalidOperationException)
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
            if (state.Value != left.Value) return $"variables after Run({a}, {b}): the CLR says {state}, the board {left}";
        }

        return null;
    }
}
