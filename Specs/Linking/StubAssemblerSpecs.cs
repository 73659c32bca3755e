using System.Reflection;
using Verification.Intrinsics;
using Verification.Specs.Oracles;
using Verification.Toolchain;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.Linking;

/// <summary>Assembly texts of C# source on their way into the image.</summary>
public sealed class StubAssemblerSpecs
{
    [Fact]
    public void The_kernels_stubs_assemble_into_the_sections_that_they_name()
    {
        (IReadOnlyList<StubCode> stubs, IReadOnlyList<Diagnostic> diagnostics) =
            StubAssembler.Assemble(typeof(Verification.Kernel.Entry).Assembly, []);
        Assert.Empty(diagnostics);
        Assert.Equal(SectionKind.Head, Holder(stubs, "_start").Section);
        Assert.Equal(SectionKind.Text, Holder(stubs, "hart_entry").Section);
        Assert.Equal(StubFrame.Outermost, Holder(stubs, "_start").Unwind.Frame);
        Assert.Equal(StubFrame.Trap, Holder(stubs, "trap_entry").Unwind.Frame);
    }

    [Fact]
    public void A_methods_text_is_its_body_under_its_own_symbol()
    {
        StubCode stub = Assert.Single(Assemble(nameof(Samples.Answer), out IReadOnlyList<Diagnostic> diagnostics));
        Assert.Empty(diagnostics);
        // li a0, 42; ret
        Assert.Equal(HandMadeProgram.Words(0x02A00513, 0x00008067), stub.Code);
        Assert.Equal(new StubSymbol("Answer", 0, IsGlobal: true), stub.Symbols[0]);
    }

    [Fact]
    public void Each_instruction_knows_its_line_in_the_source()
    {
        StubCode stub = Assert.Single(Assemble(nameof(Samples.Answer), out _));
        int attributeLine = typeof(Samples).GetMethod(nameof(Samples.Answer))!.GetCustomAttribute<AssemblyAttribute>()!.Line;
        string[] source = File.ReadAllLines(stub.Lines[0].File);
        Assert.Equal([attributeLine + 1, attributeLine + 2], stub.Lines.Select(row => row.Line));
        Assert.Equal("li a0, 42", source[stub.Lines[0].Line - 1].Trim());
        Assert.Equal("ret", source[stub.Lines[1].Line - 1].Trim());
    }

    [Fact]
    public void A_mistake_in_a_text_is_reported_at_its_line()
    {
        Assert.Empty(Assemble(nameof(Samples.Mistake), out IReadOnlyList<Diagnostic> diagnostics));
        Diagnostic diagnostic = Assert.Single(diagnostics);
        Assert.Equal("KT0905", diagnostic.Id);
        Assert.Equal("frobnicate a0", File.ReadAllLines(diagnostic.File)[diagnostic.Line - 1].Trim());
    }

    [Fact]
    public void A_frame_directive_that_is_not_understood_is_reported()
    {
        Assert.Empty(Assemble(nameof(Samples.StrangeFrame), out IReadOnlyList<Diagnostic> diagnostics));
        Assert.Contains(".cfi_escape", Assert.Single(diagnostics).Message, StringComparison.Ordinal);
    }

    [RequiresToolFact("riscv64-unknown-elf-as", "riscv64-unknown-elf-objcopy")]
    public void The_traps_text_is_what_binutils_make_of_it()
    {
        string text = typeof(Verification.Kernel.Trap).GetCustomAttribute<AssemblyAttribute>()!.Text;
        (IReadOnlyList<StubCode> stubs, _) = StubAssembler.Assemble(typeof(Verification.Kernel.Entry).Assembly, []);
        using TemporaryFile source = new(System.Text.Encoding.UTF8.GetBytes(
            ".option norvc\n.option norelax\n" + text.Replace(".cfi_signal_frame", "#", StringComparison.Ordinal) + "\n"));
        using TemporaryFile compiled = new([]);
        Assert.Empty(Tool.Run("riscv64-unknown-elf-as", "-march=rv64imac_zicsr", "-o", compiled.Path, source.Path).Error);
        Assert.Equal(0, Tool.Run("riscv64-unknown-elf-objcopy", "-O", "binary", "-j", ".text", compiled.Path, compiled.Path + ".bin").ExitCode);

        // The one instruction pair that waits for the linker: call trap_handle.
        StubCode stub = Holder(stubs, "trap_entry");
        byte[] theirs = File.ReadAllBytes(compiled.Path + ".bin");
        Assert.Equal(theirs.Length, stub.Code.Length);
        int call = Assert.Single(stub.Relocations, relocation => relocation.Symbol == "trap_handle").Offset;
        for (int offset = 0; offset < theirs.Length; offset++)
        {
            if (offset < call || offset >= call + 8) Assert.True(theirs[offset] == stub.Code[offset], $"at {offset:x}");
        }
    }

    private static StubCode Holder(IReadOnlyList<StubCode> stubs, string symbol) =>
        stubs.Single(stub => stub.Symbols.Any(label => label.Name == symbol));

    private static IReadOnlyList<StubCode> Assemble(string method, out IReadOnlyList<Diagnostic> diagnostics)
    {
        (IReadOnlyList<StubCode> stubs, diagnostics) = StubAssembler.Assemble(
            typeof(Tool).Assembly, [new StubReference(method, typeof(Samples).GetMethod(method)!)]);
        return stubs;
    }

    private static class Samples
    {
        [Assembly("""
            li a0, 42
            ret
            """)]
        public static int Answer() => throw new PlatformNotSupportedException();

        [Assembly("""
            li a0, 42
            frobnicate a0
            """)]
        public static int Mistake() => throw new PlatformNotSupportedException();

        [Assembly("""
            .cfi_escape 1
            ret
            """)]
        public static int StrangeFrame() => throw new PlatformNotSupportedException();
    }
}
