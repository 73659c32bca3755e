using Verification.Toolchain;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.Linking;

/// <summary>Where the linker puts things, and that it refuses what it can't put together.</summary>
public sealed class LinkerSpecs
{
    public static TheoryData<LinkerLayout> Layouts => new(
        LinkerLayout.Story(), LinkerLayout.Safe(), LinkerLayout.For(StackPlacement.Guarded, 4096));

    [Fact]
    public void In_the_story_the_boot_stacks_end_lies_directly_above_KMEM()
    {
        LinkedImage image = HandMadeProgram.Link(LinkerLayout.Story());
        ulong bottom = image.Find("boot_stack_bottom").Address;
        Assert.Equal(bottom, image.Find("__bss_end").Address);
        Assert.Equal(bottom - 32, image.Find("KMEM").Address);
        Assert.Equal(bottom + 4096, image.Find("boot_stack_top").Address);
        Assert.Equal(image.End, image.Find("boot_stack_top").Address);
    }

    [Fact]
    public void In_the_story_sections_follow_each_other_as_its_author_had_them()
    {
        LinkedImage image = HandMadeProgram.Link(LinkerLayout.Story());
        Assert.Equal(
            [".head", ".text", ".data", ".rodata", ".bss", ".boot_stack"], image.Sections.Select(section => section.Name));
        Assert.Equal(0x8020_0000ul, image.Start);
    }

    [Fact]
    public void In_the_safe_layout_no_object_lies_below_the_boot_stack()
    {
        LinkedImage image = HandMadeProgram.Link(LinkerLayout.Safe());
        ulong bottom = image.Find("boot_stack_bottom").Address;
        Assert.DoesNotContain(image.Symbols, symbol =>
            symbol.Kind == LinkedSymbolKind.Object && symbol.Address < bottom && symbol.Name != "image_header");
        Assert.All(image.Sections, section => Assert.Equal(0ul, section.Address % 4096));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void No_two_objects_overlap_and_all_are_aligned(LinkerLayout layout)
    {
        LinkedImage image = HandMadeProgram.Link(layout);
        LinkedSymbol[] sized = [.. image.Symbols.Where(symbol => symbol.SizeBytes > 0)];
        for (int index = 1; index < sized.Length; index++)
            Assert.True(sized[index - 1].Address + sized[index - 1].SizeBytes <= sized[index].Address, sized[index].Name);
        foreach (DataObject data in HandMadeProgram.Program.Data)
            Assert.Equal(0ul, image.Find(data.Symbol).Address % (ulong)data.Alignment);
        Assert.Equal(0ul, image.Find("boot_stack_top").Address % 16);
        Assert.Equal(0ul, image.Find("boot_trap_stack_top").Address % 16);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void The_first_byte_of_the_image_is_entered(LinkerLayout layout)
    {
        LinkedImage image = HandMadeProgram.Link(layout);
        Assert.Equal(SectionKind.Head, image.Sections[0].Kind);
        Assert.InRange(image.EntryAddress, image.Start, image.Sections[0].End - 1);
    }

    [Fact]
    public void An_undefined_symbol_is_named_together_with_its_user()
    {
        CompiledProgram program = HandMadeProgram.Program with { Methods = [HandMadeProgram.Program.Methods[0]] };
        (LinkedImage? image, IReadOnlyList<Diagnostic> diagnostics) = Linker.Link(program, HandMadeProgram.Stubs, LinkerLayout.Story());
        Assert.Null(image);
        Diagnostic diagnostic = Assert.Single(diagnostics);
        Assert.Equal("kernel: error KT0902: kmain refers to the symbol print, which nothing defines", diagnostic.ToString());
    }

    [Fact]
    public void Two_definitions_of_a_symbol_are_refused()
    {
        CompiledProgram program = HandMadeProgram.Program with
        {
            Methods = [.. HandMadeProgram.Program.Methods, HandMadeProgram.Program.Methods[1]],
        };
        (LinkedImage? image, IReadOnlyList<Diagnostic> diagnostics) = Linker.Link(program, HandMadeProgram.Stubs, LinkerLayout.Story());
        Assert.Null(image);
        Assert.Contains(diagnostics, diagnostic => diagnostic.Id == "KT0901");
    }

    [Fact]
    public void An_image_without_its_entry_is_refused()
    {
        (LinkedImage? image, IReadOnlyList<Diagnostic> diagnostics) = Linker.Link(HandMadeProgram.Program, [], LinkerLayout.Story());
        Assert.Null(image);
        Assert.Contains(diagnostics, diagnostic => diagnostic.Id == "KT0904");
    }

    [Fact]
    public void A_jump_out_of_reach_is_refused_and_not_bent()
    {
        CompiledProgram program = HandMadeProgram.Program with
        {
            Methods = [HandMadeProgram.Program.Methods[0], HandMadeProgram.Program.Methods[1] with { Symbol = "near" }],
            Data = [.. HandMadeProgram.Program.Data, new DataObject("print", "far", null, 1 << 21, 1 << 21, false, [], null)],
        };
        (LinkedImage? image, IReadOnlyList<Diagnostic> diagnostics) = Linker.Link(program, HandMadeProgram.Stubs, LinkerLayout.Story());
        Assert.Null(image);
        Assert.Contains(diagnostics, diagnostic => diagnostic.Id == "KT0903");
    }

    [Fact]
    public void The_boot_stacks_bound_is_the_deepest_chain_of_frames()
    {
        // No method of the sample carries [BootEntry]: nothing runs on the boot stack, and the least stack is what it gets.
        StackBound bound = StackBound.OfBootStack(HandMadeProgram.Program);
        Assert.Null(bound.Unresolved);
        Assert.Equal(16, bound.SizeBytes);
    }
}
