using Verification.Framework.Booting;
using Verification.Framework.Explaining;
using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Specs.Booting;
using VerifyXunit;
using Xunit;

namespace Verification.Specs.Explaining;

public class FailureReportSpecs
{
    private static readonly BoardConfiguration OneHart = new();

    private static string Report(KernelDescription kernel, BoardConfiguration machine) =>
        FailureReport.Of(KernelBoot.Run(kernel, machine), "check --replay TOKEN", "kernel.elf");

    [Fact]
    public Task A_stack_overflow_names_what_it_hit_and_what_came_of_it() => Verifier.Verify(Report(AssemblyKernel.Of("""
            call outer
            la t0, KMEM
            li t1, 1
        spin:
            amoswap.d.aq t2, t1, (t0)
            bnez t2, spin
            j done
        outer:
            addi sp, sp, -2032
            sd ra, 2024(sp)
            call inner
            ld ra, 2024(sp)
            addi sp, sp, 2032
            ret
        inner:
            addi sp, sp, -2048
            addi sp, sp, -48
            sd sp, 0(sp)
            sd sp, 8(sp)
            addi sp, sp, 2032
            addi sp, sp, 64
            ret
        """), OneHart));

    [Fact]
    public Task A_hang_names_the_loop_and_who_wrote_what_it_waits_for() => Verifier.Verify(Report(AssemblyKernel.Of("""
            call forget
            call take
            j done
        forget:
            la t0, LOCK
            li t1, 1
            sw t1, 0(t0)
            ret
        take:
            la t0, LOCK
            li t1, 1
        1:  amoswap.w.aq t2, t1, (t0)
            bnez t2, 1b
            ret
        """), OneHart));

    [Fact]
    public Task A_trap_without_a_handler_is_told_with_its_calls() => Verifier.Verify(Report(AssemblyKernel.Of("""
            addi sp, sp, -16
            call stray
            j done
        stray:
            addi sp, sp, -32
            li t0, 0x40
            ld t1, 8(t0)
            ret
        """), OneHart));

    [Fact]
    public Task A_broken_rule_of_locking_names_the_lock() => Verifier.Verify(Report(AssemblyKernel.Of("""
            la t0, LOCK
            li t1, 1
            amoswap.w.aq t2, t1, (t0)
            amoswap.w.aq t2, t1, (t0)
            j done
        """) with { Locks = [new LockDescription("LOCK")] }, OneHart));

    [Fact]
    public void No_line_that_is_set_in_columns_is_longer_than_100()
    {
        string name = new('n', 200);
        string report = Report(AssemblyKernel.Of($"call {name}\n {name}: addi sp, sp, -2048\n addi sp, sp, -2048\n addi sp, sp, -16\n j done"), OneHart);

        Assert.All(report.Split('\n').TakeWhile(line => !line.StartsWith("qemu", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void A_report_is_the_same_whenever_it_is_written()
    {
        var kernel = AssemblyKernel.Of("call panic");

        Assert.Equal(Report(kernel, OneHart), Report(kernel, OneHart));
    }
}
