using System.Text.RegularExpressions;
using Verification.Specs.Linking;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.KernelImages;

/// <summary>The kernel's own images under binutils and gdb, with QEMU as the target.</summary>
public sealed class KernelDebuggingSpecs
{
    [RequiresToolTheory("readelf")]
    [InlineData("default")]
    [InlineData("story")]
    public void Readelf_has_no_complaint(string variant)
    {
        ToolResult result = Tool.Run("readelf", "--wide", "--all", "--debug-dump", BuiltImage.PathOf(variant));
        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Error);
        Assert.DoesNotContain("warning", result.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<corrupt", result.Output, StringComparison.OrdinalIgnoreCase);
    }

    [RequiresToolFact("gdb-multiarch")]
    public void Every_method_has_a_line_of_CSharp()
    {
        string answer = Gdb(BuiltImage.PathOf("default"), "info line kmain", "info line page_take", "info line _start");
        Assert.Contains("Kernel/Main.cs", answer, StringComparison.Ordinal);
        Assert.Contains("Kernel/PageAllocator.cs", answer, StringComparison.Ordinal);
        Assert.Contains("Kernel/Entry.cs", answer, StringComparison.Ordinal);
    }

    [RequiresToolFact("gdb-multiarch", "qemu-system-riscv64")]
    public void Gdb_breaks_at_a_line_and_prints_KMEM()
    {
        string image = BuiltImage.PathOf("default");
        string answer = Gdb(image, Target(image), "break page_take", "continue", "backtrace", "print KMEM");
        Assert.Matches(@"#0 .*PageAllocator::Take \(this=0x[0-9a-f]+ <KMEM\+8>\) at \./Kernel/PageAllocator\.cs:\d+", answer);
        Assert.Matches(@"#\d+ .*Main::Kmain \(hartId=0, .*\) at \./Kernel/Main\.cs:\d+", answer);
        Assert.Matches(@"\$1 = \{PagesLock = \{Holder = 1\}, Pages = \{FreeList = 0x0, FreePages = \d+, Table = 0x[0-9a-f]+", answer);
    }

    [RequiresToolFact("gdb-multiarch", "qemu-system-riscv64")]
    public void In_the_story_KMEM_is_held_by_nobody_and_yet_not_free()
    {
        string image = BuiltImage.PathOf("story");
        string answer = Gdb(image, Target(image), $"break SpinLock.cs:{PauseLine}", "continue", "print KMEM.PagesLock.Holder", "backtrace");
        Assert.Matches(new Regex(@"\$1 = [1-9]\d{3,}"), answer);
        Assert.Contains("Kernel/Main.cs", answer, StringComparison.Ordinal);
    }

