using System.Diagnostics;
using Verification.Framework.Booting;
using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Harts;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>A long campaign of 'check', with the process's memory as it goes; and how it scales with cores.</summary>
internal static class LongCampaign
{
    // The first line comes early, and each after twice as many boots.
    private const int FirstShown = 1_000;

    /// <summary>Boots that many machines: of <c>any</c> kind, or <c>four</c> harts with 128 MiB, checked; or those <c>unobserved</c>.</summary>
    public static void Run(int machines, string kind)
    {
        var kernel = BenchmarkKernel.Description;
        Console.WriteLine($"{"boots",12}{"a second",12}{"managed MiB",14}{"process MiB",14}{"collections",14}");
        var (watch, next) = (Stopwatch.StartNew(), Math.Min(FirstShown, machines));
        if (kind == "unobserved")
        {
            RunUnobserved(machines);
            return;
        }

        Func<int, BoardConfiguration> machine = kind == "any"
            ? number => MachineGenerator.Generate(BenchmarkKernel.Space, 0, number)
            : number => BenchmarkKernel.Machine(number);
        var result = new Campaign(kernel, machine, new BootLimits()).Run(machines, sofar => Show(sofar.Machines));
        Console.WriteLine(result.Failure is null ? $"{result.Machines:N0} boots passed" : $"machine {result.Machines:N0} did not pass");

        void Show(int boots)
        {
            if (boots < next) return;
            next = Math.Min(2 * next, Math.Max(machines, boots + 1));
            var speed = boots / watch.Elapsed.TotalSeconds;
            var managed = GC.GetTotalMemory(forceFullCollection: true);
            using var process = Process.GetCurrentProcess();
            Console.WriteLine($"{boots,12:N0}{speed,12:N0}{managed / 1048576.0,14:N1}{process.WorkingSet64 / 1048576.0,14:N0}{GC.CollectionCount(0),14:N0}");
        }

        void RunUnobserved(int count)
        {
            const int atOnce = 1_000;
            var cores = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
            for (var first = 0; first < count; first += atOnce)
            {
                var end = Math.Min(first + atOnce, count);
                Parallel.For(first, end, cores, number =>
                {
                    using var board = KernelBoot.Start(kernel, BenchmarkKernel.Machine(number));
                    if (board.Run(100_000_000) is not StopReason.PowerOff { Code: 0 }) throw new InvalidOperationException($"Machine {number} does not boot.");
                });
                Show(end);
            }

            Console.WriteLine($"{count:N0} boots ended by power-off");
        }
    }

    public static void Scale(int machines)
    {
        var kernel = BenchmarkKernel.Description;
        Console.WriteLine($"{"cores",8}{"boots a second",18}{"against one",14}   (by the wall)");
        var one = 0.0;
        for (var cores = 1; cores <= Environment.ProcessorCount; cores++)
        {
            var campaign = new Campaign(kernel, number => MachineGenerator.Generate(BenchmarkKernel.Space, 0, number), new BootLimits()) { ParallelBoots = cores };
            if (cores == 1) campaign.Run(machines);
            var watch = Stopwatch.StartNew();
            campaign.Run(machines);
            var speed = machines / watch.Elapsed.TotalSeconds;
            if (cores == 1) one = speed;
            Console.WriteLine($"{cores,8}{speed,18:N0}{speed / one,13:0.00}x");
        }
    }
}
