using System.Diagnostics;
using Verification.Framework.Booting;
using Verification.Framework.Generation;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>A long campaign of 'check', with the process's memory as it goes; and how it scales with cores.</summary>
internal static class LongCampaign
{
    public static void Run(int machines)
    {
        var kernel = BenchmarkKernel.Description;
        var campaign = new Campaign(kernel, number => MachineGenerator.Generate(BenchmarkKernel.Space, 0, number), new BootLimits());
        Console.WriteLine($"{"boots",12}{"a second",12}{"managed MiB",14}{"process MiB",14}");
        var (watch, shown) = (Stopwatch.StartNew(), 0);
        var result = campaign.Run(machines, sofar =>
        {
            if (sofar.Machines - shown < machines / 20) return;
            shown = sofar.Machines;
            using var process = Process.GetCurrentProcess();
            Console.WriteLine($"{sofar.Machines,12:N0}{sofar.Machines / watch.Elapsed.TotalSeconds,12:N0}"
                + $"{GC.GetTotalMemory(forceFullCollection: true) / 1048576.0,14:N1}{process.WorkingSet64 / 1048576.0,14:N0}");
        });
        Console.WriteLine(result.Failure is null ? $"{result.Machines:N0} boots passed" : "a boot did not pass");
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
