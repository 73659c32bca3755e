using Verification.Framework.Booting;
using Verification.Machine.Schedule;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>What it saves to boot the common beginning of machines once, which differ in their schedules alone.</summary>
internal static class Prefixes
{
    private const int Schedules = 50;

    public static void Run(int turns)
    {
        var kernel = BenchmarkKernel.Description;
        var machine = BenchmarkKernel.Machine(0);
        var times = Timing.MicrosecondsOf(turns, 1,
            _ => { for (var i = 0; i < Schedules; i++) KernelBoot.Run(kernel, machine with { Schedule = Schedule(i) }); },
            _ =>
            {
                var shared = SharedBoot.TryBegin(kernel, machine, new BootLimits())
                    ?? throw new InvalidOperationException("The machines have nothing in common.");
                for (var i = 0; i < Schedules; i++) shared.Run(Schedule(i));
            });
        var boot = KernelBoot.Run(kernel, machine);
        var beginning = SharedBoot.TryBegin(kernel, machine, new BootLimits())!.Instructions;
        Console.WriteLine($"{Schedules} schedules of one machine; {beginning:N0} of {boot.Instructions:N0} instructions in common");
        Console.WriteLine($"each boot on its own {times[0] / Schedules:N0} us, behind the common beginning {times[1] / Schedules:N0} us: {times[0] / times[1]:0.00} times as many");
    }

    private static ScheduleChoice Schedule(int number) => new ScheduleChoice.Interleaved((ulong)number, 1_000, 20_000);
}
