using Verification.Machine;

namespace Verification.Specs.Benchmarks;

/// <summary>Runs each guest in the model and in QEMU by turns, so that both meet the same computer, and prints medians and ratios.</summary>
internal sealed class Comparison(int turns, long divisor, ExecutionEngine engine, string words)
{
    private static readonly string[] Columns = ["guest", "instructions", "model M/s", "QEMU M/s", "icount M/s", "model/QEMU", "model/icount"];

    // Below that, the difference of two processes' times says nothing.
    private const double ShortestSeconds = 0.02;

    /// <summary>Prints the table; false if a result differed.</summary>
    public bool Run()
    {
        var folder = Directory.CreateTempSubdirectory("guests").FullName;
        try
        {
            Console.WriteLine($"Median of {turns} turns; millions of guest instructions a second; a QEMU process's start is subtracted.");
            Console.WriteLine(Row(Columns));
            var start = QemuRun.IsPossible ? Measure(Guest.Empty, folder) : null;
            var rows = Guest.All.Where(guest => guest.Name.Contains(words, StringComparison.Ordinal)).Select(guest => Measure(guest.Shortened(divisor), folder)).Select(row => Print(row, start)).ToList();
            var ratios = rows.Where(row => row.Ratio > 0).Select(row => row.Ratio).ToList();
            if (ratios.Count > 0)
                Console.WriteLine($"geometric mean against QEMU: {Math.Exp(ratios.Average(Math.Log)):0.00}");
            else if (!QemuRun.IsPossible)
                Console.WriteLine("qemu-system-riscv64 is not installed: nothing to compare with.");
            return rows.All(row => row.IsSame);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Measured Measure(Guest guest, string folder)
    {
        var image = guest.Image();
        var file = Path.Combine(folder, $"{guest.File}{guest.Harts}.bin");
        File.WriteAllBytes(file, image);
        List<ModelRun> model = [];
        List<QemuRun> plain = [], counting = [];
        for (var turn = 0; turn < turns; turn++)
        {
            model.Add(ModelRun.Of(guest, image, engine));
            if (!QemuRun.IsPossible) continue;
            plain.Add(QemuRun.Of(guest, file));
            counting.Add(QemuRun.Of(guest, file, QemuRun.InstructionCounting));
        }
        return new Measured(guest, model, plain, counting);
    }

    private static (double Ratio, bool IsSame) Print(Measured row, Measured? start)
    {
        var instructions = row.Model[0].Instructions;
        var model = instructions / Median(row.Model.Select(run => run.Time)) / 1e6;
        var plain = Speed(row.Plain, start?.Plain, instructions);
        var counting = Speed(row.Counting, start?.Counting, instructions);
        var isSame = row.Plain.Concat(row.Counting).All(run => run.Result == row.Model[0].Result);
        Console.WriteLine(Row(
            row.Guest.Name, instructions.ToString("N0"), model.ToString("0"), Text(plain, "0"), Text(counting, "0"),
            Text(model / plain, "0.00"), Text(model / counting, "0.00")) + (isSame ? "" : "  RESULTS DIFFER"));
        return (double.IsFinite(plain) ? model / plain : 0, isSame);
    }

    // On several harts a waiting hart's instructions differ from run to run; the speed is that of the model's count.
    private static double Speed(List<QemuRun> runs, List<QemuRun>? start, ulong instructions)
    {
        if (runs.Count == 0) return double.NaN;
        var seconds = Median(runs.Select(run => run.Time)) - Median(start!.Select(run => run.Time));
        return seconds < ShortestSeconds ? double.NaN : instructions / seconds / 1e6;
    }

    private static double Median(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted[sorted.Count / 2].TotalSeconds;
    }

    private static string Text(double value, string format) => double.IsFinite(value) ? value.ToString(format) : "-";

    private static string Row(params string[] cells) =>
        cells[0].PadRight(20) + string.Concat(cells.Skip(1).Select(cell => cell.PadLeft(14)));

    private sealed record Measured(Guest Guest, List<ModelRun> Model, List<QemuRun> Plain, List<QemuRun> Counting);
}
