using System.CommandLine;
using Verification.Framework.Cli;
using Verification.Framework.Kernels;
using Verification.Machine.Devicetree;
using Verification.Machine.Images;

// One sentence for whatever is wrong with the input; a stack trace is a bug of ours.
try
{
    return args switch
    {
        ["boot", "--help" or "-h" or "-?", ..] => BootCommand.Help(Console.Out),
        ["dts", "--help" or "-h" or "-?", ..] => DtsCommand.Help(Console.Out),
        ["boot", ..] => BootCommand.Run(args[1..]),
        ["dts", ..] => DtsCommand.Run(args[1..], Console.Out),
        ["version"] => CommandTree.Version(Console.Out),
        [] or ["help"] => CommandTree.Run(["--help"]),
        ["help", var verb] => CommandTree.Run([verb, "--help"]),
        _ => CommandTree.Run(args),
    };
}
catch (Exception e) when (e is BadInputException or ImageFormatException or DevicetreeFormatException or KernelDescriptionException
    or ArgumentException or FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message.ReplaceLineEndings(" ").TrimEnd());
    return ExitCode.NoVerdict;
}
