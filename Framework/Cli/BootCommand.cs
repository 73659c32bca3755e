using Verification.Framework.Booting;
using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;

namespace Verification.Framework.Cli;

/// <summary><c>boot</c>: one machine, its console on the terminal.</summary>
internal static class BootCommand
{
    private const ulong Slice = 1_000_000;

    /// <summary>Explains the verb.</summary>
    public static int Help(TextWriter output)
    {
        output.WriteLine("""
            boot: boots one machine, described by QEMU's words; the terminal is its console, ctrl-a x ends it.

              -kernel FILE            ELF file, Linux Image or raw image
              -bios none|default|FILE without firmware, with the model's own SBI (the default), or with this firmware
              -smp N                  1 to 512 harts
              -m SIZE                 128M, 4G, ...
              -append TEXT            the kernel's command line
              -initrd FILE            an initial ramdisk
              -dtb FILE               this devicetree in place of the board's
              -drive file=FILE,if=none,format=raw,id=ID   and   -device virtio-blk-device,drive=ID
              -machine virt[,dumpdtb=FILE]   -cpu rv64   -nographic   and the words that change nothing
              --replay TOKEN          the machine of a failure report, with -kernel FILE
              --budget N              ends after N instructions (exit code 2)
            """);
        return ExitCode.Passed;
    }

    /// <summary>Boots until the machine is switched off.</summary>
    public static int Run(string[] words, TextWriter output)
    {
        var (own, qemu) = OwnOptions(words);
        var read = QemuWords.Read(qemu);
        var machine = own.Token is { } token ? MachineToken.Parse(token) : read.Machine;
        if (read.DumpPath is { } dump) return DumpDevicetree(machine, dump);
        if (read.KernelPath is null && machine.Firmware is not FirmwareChoice.File) throw new BadInputException("nothing to boot: name a kernel with -kernel FILE");
        using var board = Board.Boot(machine, read.KernelPath is { } path ? KernelImage.Read(InputFile.Read(path)) : null);
        using var terminal = new Terminal(output);
        return Run(board, terminal, own.BudgetInstructions);
    }

    private static int Run(Board board, Terminal terminal, ulong budget)
    {
        int shown = 0;
        while (true)
        {
            var reason = board.Run(Math.Min(Slice, budget - board.Retired));
            shown = terminal.Show(board.ConsoleBytes, shown);
            switch (reason)
            {
                case StopReason.PowerOff off: return off.Code == 0 ? ExitCode.Passed : ExitCode.Failed;
                case StopReason.HostExit exit: return exit.Code == 1 ? ExitCode.Passed : ExitCode.Failed;
                case StopReason.Reset: throw new BadInputException("the guest asked for a reset, which ends the run");
            }

            byte[]? typed = terminal.Typed(reason is StopReason.Idle ? WhenNothingIsTyped.Wait : WhenNothingIsTyped.GoOn);
            if (typed is null) return ExitCode.NoVerdict;
            if (typed.Length > 0) board.ConsoleInput(typed);
            else if (reason is StopReason.Idle) throw new BadInputException("all harts wait for ever, and there is no more input");
            if (board.Retired >= budget) throw new BadInputException($"the budget of {budget} instructions is used up");
        }
    }

    private static int DumpDevicetree(BoardConfiguration machine, string path)
    {
        using var board = new Board(machine);
        File.WriteAllBytes(path, board.Devicetree.ToBlob());
        return ExitCode.Passed;
    }

    private static ((string? Token, ulong BudgetInstructions) Own, IReadOnlyList<string> Qemu) OwnOptions(string[] words)
    {
        string? token = null;
        ulong budget = ulong.MaxValue;
        var rest = new List<string>();
        for (int i = 0; i < words.Length; i++)
        {
            bool hasValue = i + 1 < words.Length;
            switch (words[i])
            {
                case "--replay" when hasValue: token = words[++i]; break;
                case "--budget" when hasValue && ulong.TryParse(words[i + 1], out budget): i++; break;
                case "--replay": throw new BadInputException("--replay wants a token behind it");
                case "--budget": throw new BadInputException("--budget wants a number of instructions behind it");
                default: rest.Add(words[i]); break;
            }
        }

        return ((token, budget), rest);
    }
}
