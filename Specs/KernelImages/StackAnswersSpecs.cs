using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Specs.Linking;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.KernelImages;

/// <summary>
/// The answers to the story, each on the story's own code: its devicetree reader with the cache of nodes on the stack. Each
/// is shown on the model and on QEMU with OpenSBI.
/// </summary>
public sealed class StackAnswersSpecs
{
    private const ulong BudgetInstructions = 20_000_000;

    private const string GoodLog = """
        kmain
        harts: 4
        memory: 0x80000000 to 0x88000000
        memory free: 125 MiB
        hart 0: took 16 pages
        hart 1: took 16 pages
        hart 2: took 16 pages
        hart 3: took 16 pages
        kmain done

        """;

    /// <summary>The choices under which the story's code boots well.</summary>
    public static TheoryData<string, string> GoodChoices => new()
    {
        { "AboveBss", "auto" },
        { "BelowImage", "4096" },
        { "BelowImage", "auto" },
        { "Guarded", "auto" },
        { "Guarded", "65536" },
    };

    [Theory]
    [MemberData(nameof(GoodChoices))]
    public void The_storys_code_boots_on_the_model_with(string placement, string sizeBytes)
    {
        using TemporaryFile image = Story(placement, sizeBytes);
        Assert.Equal(GoodLog, OnModel(image).ReplaceLineEndings("\n"));
    }

    [RequiresToolTheory("qemu-system-riscv64")]
    [MemberData(nameof(GoodChoices))]
    public void The_storys_code_boots_on_Qemu_with(string placement, string sizeBytes)
    {
        using TemporaryFile image = Story(placement, sizeBytes);
        Assert.Equal(GoodLog, OnQemu(image));
    }

    [Fact]
    public void With_a_guard_page_the_overflow_is_reported_on_the_model()
    {
        using TemporaryFile image = Story("Guarded", "4096");
        Assert.Contains("the boot stack overflowed into its guard page (Trap.cs:", OnModel(image), StringComparison.Ordinal);
    }

    [RequiresToolFact("qemu-system-riscv64")]
    public void With_a_guard_page_the_overflow_is_reported_on_Qemu()
    {
        using TemporaryFile image = Story("Guarded", "4096");
        Assert.Contains("the boot stack overflowed into its guard page (Trap.cs:", OnQemu(image), StringComparison.Ordinal);
    }

    [Fact]
    public void The_build_that_follows_the_story_comes_no_further_than_to_the_lock()
    {
        using Board board = Board.Boot(FourHarts, KernelImage.Read(File.ReadAllBytes(BuiltImage.PathOf("story"))));
        Assert.IsType<StopReason.Budget>(board.Run(BudgetInstructions));
        Assert.Equal("kmain\nharts: 4\nmemory: 0x80000000 to 0x88000000\n", board.ConsoleOutput.ReplaceLineEndings("\n"));
    }

    [RequiresToolFact("qemu-system-riscv64")]
    public void The_default_build_gives_the_same_log_on_the_model_and_on_Qemu()
    {
        using TemporaryFile image = new(File.ReadAllBytes(BuiltImage.PathOf("default")));
        Assert.Equal(GoodLog, OnModel(image).ReplaceLineEndings("\n"));
        Assert.Equal(GoodLog, OnQemu(image));
    }

    private static BoardConfiguration FourHarts { get; } = new()
    {
        Harts = [new HartConfiguration(0), new HartConfiguration(1), new HartConfiguration(2), new HartConfiguration(3)],
    };

    private static TemporaryFile Story(string placement, string sizeBytes) =>
        BuiltImage.Of("story", "--stack-placement", placement, "--boot-stack-size", sizeBytes);

    private static string OnModel(TemporaryFile image)
    {
        using Board board = Board.Boot(FourHarts, KernelImage.Read(File.ReadAllBytes(image.Path)));
        Assert.IsType<StopReason.PowerOff>(board.Run(BudgetInstructions));
        return board.ConsoleOutput;
    }

    /// <summary>What the kernel says under OpenSBI, whose own lines come first.</summary>
    private static string OnQemu(TemporaryFile image)
    {
        string output = QemuBoard.Boot(image.Path, harts: 4).Output.ReplaceLineEndings("\n");
        int start = output.IndexOf("\nkmain\n", StringComparison.Ordinal);
        return start < 0 ? output : output[(start + 1)..];
    }
}
