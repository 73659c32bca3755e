using Verification.Framework.Generation;
using Verification.Machine;
using Verification.Machine.Images;

namespace Verification.Framework.Cli;

/// <summary><c>dts</c>: the devicetree of a machine as dtc's source.</summary>
internal static class DtsCommand
{
    /// <summary>Explains the verb.</summary>
    public static int Help(TextWriter output)
    {
        output.WriteLine("""
            dts: prints the devicetree of a machine as dtc's source.

              dts -smp 4 -m 128M -append "..."      the machine of QEMU's words (see boot --help)
              dts --replay TOKEN                    the machine of a failure report
            """);
        return ExitCode.Passed;
    }

    /// <summary>Prints the devicetree.</summary>
    public static int Run(string[] words, TextWriter output)
    {
        if (words is ["--replay", var token])
        {
            output.Write(Source(MachineToken.Parse(token), null));
            return ExitCode.Passed;
        }

        var read = QemuWords.Read(words);
        var image = read.KernelPath is { } path ? KernelImage.Read(InputFile.Read(path), Board.LoadAddress(read.Machine)) : null;
        output.Write(Source(read.Machine, image));
        return ExitCode.Passed;
    }

    /// <summary>A machine's devicetree.</summary>
    public static string Source(BoardConfiguration machine, KernelImage? image)
    {
        using var board = image is null ? new Board(machine) : Board.Boot(machine, image);
        return board.Devicetree.ToSource();
    }
}
