using Verification.Framework.Booting;
using Verification.Machine;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>What a machine's size costs: a boot of the repository's kernel per instruction, against harts and memory.</summary>
internal static class Sizes
{
    private const ulong MiB = 1UL << 20;

    private const int PerTurn = 50;

    private static readonly (int Harts, ulong MemoryBytes)[] Machines =
        [(4, 128 * MiB), (1, 128 * MiB), (16, 128 * MiB), (64, 128 * MiB), (64, 1024 * MiB), (4, 16_384 * MiB), (4, 1_048_576 * MiB)];

    public static void Run(int turns)
    {
        var kernel = BenchmarkKernel.Description;
        var machines = Machines.Select(size => BenchmarkKernel.Machine(1, size.Harts, size.MemoryBytes)).ToArray();
        var instructions = machines.Select(machine =>
        {
            using var board = KernelBoot.Start(kernel, machine);
            board.Run(1_000_000_000);
            return board.Retired;
        }).ToArray();
        var runs = machines.Select(machine => new Action<int>(_ =>
        {
            using var board = KernelBoot.Start(kernel, machine);
            board.Run(1_000_000_000);
        })).ToArray();
        var times = Timing.MicrosecondsOf(turns, PerTurn, runs);

        Console.WriteLine($"{"machine",-28}{"instructions",14}{"us",10}{"ns each",10}{"against the first",20}");
        for (var i = 0; i < machines.Length; i++)
        {
            var each = times[i] / instructions[i] * 1e3;
            Console.WriteLine($"{$"{Machines[i].Harts} harts, {Machines[i].MemoryBytes / MiB:N0} MiB",-28}{instructions[i],14:N0}{times[i],10:N0}{each,10:0.0}"
                + $"{each / (times[0] / instructions[0] * 1e3),19:0.00}x");
        }
    }
}
