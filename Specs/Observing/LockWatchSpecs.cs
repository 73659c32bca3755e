using Verification.Framework.Booting;
using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Specs.Booting;
using Xunit;

namespace Verification.Specs.Observing;

public class LockWatchSpecs
{
    private static readonly BoardConfiguration TwoHarts = new() { Harts = [new HartConfiguration(0), new HartConfiguration(1)] };

    private const string Take = "1: amoswap.w.aq t2, t1, (t0)\n bnez t2, 1b\n";
    private const string Release = "amoswap.w.rl zero, zero, (t0)\n";

    private static BootResult Run(string code, InterruptsUnderLock interrupts = InterruptsUnderLock.Off) => KernelBoot.Run(
        AssemblyKernel.Of("la t0, LOCK\n li t1, 1\n " + code) with { Locks = [new LockDescription("LOCK", Interrupts: interrupts)] }, TwoHarts);

    private static LockRule Rule(BootResult result) => Assert.IsType<BootFailure.Lock>(result.Failure).Breach.Rule;

    [Fact]
    public void Taking_and_releasing_in_turn_is_silent() =>
        Assert.Equal(BootVerdict.Passed, Run(Take + Release + Take + Release + "j done").Verdict);

    [Fact]
    public void Taking_a_lock_twice_is_caught_at_the_second_attempt() =>
        Assert.Equal(LockRule.TakenTwice, Rule(Run(Take + Take + Release + "j done")));

    [Fact]
    public void Taking_a_held_lock_by_a_plain_store_is_caught() => Assert.Equal(LockRule.TakenWhileHeld, Rule(Run($"""
        {Take}
            li a0, 1
            la a1, other
            call start_hart
        2:  j 2b
        other:
            la t0, LOCK
            li t1, 1
            sw t1, 0(t0)
            j rest
        """)));

    [Fact]
    public void Releasing_anothers_lock_is_caught() => Assert.Equal(LockRule.ReleasedByOther, Rule(Run($"""
        {Take}
            li a0, 1
            la a1, other
            call start_hart
        2:  j 2b
        other:
            la t0, LOCK
            sw zero, 0(t0)
            j rest
        """)));

    [Fact]
    public void Waiting_for_anothers_lock_is_silent() => Assert.Equal(BootVerdict.Passed, Run($"""
        {Take}
            li a0, 1
            la a1, other
            call start_hart
            li t3, 50000
        2:  addi t3, t3, -1
            bnez t3, 2b
            la t0, LOCK
            sw zero, 0(t0)
            la t0, FLAG
        3:  lw t1, 0(t0)
            beqz t1, 3b
            j done
        other:
            la t0, LOCK
            li t1, 1
        {Take}
        {Release}
            la t0, FLAG
            li t1, 1
            sw t1, 0(t0)
            j rest
        """).Verdict);

    [Fact]
    public void Releasing_a_free_lock_by_the_instruction_that_releases_is_caught() =>
        Assert.Equal(LockRule.ReleasedWhileFree, Rule(Run(Take + "li t3, 2\n 2: sw zero, 0(t0)\n addi t3, t3, -1\n bnez t3, 2b\n j done")));

    [Fact]
    public void Making_a_lock_free_before_its_first_use_is_silent() =>
        Assert.Equal(BootVerdict.Passed, Run("sw zero, 0(t0)\n" + Take + Release + "j done").Verdict);

    [Theory]
    [InlineData(InterruptsUnderLock.Off, true)]
    [InlineData(InterruptsUnderLock.Either, false)]
    public void Interrupts_must_be_as_described(InterruptsUnderLock interrupts, bool isCaught)
    {
        var result = Run("csrsi sstatus, 2\n" + Take + Release + "j done", interrupts);

        if (isCaught) Assert.Equal(LockRule.TakenWithInterruptsOn, Rule(result));
        else Assert.Equal(BootVerdict.Passed, result.Verdict);
    }

    [Fact]
    public void A_store_over_part_of_the_lock_is_caught() =>
        Assert.Equal(LockRule.Overwritten, Rule(Run("sb t1, 1(t0)\n j done")));

    [Fact]
    public void A_lock_that_is_still_held_at_the_end_is_a_failure() =>
        Assert.Contains("LOCK", Assert.IsType<BootFailure.Incomplete>(Run(Take + "j done").Failure).What);
}
