using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Verification.Framework.Booting;
using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Specs.Booting;
using Xunit;

namespace Verification.Specs.Observing;

public class StackOracleSpecs
{
    private static readonly BoardConfiguration OneHart = new();

    [Fact]
    public void The_instruction_that_moves_sp_below_the_stacks_end_is_caught()
    {
        var kernel = AssemblyKernel.Of("addi sp, sp, -2048\n addi sp, sp, -2048\n bad: addi sp, sp, -16\n j done");

        var breach = Assert.IsType<BootFailure.OutOfStack>(KernelBoot.Run(kernel, OneHart).Failure).Breach;

        Assert.Equal(BreachKind.PointerBelow, breach.Kind);
        Assert.Equal(kernel.Image.Symbols.Find("bad")!.Address, breach.Pc);
        Assert.Equal(breach.Stack!.LowAddress - 16, breach.StackPointer);
        Assert.Equal("boot_stack", breach.Stack.Name);
    }

    [Fact]
    public void A_stack_may_be_used_to_its_last_byte()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("addi sp, sp, -2048\n addi sp, sp, -2048\n sd ra, 0(sp)\n j done"), OneHart);

        Assert.Equal(BootVerdict.Passed, result.Verdict);
        Assert.Equal(4096ul, Assert.Single(result.Stacks).DeepestBytes);
    }

    [Theory]
    [InlineData("bad: sd ra, -8(sp)", BreachKind.StoreOutside, false)]
    [InlineData("bad: ld ra, -8(sp)", BreachKind.LoadOutside, false)]
    [InlineData("mv s0, sp\n bad: sd ra, -8(s0)", BreachKind.StoreOutside, false)]
    [InlineData("addi sp, sp, 2047\n addi sp, sp, 2047\n bad: addi sp, sp, 18", BreachKind.PointerAbove, true)]
    [InlineData("addi sp, sp, 2047\n addi sp, sp, 2033\n bad: sd ra, 16(sp)", BreachKind.StoreOutside, true)]
    public void An_access_outside_the_stack_is_caught(string code, BreachKind kind, bool isAbove)
    {
        var kernel = AssemblyKernel.Of("addi sp, sp, -2048\n addi sp, sp, -2048\n " + code + "\n j done");

        var breach = Assert.IsType<BootFailure.OutOfStack>(KernelBoot.Run(kernel, OneHart).Failure).Breach;

        Assert.Equal(kind, breach.Kind);
        Assert.Equal(kernel.Image.Symbols.Find("bad")!.Address, breach.Pc);
        Assert.Equal(isAbove, breach.Address >= breach.Stack!.HighAddress);
    }

    [Fact]
    public void A_register_that_is_no_frame_pointer_may_point_anywhere()
    {
        var result = KernelBoot.Run(AssemblyKernel.Of("la s0, SCRATCH\n sd ra, 8(s0)\n addi sp, sp, -16\n sd ra, 0(sp)\n la s0, KMEM\n sd ra, 0(s0)\n j done"), OneHart);

        Assert.Equal(BootVerdict.Passed, result.Verdict);
    }

    [Fact]
    public void Memory_that_no_description_names_is_no_stack()
    {
        var kernel = AssemblyKernel.Of("la sp, SCRATCH\n addi sp, sp, 64\n bad: sd ra, 0(sp)\n j done");

        var breach = Assert.IsType<BootFailure.OutOfStack>(KernelBoot.Run(kernel, OneHart).Failure).Breach;

        Assert.Equal((BreachKind.NoStack, (StackRange?)null), (breach.Kind, breach.Stack));
        Assert.Equal(kernel.Image.Symbols.Find("bad")!.Address, breach.Pc);
    }

    [Fact]
    public void A_switch_to_another_described_stack_and_back_is_legitimate()
    {
        var kernel = AssemblyKernel.Of("""
                addi sp, sp, -32
                mv s1, sp
                la sp, SCRATCH
                li t0, 4096
                add sp, sp, t0
                addi sp, sp, -256
                sd ra, 0(sp)
                mv sp, s1
                sd ra, 0(sp)
                addi sp, sp, 32
                j done
            """);
        kernel = kernel with { Stacks = [.. kernel.Stacks, StackDescription.At("SCRATCH", 4096)] };

        var result = KernelBoot.Run(kernel, OneHart);

        Assert.Equal(BootVerdict.Passed, result.Verdict);
        Assert.Equal([("boot_stack", 32ul), ("SCRATCH", 256ul)], result.Stacks.Select(d => (d.Stack.Name, d.DeepestBytes)));
    }

    [Fact]
    public void An_undescribed_stack_is_learned_from_the_nearest_symbol_below_its_top()
    {
        var kernel = AssemblyKernel.Of("addi sp, sp, -2048\n addi sp, sp, -2048\n bad: addi sp, sp, -16\n j done")
            with
        { Stacks = [], OtherStacks = OtherStacks.Learned };

        var breach = Assert.IsType<BootFailure.OutOfStack>(KernelBoot.Run(kernel, OneHart).Failure).Breach;

        Assert.Equal(kernel.Image.Symbols.Find("bad")!.Address, breach.Pc);
        Assert.Equal((4096ul, StackOrigin.Learned), (breach.Stack!.SizeBytes, breach.Stack.Origin));
    }

    [Fact]
    public void One_object_can_hold_a_stack_for_each_hart()
    {
        var kernel = AssemblyKernel.Of("""
                li a0, 1
                la a1, other
                call start_hart
            1:  la t0, FLAG
                lw t0, 0(t0)
                beqz t0, 1b
                j done
            other:
                la sp, SCRATCH
                li t0, 2048
                add sp, sp, t0
                addi sp, sp, -2032
                sd ra, 0(sp)
                addi sp, sp, -16
                bad: addi sp, sp, -16
                j rest
            """);
        kernel = kernel with { Stacks = [.. kernel.Stacks, StackDescription.At("SCRATCH", 1024)] };
        var machine = new BoardConfiguration { Harts = [new HartConfiguration(0), new HartConfiguration(1)] };

        var breach = Assert.IsType<BootFailure.OutOfStack>(KernelBoot.Run(kernel, machine).Failure).Breach;

        Assert.Equal((1ul, "SCRATCH[1]"), (breach.HartId, breach.Stack!.Name));
    }

    [Property(MaxTest = 50)]
    public Property A_breach_is_reported_exactly_when_the_frames_exceed_the_stack() => Prop.ForAll(
        Gen.Choose(1, 127).ListOf(8).ToArbitrary(),
        frames =>
        {
            string code = string.Concat(frames.Select(f => $"addi sp, sp, -{f * 16}\n sd ra, 0(sp)\n"));
            int depth = frames.Sum() * 16;

            var result = KernelBoot.Run(AssemblyKernel.Of(code + "j done"), OneHart);

            return depth <= AssemblyKernel.StackSizeBytes
                ? result.Verdict == BootVerdict.Passed && result.Stacks.Single().DeepestBytes == (ulong)depth
                : result.Failure is BootFailure.OutOfStack { Breach.Kind: BreachKind.PointerBelow };
        });
}
