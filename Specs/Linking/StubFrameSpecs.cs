using Verification.Specs.KernelImages;
using Verification.Toolchain;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.Linking;

/// <summary>What is read from assembly stubs: frames, calls, and the sizes of stacks that follow.</summary>
public sealed class StubFrameSpecs
{
    [Fact]
    public void A_stubs_frame_is_what_its_instructions_take()
    {
        StubFunction function = Function("addi sp, sp, -48\nsd ra, 40(sp)\naddi sp, sp, -16\naddi sp, sp, 16\nld ra, 40(sp)\naddi sp, sp, 48\nret");
        Assert.Equal((64, 64), (function.FrameSizeBytes, function.EntryFrameSizeBytes));
    }

    [Fact]
    public void A_stub_that_changes_stacks_takes_nothing_of_the_first()
    {
        StubFunction function = Function("mv t0, sp\nla sp, boot_stack_top\naddi sp, sp, -32\nsd t0, 0(sp)\nld sp, 0(sp)\nret");
        Assert.Equal((32, 0), (function.FrameSizeBytes, function.EntryFrameSizeBytes));
    }

    [Theory]
    [InlineData("sub sp, sp, a0\nadd sp, sp, a0\nret", "sp is moved by an amount")]
    [InlineData("beqz a0, 1f\naddi sp, sp, -16\n1: ret", "sp is 16 bytes lower on one way")]
    public void A_frame_that_can_not_be_known_is_an_error_at_its_line(string text, string sentence)
    {
        (_, _, IReadOnlyList<Diagnostic> diagnostics) = SmallKernel.Assemble(With(text));
        Diagnostic diagnostic = Assert.Single(diagnostics);
        Assert.Equal("KT0906", diagnostic.Id);
        Assert.Contains(sentence, diagnostic.Message, StringComparison.Ordinal);
        Assert.True(diagnostic.Line > 0);
    }

    [Fact]
    public void A_declared_frame_stands_for_what_can_not_be_known() =>
        Assert.Equal(256, Function(".stack_frame 256\nsub sp, sp, a0\nadd sp, sp, a0\nret").FrameSizeBytes);

    [Fact]
    public void The_bound_counts_stubs_that_the_boot_path_calls()
    {
        (CompiledProgram program, IReadOnlyList<StubCode> stubs, _) = SmallKernel.Assemble(With("addi sp, sp, -320\naddi sp, sp, 320\nret"));
        (CompiledProgram plain, IReadOnlyList<StubCode> frameless, _) = SmallKernel.Assemble(With("ret"));
        Assert.Equal(320, StackBound.OfBootStack(program, stubs).SizeBytes - StackBound.OfBootStack(plain, frameless).SizeBytes);
        Assert.Equal("Small.Stub(int)", StackBound.OfBootStack(program, stubs).Chain[^1]);
    }

    [Fact]
    public void A_stub_that_nobody_knows_gives_no_bound()
    {
        (CompiledProgram program, _, _) = SmallKernel.Assemble(With("ret"));
        Assert.Contains("nothing is known of the frame", StackBound.OfBootStack(program).Unresolved!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recursion_and_unknown_targets_are_errors_with_their_place()
    {
        string source = SmallKernel.Source
            .Replace("=> value * 2", "=> value < 2 ? 1 : value * Twice(value - 1)", StringComparison.Ordinal);
        (CompiledProgram program, IReadOnlyList<StubCode> stubs, _) = SmallKernel.Assemble(source);
        Diagnostic recursion = StackBound.OfBootStack(program, stubs).Unresolved!;
        Assert.Contains("Small.Twice is recursive", recursion.Message, StringComparison.Ordinal);
        Assert.Equal("/small/Small.cs", recursion.File);
        Assert.True(recursion.Line > 0);

        (program, stubs, _) = SmallKernel.Assemble(With("jalr a0\nret"));
        Diagnostic unknown = StackBound.OfBootStack(program, stubs).Unresolved!;
        Assert.Contains("makes a call of unknown target", unknown.Message, StringComparison.Ordinal);
        Assert.True(unknown.Line > 0);
    }

    /// <summary>Traps that stay on the interrupted stack are part of what it needs, as often as they can nest.</summary>
    [Fact]
    public void A_trap_on_the_interrupted_stack_adds_its_frame_and_its_handlers_to_the_boot_stack()
    {
        string source = SmallKernel.Source.Replace("1:  j 1b", """
            1:  j 1b
                .section .text
            """, StringComparison.Ordinal) + """"
            [Verification.Intrinsics.Assembly("""
                .section .text
                .globl trap_entry
                trap_entry:
                    .cfi_signal_frame
                    addi sp, sp, -144
                    sd ra, 0(sp)
                    call kmain
                    ld ra, 0(sp)
                    addi sp, sp, 144
                    sret
                """)]
            public static class Traps { }
            """";
        (CompiledProgram program, IReadOnlyList<StubCode> stubs, _) = SmallKernel.Assemble(source);
        (CompiledProgram plain, IReadOnlyList<StubCode> without, _) = SmallKernel.Assemble(SmallKernel.Source);
        int boot = StackBound.OfBootStack(plain, without).SizeBytes;
        Assert.Equal(boot + (144 + boot), StackBound.OfBootStack(program, stubs).SizeBytes);
        Assert.Equal(boot + 2 * (144 + boot), StackBound.OfBootStack(program, stubs, nestedTraps: 2).SizeBytes);
        Assert.Equal(144 + boot, StackBound.OfTrapStack(program, stubs).SizeBytes);
    }

    private static string With(string text) => SmallKernel.Source
        .Replace("Twice(i) /", "Stub(i) /", StringComparison.Ordinal)
        .Replace("[PanicHandler", $"[Assembly(\"\"\"\n{text}\n\"\"\")] static int Stub(int value) => value;\n[PanicHandler", StringComparison.Ordinal);

    private static StubFunction Function(string text)
    {
        (_, IReadOnlyList<StubCode> stubs, IReadOnlyList<Diagnostic> diagnostics) = SmallKernel.Assemble(With(text));
        Assert.Empty(diagnostics);
        return stubs.SelectMany(stub => stub.Functions).Single(function => function.Symbol.Contains("Stub", StringComparison.Ordinal));
    }
}
