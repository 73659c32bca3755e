using Verification.Framework.Booting;
using Verification.Framework.Kernels;
using Verification.Machine;
using Xunit;

namespace Verification.Specs.Booting;

public class BootSpecs
{
    private static readonly BoardConfiguration OneHart = new();
    private static readonly BoardConfiguration TwoHarts = new() { Harts = [new HartConfiguration(0), new HartConfiguration(1)] };

    [Fact]
    public void A_kernel_that_says_that_it_is_done_and_switches_off_passes()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("j done"), OneHart);

        Assert.Equal(BootVerdict.Passed, result.Verdict);
        Assert.Null(result.Failure);
        Assert.Equal("kmain done\n", result.Console);
    }

    [Fact]
    public void Switching_off_without_the_marker_is_a_failure()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("j shutdown"), OneHart);

        Assert.Equal(BootVerdict.Failed, result.Verdict);
        Assert.Contains("kmain done", Assert.IsType<BootFailure.EndedEarly>(result.Failure).What);
    }

    [Fact]
    public void Waiting_for_ever_without_the_marker_is_a_failure()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("j rest"), OneHart);

        Assert.Equal(BootVerdict.Failed, result.Verdict);
        Assert.IsType<BootFailure.Rest>(result.Failure);
    }

    [Theory]
    [InlineData(GoodEnding.AnyRest, BootVerdict.Passed)]
    [InlineData(GoodEnding.PowerOff, BootVerdict.Failed)]
    public void Whether_a_kernel_may_wait_after_its_marker_is_part_of_its_description(GoodEnding ending, BootVerdict verdict)
    {
        var kernel = AssemblyKernel.Of("la a0, marker\n call print\n j rest") with { Ending = ending };

        Assert.Equal(verdict, KernelBoot.Run(kernel, OneHart).Verdict);
    }

    [Fact]
    public void A_kernel_without_a_known_marker_passes_by_switching_off_and_not_by_waiting()
    {
        Assert.Equal(BootVerdict.Passed, KernelBoot.Run(AssemblyKernel.Of("j shutdown") with { Marker = null }, OneHart).Verdict);
        Assert.Equal(BootVerdict.DidNotFinish, KernelBoot.Run(AssemblyKernel.Of("j rest") with { Marker = null }, OneHart).Verdict);
    }

    [Fact]
    public void A_panic_ends_the_run_with_its_message()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("call panic"), OneHart);

        var panic = Assert.IsType<BootFailure.Panic>(result.Failure);
        Assert.Equal((0ul, "panic: as asked"), (panic.HartId, panic.Text));
    }

    [Fact]
    public void A_panic_is_recognised_by_its_text_alone()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("call panic") with { PanicSymbols = [] }, OneHart);

        Assert.Equal("panic: as asked", Assert.IsType<BootFailure.Panic>(result.Failure).Text);
    }

    [Fact]
    public void A_trap_without_a_handler_is_named_by_its_first_cause()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("li t0, 0x40\n bad: ld t1, 0(t0)\n j done"), OneHart);

        var loop = Assert.IsType<BootFailure.FaultLoop>(result.Failure);
        Assert.Equal((5, 0x40ul), (loop.First.Cause, loop.First.Value));
    }

    [Fact]
    public void A_trap_that_its_handler_answers_is_no_failure()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("""
                la t0, handler
                csrw stvec, t0
                li t0, 0x40
                ld t1, 0(t0)
                j done
                .p2align 2
            handler:
                csrr t0, sepc
                addi t0, t0, 4
                csrw sepc, t0
                sret
            """), OneHart);

        Assert.Equal(BootVerdict.Passed, result.Verdict);
    }

    [Fact]
    public void Waiting_for_a_lock_that_nobody_will_release_is_a_proven_hang()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("""
                la t0, LOCK
                li t1, 1
                sw t1, 0(t0)
            spin:
                amoswap.w.aq t2, t1, (t0)
                bnez t2, spin
                j done
            """), OneHart);

        var hang = Assert.IsType<BootFailure.Hang>(result.Failure);
        Assert.Equal(BootVerdict.Failed, result.Verdict);
        var loop = Assert.Single(hang.Finding.Loops);
        Assert.Equal(2, loop.Instructions.Count);
        Assert.Contains(loop.Reads, read => read.PhysicalAddress == result.Kernel.Image.Symbols.Find("LOCK")!.Address);
    }

    [Fact]
    public void Waiting_for_a_lock_that_another_hart_releases_late_is_no_hang()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("""
                la t0, LOCK
                li t1, 1
                sw t1, 0(t0)
                li a0, 1
                la a1, other
                call start_hart
                la t0, LOCK
                li t1, 1
            spin:
                amoswap.w.aq t2, t1, (t0)
                bnez t2, spin
                j done
            other:
                li t0, 2000000
            1:  addi t0, t0, -1
                bnez t0, 1b
                la t0, LOCK
                sw zero, 0(t0)
                j rest
            """), TwoHarts);

        Assert.Equal(BootVerdict.Passed, result.Verdict);
    }

    [Theory]
    [InlineData("addi t1, t1, 1")]
    [InlineData("rdtime t1")]
    [InlineData("addi t1, t1, 1\n sd t1, 0(t0)")]
    public void An_endless_loop_whose_state_changes_did_not_finish(string step)
    {
        var limits = new BootLimits { BudgetInstructions = 300_000 };

        var result = KernelBoot.Run(AssemblyKernel.Of($"la t0, FLAG\n loop: {step}\n j loop"), OneHart, limits);

        Assert.Equal(BootVerdict.DidNotFinish, result.Verdict);
        Assert.Equal(300_000ul, result.Instructions);
    }

    [Fact]
    public void A_loop_that_an_interrupt_will_end_is_no_hang()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("""
                la t0, handler
                csrw stvec, t0
                rdtime a0
                li t0, 100000
                add a0, a0, t0
                li a6, 0
                li a7, 0x54494d45
                ecall
                li t0, 32
                csrs sie, t0
                csrsi sstatus, 2
            1:  j 1b
                .p2align 2
            handler:
                j done
            """), OneHart);

        Assert.Equal(BootVerdict.Passed, result.Verdict);
    }

    [Fact]
    public void Two_runs_end_in_the_same_state()
    {
        var kernel = AssemblyKernel.Of("addi sp, sp, -64\n sd ra, 0(sp)\n j done");

        var (one, two) = (KernelBoot.Run(kernel, TwoHarts), KernelBoot.Run(kernel, TwoHarts));

        Assert.Equal((one.StateHash, one.Instructions, one.Ticks), (two.StateHash, two.Instructions, two.Ticks));
    }

    [Fact]
    public void Being_watched_changes_nothing()
    {
        var kernel = AssemblyKernel.Of("addi sp, sp, -64\n sd ra, 0(sp)\n j done");
        var watched = KernelBoot.Run(kernel, TwoHarts);

        using var board = KernelBoot.Start(kernel, TwoHarts);
        board.Run(watched.Instructions);

        Assert.Equal(watched.StateHash, board.StateHash());
    }
}
