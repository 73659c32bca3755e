using Verification.Framework.Booting;
using Verification.Framework.Generation;
using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Schedule;
using Verification.Specs.Kernel;
using Xunit;

namespace Verification.Specs.Booting;

/// <summary>A boot behind a common beginning is the boot that it would have been alone.</summary>
public class SharedBootSpecs
{
    // The beginning counts to ten thousand, then a second hart starts, and both add to one word.
    private const string TwoHarts = """
            li t0, 10000
        1:  addi t0, t0, -1
            bnez t0, 1b
            li a0, 1
            la a1, other
            call start_hart
            li t0, 500
        1:  addi t0, t0, -1
            bnez t0, 1b
            j done
        other:
            j rest
        """;

    private static readonly int s_machines =
        Setting.Number("VERIFICATION_MACHINES", 12);

    [Fact]
    public void Boots_that_share_a_beginning_come_to_the_same_as_boots_on_their_own()
    {
        var shared = 0;
        for (var number = 0; number < s_machines; number++)
        {
            var machine = MachineGenerator.Generate(OurImage.Space, seed: 5, number);
            shared += Compare(OurImage.Safe, machine, [MachineGenerator.Generate(OurImage.Space, seed: 6, number).Schedule]);
        }

        Assert.True(shared > 0);
        Assert.Equal(4, Compare(AssemblyKernel.Of(TwoHarts), new BoardConfiguration { Harts = [new(0), new(1)] }, []));
    }

    [Fact]
    public void A_kernel_that_reads_the_seed_in_the_devicetree_has_nothing_in_common_behind()
    {
        // Sums up all of the devicetree, after some thousand instructions.
        var kernel = AssemblyKernel.Of("""
                li t0, 5000
            1:  addi t0, t0, -1
                bnez t0, 1b
                li t2, 4096
            2:  lbu t1, 0(s1)
                add t0, t0, t1
                addi s1, s1, 1
                addi t2, t2, -1
                bnez t2, 2b
                sd t0, -8(sp)
                j done
            """.Replace("li t0, 5000", "mv s1, a1\n li t0, 5000"));
        var machine = new BoardConfiguration();

        var beginning = SharedBoot.TryBegin(kernel, machine, new BootLimits());

        Assert.NotNull(beginning);
        Assert.InRange(beginning.Instructions, 10_000ul, 10_000 + 5 * 4096ul);
        Assert.Equal(4, Compare(kernel, machine, []));
    }

    [Fact]
    public void A_campaign_over_schedules_finds_what_single_boots_find()
    {
        var machine = new BoardConfiguration { Harts = [new(0), new(1)] };
        BoardConfiguration Scheduled(int number) => machine with { Schedule = new ScheduleChoice.Interleaved((ulong)number, 1, 500) };
        var kernel = AssemblyKernel.Of(TwoHarts);

        var result = new Campaign(kernel, Scheduled, new BootLimits()).Run(40);

        Assert.Null(result.Failure);
        Assert.Equal(Enumerable.Range(0, 40).Aggregate(0ul, (sum, number) => sum + KernelBoot.Run(kernel, Scheduled(number)).Instructions),
            result.Instructions);
    }

    /// <summary>How many schedules shared the machine's beginning, all with the same result.</summary>
    private static int Compare(KernelDescription kernel, BoardConfiguration machine, ScheduleChoice[] further)
    {
        ScheduleChoice[] schedules =
            [.. further, machine.Schedule, new ScheduleChoice.RoundRobin(1234), new ScheduleChoice.Interleaved(77, 1, 50), ScheduleChoice.Parse("recorded:0x1000 1x30 0x7000")];
        if (SharedBoot.TryBegin(kernel, machine, new BootLimits()) is not { } shared) return 0;
        foreach (var schedule in schedules)
        {
            var other = machine with { Schedule = schedule };
            Assert.True(shared.IsOf(other));
            var (together, alone) = (shared.Run(schedule), KernelBoot.Run(kernel, other));
            Assert.Equal(alone.StateHash, together.StateHash);
            Assert.Equal((alone.Verdict, alone.Failure?.ToString(), alone.Instructions, alone.Ticks, alone.Console),
                (together.Verdict, together.Failure?.ToString(), together.Instructions, together.Ticks, together.Console));
            Assert.Equal(alone.Stacks, together.Stacks);
            Assert.Equal(alone.Harts, together.Harts);
        }

        return schedules.Length;
    }
}
