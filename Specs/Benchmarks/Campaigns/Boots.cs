using System.Diagnostics;
using Verification.Framework.Booting;
using Verification.Framework.Generation;
using Verification.Machine;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>Boots a second: the repository's kernel, 4 harts, 128 MiB, each with a devicetree of its own; against QEMU with OpenSBI.</summary>
internal static class Boots
{
    private const int PerTurn = 100;

    public static void Run(int turns)
    {
        var kernel = BenchmarkKernel.Description;
        var machines = Enumerable.Range(0, PerTurn).Select(number => BenchmarkKernel.Machine(number)).ToArray();
        var random = Enumerable.Range(0, PerTurn).Select(number => MachineGenerator.Generate(BenchmarkKernel.Space, 0, number)).ToArray();
        var times = Timing.MicrosecondsOf(turns, PerTurn,
            call => KernelBoot.Start(kernel, machines[call]).Dispose(),
            call => { using var board = KernelBoot.Start(kernel, machines[call]); board.Run(100_000_000); },
            call => Check(machines[call]),
            call => Check(random[call]));
        var qemu = QemuRun.IsPossible ? Timing.Median(Enumerable.Range(0, Math.Max(3, turns)).Select(Qemu)) : double.NaN;

        Console.WriteLine($"{"boot",-52}{"us",12}{"a second",12}{"x QEMU",10}");
        Print("machine made and image loaded, nothing run", times[0]);
        Print("to power-off, unobserved", times[1]);
        Print("checked: stacks, locks, pages; allocator drained", times[2]);
        Print("checked, machines of any kind as 'check' has them", times[3]);
        if (QemuRun.IsPossible) Print("QEMU with OpenSBI, process start to power-off", qemu);
        else Console.WriteLine("qemu-system-riscv64 is not installed: nothing to compare with.");

        void Check(BoardConfiguration machine) => new Campaign(kernel, _ => machine, new BootLimits()) { ParallelBoots = 1 }.Run(1);

        void Print(string what, double microseconds) => Console.WriteLine(
            $"{what,-52}{microseconds,12:N0}{1e6 / microseconds,12:N1}{(double.IsNaN(qemu) ? "-" : (qemu / microseconds).ToString("N1")),10}");
    }

    /// <summary>User CPU microseconds of one process. Each has another command line, and so another devicetree.</summary>
    private static double Qemu(int number)
    {
        var start = new ProcessStartInfo("qemu-system-riscv64") { RedirectStandardOutput = true, RedirectStandardInput = true };
        string[] words =
        [
            "-machine", "virt", "-m", "128M", "-smp", "4", "-nographic", "-monitor", "none", "-serial", "stdio",
            "-append", $"number={number}", "-kernel", BenchmarkKernel.ImagePath,
        ];
        foreach (var word in words) start.ArgumentList.Add(word);
        var before = CpuTime.OfChildren;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (!output.Contains(BenchmarkKernel.Description.Marker!)) throw new InvalidOperationException("The kernel does not boot in QEMU.");
        return (CpuTime.OfChildren - before).TotalMicroseconds;
    }
}
