using System.Diagnostics;
using Verification.Machine;
using Verification.Machine.Images;

namespace Verification.Specs.Benchmarks;

/// <summary>What a machine costs beside its instructions: boots, forks, restores, against harts and memory size.</summary>
internal static class Costs
{
    private const ulong MiB = 1UL << 20;

    private static readonly (int Harts, ulong MemoryBytes)[] Machines =
        [(1, 128 * MiB), (4, 128 * MiB), (64, 128 * MiB), (512, 128 * MiB), (4, 16_384 * MiB), (4, 1_048_576 * MiB)];

    /// <summary>Prints a line for each size of machine.</summary>
    public static void Run(TimeSpan each)
    {
        Console.WriteLine();
        Console.WriteLine("machine".PadRight(28) + "boots/s".PadLeft(12) + "forks/s".PadLeft(12) + "restores/s".PadLeft(12));
        foreach (var (harts, memoryBytes) in Machines) Print(harts, memoryBytes, each);
    }

    private static void Print(int harts, ulong memoryBytes, TimeSpan each)
    {
        var configuration = ModelRun.Configuration(harts, memoryBytes);
        var image = KernelImage.FromRaw(Guest.Empty.Image(), Guest.LoadAddress);
        var boots = PerSecond(each, () =>
        {
            using var board = Board.Boot(configuration, image);
            board.Run(1_000_000);
        });
        using var origin = Board.Boot(configuration, image);
        origin.Run(20);
        var forks = PerSecond(each, () => origin.Fork().Dispose());
        var snapshot = origin.Save();
        var restores = PerSecond(each, () =>
        {
            origin.Run(20);
            origin.Restore(snapshot);
        });
        var name = $"{harts} harts, {memoryBytes / MiB:N0} MiB";
        Console.WriteLine(name.PadRight(28) + $"{boots,12:N0}{forks,12:N0}{restores,12:N0}");
    }

    private static double PerSecond(TimeSpan time, Action action)
    {
        action();
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (; watch.Elapsed < time; count++) action();
        return count / watch.Elapsed.TotalSeconds;
    }
}
