using Verification.Machine;
using Verification.Machine.Schedule;

namespace Verification.Specs.Benchmarks;

/// <summary>What it costs that harts take turns: the speed of four that change every 1,000 instructions against one.</summary>
internal static class Interleaving
{
    private const int Harts = 4;
    private const ulong TurnInstructions = 1_000;

    // A computer that others use is now faster and now slower, by half: what is measured one after the other is compared.
    private const int TurnsAtLeast = 15;

    private static readonly string[] Names = ["integer mix", "memory", "branches and calls", "floating point"];

    /// <summary>Prints a line for each guest: medians of millions of instructions a second, and of the turns' ratios.</summary>
    public static void Run(int turns, long divisor, ExecutionEngine engine)
    {
        Console.WriteLine();
        Console.WriteLine("turns of 1,000".PadRight(28) + "1 hart".PadLeft(12) + "4 harts".PadLeft(12) + "ratio".PadLeft(12));
        var schedule = new ScheduleChoice.RoundRobin(TurnInstructions);
        foreach (var guest in Guest.All.Where(guest => Names.Contains(guest.Name)))
        {
            var alone = guest.Shortened(divisor);
            var shared = alone.Shortened(Harts) with { Harts = Harts };
            List<double> one = [], four = [];
            for (var turn = 0; turn < Math.Max(turns, TurnsAtLeast); turn++)
            {
                one.Add(Speed(ModelRun.Of(alone, alone.Image(), engine)));
                four.Add(Speed(ModelRun.Of(shared, shared.Image(), engine, schedule)));
            }

            var ratio = Median([.. one.Zip(four, static (first, second) => second / first)]);
            Console.WriteLine(guest.Name.PadRight(28) + $"{Median(one),12:0}{Median(four),12:0}{ratio,12:0.00}");
        }
    }

    private static double Speed(ModelRun run) => run.Instructions / run.Time.TotalSeconds / 1e6;

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