    [RequiresToolFact("gdb-multiarch", "qemu-system-riscv64")]
    public void Gdb_unwinds_through_a_trap_to_the_store_that_overflowed()
    {
        using TemporaryFile image = BuiltImage.Of("story", "--stack-placement", "Guarded", "--boot-stack-size", "4096");
        string answer = Gdb(image.Path, Target(image.Path), "break panic", "continue", "backtrace");
        string[] frames = [.. answer.Split('\n').Where(line => line.StartsWith('#'))];
        Assert.Contains(frames, frame => frame.Contains("<signal handler called>", StringComparison.Ordinal) || frame.Contains("trap_entry", StringComparison.Ordinal));
        Assert.Contains(frames, frame => frame.Contains("NodeCacheReader::Survey", StringComparison.Ordinal));
        Assert.Contains(frames, frame => frame.Contains("kmain", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("_start", frames[^1], StringComparison.Ordinal);
    }

    [RequiresToolTheory("llvm-dwarfdump")]
    [InlineData("default")]
    [InlineData("story")]
    public void Llvm_verifies_the_debug_information(string variant) =>
        Assert.Contains("No errors.", Tool.Run("llvm-dwarfdump", "--verify", BuiltImage.PathOf(variant)).SuccessfulOutput, StringComparison.Ordinal);

    [RequiresToolFact("gdb-multiarch")]
    public void Gdb_knows_methods_types_and_variables_by_their_CSharp_names()
    {
        string answer = Gdb(
            BuiltImage.PathOf("default"), $"directory {Path.GetDirectoryName(SourceOf("."))}", "list Kmain", "ptype KMEM", "ptype HARTS", "info scope RunHart",
            "whatis 'Verification::Kernel::Main::s_bootHartId'", "info line PageAllocator::Take", "ptype Verification::Kernel::SpinLock");
        Assert.Contains("public static void Kmain(ulong hartId, byte* devicetree)", answer, StringComparison.Ordinal);
        Assert.Contains("PageAllocator Pages;", answer, StringComparison.Ordinal);
        Assert.Contains("bool AddHart(ulong);", answer, StringComparison.Ordinal);
        Assert.Contains("type = ulong", answer, StringComparison.Ordinal);
        Assert.Matches(@"PageAllocator\.cs"" starts at address", answer);
        Assert.DoesNotContain("No symbol", answer, StringComparison.Ordinal);
    }

    /// <summary>The page that the local has at the line which reads it is the page that the method returns.</summary>
    [RequiresToolFact("gdb-multiarch", "qemu-system-riscv64")]
    public void Gdb_goes_line_by_line_and_prints_locals_of_optimised_code()
    {
        string image = BuiltImage.PathOf("default");
        int line = LineOf("PageAllocator.cs", "long bit = Table->BitOf");
        string answer = Gdb(
            image, $"directory {Path.GetDirectoryName(SourceOf("."))}", Target(image), $"break PageAllocator.cs:{line}", "continue", "print page", "print this->FreePages", "print FreePages", "next", "next", "info locals",
            "finish");
        Assert.Contains($"PageAllocator.cs:{line}", answer, StringComparison.Ordinal);
        string page = Regex.Match(answer, @"\$1 = \([^)]*\) (0x[0-9a-f]+)").Groups[1].Value;
        Assert.NotEmpty(page);
        Assert.Matches($@"Value returned is \$\d+ = \([^)]*\) {page}", answer);
        // Fields of this go by their names, as in C#.
        string[] free = [.. Regex.Matches(answer, @"\$[23] = (\d+)").Select(match => match.Groups[1].Value)];
        Assert.Equal(2, free.Length);
        Assert.Equal(free[0], free[1]);
        int[] lines = [.. Regex.Matches(answer, @"^(\d+)\t", RegexOptions.Multiline).Select(match => int.Parse(match.Groups[1].Value))];
        Assert.True(lines.Length >= 3 && lines[0] == line && lines[1] > line && lines[2] > lines[1], answer);
    }

    /// <summary>From each instruction of the trap's stub, not only from within the handler, gdb finds what was interrupted.</summary>
    [RequiresToolFact("gdb-multiarch", "qemu-system-riscv64")]
    public void Every_instruction_on_the_way_into_a_trap_leads_back_to_the_interrupted_one()
    {
        const int instructions = 28;
        using TemporaryFile image = BuiltImage.Of("story", "--stack-placement", "Guarded", "--boot-stack-size", "4096");
        string answer = Gdb(
            image.Path,
            [Target(image.Path), "break *trap_entry", "continue", .. Enumerable.Repeat(new[] { "echo at\\n", "backtrace", "print/x $sepc", "stepi" }, instructions).SelectMany(commands => commands)]);
        string[] stops = answer.Split("\nat\n")[1..];
        Assert.Equal(instructions, stops.Length);
        string[][] chains = [.. stops.Select(stop => stop.Split('\n').Where(frame => frame.StartsWith('#'))
            .SkipWhile(frame => !frame.Contains("Survey", StringComparison.Ordinal))
            .Select(frame => Regex.Replace(frame, @"^#\d+ +", "")).ToArray())];
        Assert.Contains(chains[0], frame => frame.Contains("Main::Kmain", StringComparison.Ordinal));
        Assert.All(chains, chain => Assert.Equal(chains[0], chain));
    }

    private static int LineOf(string file, string text) => Array.FindIndex(
        File.ReadAllLines(SourceOf(file)), line => line.Contains(text, StringComparison.Ordinal)) + 1;

    private static int PauseLine => Array.FindIndex(
        File.ReadAllLines(SourceOf("SpinLock.cs")), line => line.Contains("Hart.Pause()", StringComparison.Ordinal)) + 1;

    private static string SourceOf(string file, [System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "Kernel", file);

    /// <summary>QEMU as gdb's own child, stopped before the first instruction.</summary>
    private static string Target(string image) =>
        "target remote | exec qemu-system-riscv64 -machine virt -display none -serial null -monitor none -S -gdb stdio -kernel " + image;

    private static string Gdb(string image, params string[] commands)
    {
        ToolResult result = Tool.Run(
            "gdb-multiarch",
            // QEMU answers when it comes to it, on a busy host late.
            ["-nx", "-batch", "-ex", "set pagination off", "-ex", "set confirm off", "-ex", "set remotetimeout 600", .. commands.SelectMany(command => new[] { "-ex", command }), "-ex", "kill", image]);
        Assert.DoesNotContain("DWARF Error", result.Error, StringComparison.OrdinalIgnoreCase);
        return result.Output + result.Error;
    }
}
