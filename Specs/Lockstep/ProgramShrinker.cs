namespace Verification.Specs.Lockstep;

/// <summary>
/// Drops units of a program for as long as it still tells model and QEMU apart: all that each alone could go are tried
/// together, then half of them, and so on; pieces get smaller when none can go.
/// </summary>
internal static class ProgramShrinker
{
    /// <summary>The difference of a program that has no unit too many.</summary>
    public static Difference Shrink(Difference difference, string cpu = ExplainedDifferences.QemuCpu)
    {
        for (var piece = Math.Max(1, difference.Program.Units.Count / 2); piece >= 1;)
        {
            var pieces = Enumerable.Range(0, (difference.Program.Units.Count + piece - 1) / piece).Select(i => (HashSet<int>)[i]).ToList();
            var dispensable = Differing(difference, pieces, piece, cpu).Select(one => one.Dropped.Single()).ToList();
            if (dispensable.Count == 0)
            {
                piece /= 2;
                continue;
            }

            for (var count = dispensable.Count; count >= 1; count /= 2)
            {
                var found = Differing(difference, [[.. dispensable.Take(count)]], piece, cpu);
                if (found.Count == 0) continue;
                difference = found[0].Difference;
                break;
            }
        }

        return difference;
    }

    /// <summary>Those programs without some pieces that still have the difference.</summary>
    private static List<(HashSet<int> Dropped, Difference Difference)> Differing(
        Difference difference, IReadOnlyList<HashSet<int>> drops, int piece, string cpu)
    {
        var program = difference.Program;
        var candidates = drops.Select(dropped => (Dropped: dropped, Program: program with
        {
            Units = [.. program.Units.Where((_, i) => !dropped.Contains(i / piece))],
        })).Where(one => one.Program.Units.Count > 0 && LockstepModel.Ends(one.Program)).ToList();
        var differences = LockstepRun.Compare([.. candidates.Select(one => one.Program)], cpu).Differences;
        return [.. from one in candidates
                   from other in differences
                   where ReferenceEquals(one.Program, other.Program) && other.Kind == difference.Kind
                   select (one.Dropped, other)];
    }
}
