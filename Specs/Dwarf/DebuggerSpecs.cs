using Verification.Specs.Linking;
using Verification.Specs.Oracles;
using Verification.Toolchain.Dwarf;
using Verification.Toolchain.Images;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.Dwarf;

/// <summary>What gdb makes of the debug information.</summary>
public sealed class DebuggerSpecs
{
    [RequiresToolFact("gdb-multiarch")]
    public void A_line_has_its_address()
    {
        ulong kmain = Image.Find("kmain").Address;
        Assert.Contains($"Main.cs\" starts at address 0x{kmain + 8:x}", Gdb("info line Main.cs:21"), StringComparison.Ordinal);
    }

    [RequiresToolFact("gdb-multiarch")]
    public void A_breakpoint_can_be_set_on_a_line()
    {
        ulong kmain = Image.Find("kmain").Address;
        Assert.Contains($"Breakpoint 1 at 0x{kmain + 20:x}", Gdb("break Main.cs:40"), StringComparison.Ordinal);
    }

    [RequiresToolFact("gdb-multiarch")]
    public void A_variable_is_printed_as_its_struct() =>
        Assert.Contains("{Holder = 0, Count = 0, State = Verification::Specs::Linking::HandMadeProgram::SampleState::Free, Pages = 0x0}", Gdb("print KMEM"), StringComparison.Ordinal);

    [RequiresToolFact("gdb-multiarch")]
    public void A_struct_has_its_fields_at_their_places()
    {
        string answer = Gdb("ptype /o KMEM");
        Assert.Contains("ulong Holder", answer, StringComparison.Ordinal);
        Assert.Contains("/*     12      |       4 */", answer, StringComparison.Ordinal);
        Assert.Matches(@"total size.*: +24", answer);
    }

    [RequiresToolFact("gdb-multiarch")]
    public void A_methods_parameters_and_locals_have_places()
    {
        string scope = Gdb($"info scope *0x{Image.Find("kmain").Address:x}");
        Assert.Contains("Symbol hartId is multi-location", scope, StringComparison.Ordinal);
        Assert.Contains("a variable in $a0", scope, StringComparison.Ordinal);
        Assert.Contains("Symbol answer is", scope, StringComparison.Ordinal);
    }

    [RequiresToolFact("gdb-multiarch")]
    public void Frames_are_described_for_every_method()
    {
        using TemporaryFile file = new(Elf());
        string frames = Tool.Run("readelf", "--debug-dump=frames-interp", file.Path).SuccessfulOutput;
        string kmain = $"{Image.Find("kmain").Address + 8:x16}";
        string row = frames.Split('\n').Single(line => line.StartsWith(kmain, StringComparison.Ordinal));
        Assert.Equal([kmain, "sp+16", "c-8"], row.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static LinkedImage Image { get; } = HandMadeProgram.Link(LinkerLayout.Story());

    private static byte[] Elf() => ElfWriter.Write(Image, DebugSections.Write(Image, "/src"));

    private static string Gdb(string command)
    {
        using TemporaryFile file = new(Elf());
        ToolResult result = Tool.Run("gdb-multiarch", "-nx", "-batch", "-ex", command, file.Path);
        Assert.DoesNotContain("warning", result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("DWARF Error", result.Error, StringComparison.OrdinalIgnoreCase);
        return result.SuccessfulOutput + result.Error;
    }
}
