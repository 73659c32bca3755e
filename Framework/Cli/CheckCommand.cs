using System.Diagnostics;
using System.Globalization;
using Verification.Framework.Booting;
using Verification.Framework.Explaining;
using Verification.Framework.Generation;
using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Images;

namespace Verification.Framework.Cli;

/// <summary><c>check</c>: boots a kernel on random machines.</summary>
internal sealed record CheckCommand
{
    /// <summary>The user's kernel; none for the repository's own.</summary>
    public string? ImagePath { get; init; }

    /// <summary>Which build of the repository's kernel.</summary>
    public string Variant { get; init; } = "default";

    /// <summary>How many machines.</summary>
    public int Machines { get; init; } = 1000;

    /// <summary>Where they come from.</summary>
    public ulong Seed { get; init; }

    /// <summary>The token of the one machine to boot.</summary>
    public string? Replay { get; init; }

    /// <summary>Stacks that the user describes.</summary>
    public IReadOnlyList<StackDescription> Stacks { get; init; } = [];

    /// <summary>The text of a good boot.</summary>
    public string? Marker { get; init; }

    /// <summary>Functions or texts of a panic.</summary>
    public IReadOnlyList<string> Panics { get; init; } = [];

    /// <summary>The budget of a boot.</summary>
    public ulong BudgetInstructions { get; init; }

    /// <summary>Boots at the same time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Boots to spend on shrinking.</summary>
    public int ShrinkBoots { get; init; } = 500;

    /// <summary>Runs the campaign, or the one machine.</summary>
    /// <returns>The exit code.</returns>
    public int Run(TextWriter output)
    {
        if (Machines < 1) throw new BadInputException($"--machines {Machines} boots nothing");
        if (Jobs < 1) throw new BadInputException($"--jobs {Jobs} boots nothing");
        var kernel = Kernel();
        var limits = new BootLimits { BudgetInstructions = BudgetInstructions };
        return Replay is { } token
            ? Conclude(KernelBoot.Run(kernel, MachineToken.Parse(token), limits), output)
            : RunCampaign(kernel, limits, output);
    }

    private string KernelPath => ImagePath ?? OurKernel.PathOf(Variant);

    private KernelDescription Kernel()
    {
        if (ImagePath is null && !OurKernel.Variants.Contains(Variant))
            throw new BadInputException($"there is no variant '{Variant}' of the kernel: there are {string.Join(" and ", OurKernel.Variants)}");
        var image = KernelImage.FromElf(ElfImage.Read(InputFile.Read(KernelPath)));
        var kernel = ImagePath is null
            ? OurKernel.Describe(Variant == "default" ? "The kernel" : $"The kernel's variant {Variant}", image)
            : KernelGuess.From(Path.GetFileName(ImagePath), image);
        if (Stacks.Count > 0) kernel = kernel with { Stacks = Stacks };
        if (Marker is not null) kernel = kernel with { Marker = Marker };
        if (Panics.Count == 0) return kernel;
        var symbols = Panics.Where(p => image.Symbols.Find(p) is not null).ToList();
        return kernel with { PanicSymbols = [.. kernel.PanicSymbols, .. symbols], PanicTexts = [.. kernel.PanicTexts, .. Panics.Except(symbols)] };
    }

    private int RunCampaign(KernelDescription kernel, BootLimits limits, TextWriter output)
    {
        var machines = MachineSpace.For(kernel.Image);
        var campaign = new Campaign(kernel, number => MachineGenerator.Generate(machines, Seed, number), limits) { ParallelBoots = Jobs };
        var watch = Stopwatch.StartNew();
        var progress = new Progress(output, Machines, watch);
        var result = campaign.Run(Machines, progress.Show);
        watch.Stop();
        progress.Done();
        if (result.Failure is not { } failure)
        {
            Summary.Write(result, kernel, watch.Elapsed, output);
            return ExitCode.Passed;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"machine {result.Machines:N0} of {Machines:N0} does not pass; looking for the simplest one that fails alike"));
        return Conclude(campaign.Shrink(failure, machine => MachineShrinker.Simpler(machines, machine), ShrinkBoots), output);
    }

    private int Conclude(BootResult result, TextWriter output)
    {
        if (result.Verdict == BootVerdict.Passed)
        {
            output.Write(result.Console);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"PASSED   {result.Kernel.Name} on {MachineText.Summary(result.Machine)}; {result.Instructions:N0} instructions"));
            return ExitCode.Passed;
        }

        output.WriteLine();
        output.Write(FailureReport.Of(result, Command(result.Machine), ImagePath ?? "kernel.elf"));
        output.WriteLine();
        output.Write(DtsCommand.Source(result.Machine, result.Kernel.Image));
        return result.Verdict == BootVerdict.Failed ? ExitCode.Failed : ExitCode.NoVerdict;
    }

    private string Command(BoardConfiguration machine)
    {
        var words = new List<string> { "dotnet run --project Framework/Cli -- check" };
        if (ImagePath is not null) words.Add(Quoted(ImagePath));
        if (ImagePath is null && Variant != "default") words.Add($"--variant {Variant}");
        foreach (var stack in Stacks) words.Add($"--stack {Quoted(stack.ToWords())}");
        if (Marker is not null) words.Add($"--marker {Quoted(Marker)}");
        foreach (string panic in Panics) words.Add($"--panic {Quoted(panic)}");
        words.Add($"--replay {MachineToken.Print(machine)}");
        return string.Join(' ', words);
    }

    private static string Quoted(string word) => word.Contains(' ') ? $"\"{word}\"" : word;
}
