using Verification.Framework.Kernels;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Toolchain;
using Verification.Toolchain.Images;
using Verification.Toolchain.Linking;

namespace Verification.Specs.Booting;

/// <summary>
/// Kernels of a few instructions, for specs of the framework: assembled, linked like the story's kernel (a boot stack of
/// 4096 bytes directly above .bss), and described.
/// </summary>
internal static class AssemblyKernel
{
    /// <summary>The stack's size.</summary>
    public const int StackSizeBytes = 4096;

    // print: the text at a0, ended by 0, through the legacy console call. shutdown: SRST.
    private const string Library = """

        print:
            mv t0, a0
        1:  lbu a0, 0(t0)
            beqz a0, 2f
            li a7, 1
            ecall
            addi t0, t0, 1
            j 1b
        2:  ret
        shutdown:
            li a0, 0
            li a1, 0
            li a6, 0
            li a7, 0x53525354
            ecall
        rest:
            wfi
            j rest
        start_hart:
            mv a2, zero
            li a6, 0
            li a7, 0x48534d
            ecall
            ret
        done:
            la a0, marker
            call print
            j shutdown
        panic:
            la a0, panic_text
            call print
            j rest
        marker: .asciz "kmain done\n"
        panic_text: .asciz "panic: as asked\n"
            .p2align 2
        """;

    /// <summary>A kernel whose body follows an entry that sets <c>sp</c>.</summary>
    public static KernelDescription Of(string body) => WithEntry("""
        _start:
            la sp, boot_stack_top
        """ + "\n" + body);

    /// <summary>A kernel that does everything itself from <c>_start</c> on.</summary>
    public static KernelDescription WithEntry(string text)
    {
        var image = Link(".section .head\n.globl _start\n" + text + Library);
        return new KernelDescription
        {
            Name = "The kernel",
            Image = image,
            Stacks = [StackDescription.Between("boot_stack_bottom", "boot_stack_top")],
            OtherStacks = OtherStacks.Forbidden,
            PanicSymbols = ["panic"],
            PanicTexts = ["panic:"],
        };
    }

    /// <summary>Assembles and links.</summary>
    public static KernelImage Link(string text)
    {
        var code = Assembler.Assemble(text);
        var section = code.Sections.Single(s => s.Name == ".head");
        var stub = new StubCode("kernel", SectionKind.Head, section.Bytes, 4,
            section.Relocations,
            [.. code.Symbols.Where(s => s.Section == ".head").Select(s => new StubSymbol(s.Name, (int)s.Value, IsGlobal: true)).OrderBy(s => s.Offset)], [], new StubUnwind(StubFrame.Outermost, []));
        DataObject[] data =
        [
            new("SCRATCH", "SCRATCH", null, 4096, 16, false, [], null),
            new("LOCK", "LOCK", null, 8, 8, false, [], null),
            new("FLAG", "FLAG", null, 8, 8, false, [], null),
            new("KMEM", "KMEM", null, 32, 32, false, [], null),
        ];
        var (image, diagnostics) = Linker.Link(new CompiledProgram([], data, [], []), [stub], LinkerLayout.Story(StackSizeBytes));
        if (image is null) throw new InvalidOperationException(string.Join("; ", diagnostics));
        return KernelImage.FromElf(ElfImage.Read(ElfWriter.Write(image, [])));
    }
}
