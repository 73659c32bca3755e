using System.CommandLine;
using System.Reflection;
using Verification.Framework.Kernels;

namespace Verification.Framework.Cli;

/// <summary>The verbs and their options. <c>boot</c> and <c>dts</c> take QEMU's words and read them themselves.</summary>
internal static class CommandTree
{
    /// <summary>Parses and runs a command line.</summary>
    /// <returns>The exit code: see <see cref="ExitCode"/>.</returns>
    public static int Run(string[] arguments, TextWriter output)
    {
        var parsed = Root(output).Parse(arguments);
        if (parsed.Errors.Count > 0) throw new BadInputException(parsed.Errors[0].Message);
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output });
    }

    /// <summary>Prints the version.</summary>
    public static int Version(TextWriter output)
    {
        output.WriteLine(typeof(CommandTree).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unversioned");
        return ExitCode.Passed;
    }

    private static RootCommand Root(TextWriter output)
    {
        var root = new RootCommand("Boots kernels on a deterministic model of QEMU's riscv64 virt board, and says why they fail. Exit code: 0 passed, 1 failed, 2 no verdict or bad input.");
        root.Subcommands.Add(Check(output));
        root.Subcommands.Add(new Command("boot", "Boots one machine, described by QEMU's words: boot -smp 4 -m 128M -kernel kernel.elf") { TreatUnmatchedTokensAsErrors = false });
        root.Subcommands.Add(new Command("dts", "Prints the devicetree of a machine, described by QEMU's words or by --replay TOKEN.") { TreatUnmatchedTokensAsErrors = false });
        root.Subcommands.Add(Disassemble(output));
        root.Subcommands.Add(new Command("version", "Prints the version."));
        return root;
    }

    private static Command Check(TextWriter output)
    {
        var image = new Argument<string?>("kernel.elf") { Arity = ArgumentArity.ZeroOrOne, Description = "The kernel; without one, this repository's own." };
        var variant = new Option<string>("--variant") { Description = "Build of the repository's kernel: default or story.", DefaultValueFactory = _ => "default" };
        var machines = new Option<int>("--machines") { Description = "How many random machines to boot.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "Where the random machines come from.", DefaultValueFactory = _ => 0 };
        var replay = new Option<string?>("--replay") { Description = "Boots the one machine of a report's token." };
        var stacks = new Option<string[]>("--stack") { Description = "A stack of the kernel: SYMBOL:BYTES or LOW_SYMBOL..HIGH_SYMBOL." };
        var marker = new Option<string?>("--marker") { Description = "The console text that tells a good boot." };
        var panics = new Option<string[]>("--panic") { Description = "A function that is called, or a console text that is printed, only in a panic." };
        var budget = new Option<ulong>("--budget") { Description = "Instructions of all harts after which a boot did not finish.", DefaultValueFactory = _ => 200_000_000 };
        var jobs = new Option<int>("--jobs") { Description = "Boots at the same time; no result depends on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var shrink = new Option<int>("--shrink-boots") { Description = "Boots to spend on making a failing machine simpler.", DefaultValueFactory = _ => 500 };
        var command = new Command("check", "Boots a kernel on random machines; the first failure is shrunk and explained.")
        {
            image, variant, machines, seed, replay, stacks, marker, panics, budget, jobs, shrink,
        };
        command.SetAction(parsed => new CheckCommand
        {
            ImagePath = parsed.GetValue(image),
            Variant = parsed.GetValue(variant)!,
            Machines = parsed.GetValue(machines),
            Seed = parsed.GetValue(seed),
            Replay = parsed.GetValue(replay),
            Stacks = [.. (parsed.GetValue(stacks) ?? []).Select(StackDescription.Parse)],
            Marker = parsed.GetValue(marker),
            Panics = parsed.GetValue(panics) ?? [],
            BudgetInstructions = parsed.GetValue(budget),
            Jobs = parsed.GetValue(jobs),
            ShrinkBoots = parsed.GetValue(shrink),
        }.Run(output));
        return command;
    }

    private static Command Disassemble(TextWriter output)
    {
        var image = new Argument<string>("kernel.elf") { Description = "The image." };
        var symbol = new Argument<string?>("function") { Arity = ArgumentArity.ZeroOrOne, Description = "One function alone." };
        var command = new Command("disassemble", "Prints the instructions of an ELF file.") { image, symbol };
        command.SetAction(parsed => DisassembleCommand.Run(parsed.GetValue(image)!, parsed.GetValue(symbol), output));
        return command;
    }
}
