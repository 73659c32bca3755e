using Verification.Framework.Booting;
using Verification.Machine;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Booting;

public class CampaignSpecs
{
    // Fails on machines with four harts and more: the fourth writes over the others' word.
    private const string FailsOnFourHarts = """
            li a0, 3
            la a1, other
            call start_hart
            bnez a0, 1f
            call panic
        1:  j done
        other:
            j rest
        """;

    private static BoardConfiguration Machine(int index) => new()
    {
        Harts = [.. Enumerable.Range(0, 1 + index * 7 % 9).Select(i => new HartConfiguration((ulong)i))],
        Memory = [new MemoryBank(0x8000_0000, (ulong)(16 + index) << 20)],
    };

    private static IEnumerable<BoardConfiguration> OneHartLess(BoardConfiguration machine)
    {
        if (machine.Harts.Count > 1) yield return machine with { Harts = [.. machine.Harts.SkipLast(1)] };
    }

    [Fact]
    public void A_good_kernel_passes_on_all_machines_and_the_result_tells_what_was_covered()
    {
        var result = new Campaign(AssemblyKernel.Of("addi sp, sp, -48\n sd ra, 0(sp)\n j done"), Machine, new BootLimits()).Run(40);

        Assert.Null(result.Failure);
        Assert.Equal((40, (1, 9), (16ul << 20, 55ul << 20)), (result.Machines, result.Harts, result.MemoryBytes));
        Assert.Equal(48ul, Assert.Single(result.Stacks).DeepestBytes);
    }

    [Fact]
    public void The_first_failure_is_that_of_the_lowest_number_on_any_number_of_cores()
    {
        var kernel = AssemblyKernel.Of(FailsOnFourHarts);
        int first = Enumerable.Range(0, 40).First(i => Machine(i).Harts.Count > 3);

        foreach (int cores in (int[])[1, 2, 7])
        {
            var result = new Campaign(kernel, Machine, new BootLimits()) { ParallelBoots = cores }.Run(40);
            Assert.Equal((first + 1, Machine(first)), (result.Machines, result.Failure!.Machine));
        }
    }

    [Fact]
    public void A_failing_machine_is_shrunk_to_the_simplest_that_fails_alike()
    {
        var campaign = new Campaign(AssemblyKernel.Of(FailsOnFourHarts), Machine, new BootLimits());
        var failing = campaign.Run(40).Failure!;

        var simplest = campaign.Shrink(failing, OneHartLess);

        Assert.Equal(4, simplest.Machine.Harts.Count);
        Assert.Equal(failing.Failure, simplest.Failure);
    }

    [Fact]
    public void Shrinking_does_not_wander_to_another_failure()
    {
        // With fewer than three harts this kernel does not panic but overflows its stack.
        var campaign = new Campaign(AssemblyKernel.Of("""
                li a0, 2
                la a1, rest
                call start_hart
                bnez a0, 1f
                call panic
            1:  addi sp, sp, -2048
                addi sp, sp, -2048
                addi sp, sp, -16
                j done
            """), Machine, new BootLimits());
        var failing = KernelBoot.Run(AssemblyKernel.Of("call panic"), Machine(1));

        var simplest = campaign.Shrink(failing, OneHartLess);

        Assert.Equal(3, simplest.Machine.Harts.Count);
    }
}
