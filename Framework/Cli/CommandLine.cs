using Verification.Framework.Kernels;
using Verification.Machine.Devicetree;
using Verification.Machine.Images;

namespace Verification.Framework.Cli;

/// <summary>The command-line tool. Exit codes: 0 passed, 1 failed, 2 no verdict or bad input.</summary>
public static class CommandLine
{
    /// <summary>Runs a command. Whatever is wrong with the input is one sentence on <paramref name="error"/>.</summary>
    /// <param name="arguments">The words behind the program's name.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where the sentence goes.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        try
        {
            return arguments switch
            {
                ["boot", "--help" or "-h" or "-?", ..] or ["help", "boot"] => BootCommand.Help(output),
                ["dts", "--help" or "-h" or "-?", ..] or ["help", "dts"] => DtsCommand.Help(output),
                ["boot", ..] => BootCommand.Run(arguments[1..], output, error),
                ["dts", ..] => DtsCommand.Run(arguments[1..], output),
                ["version"] => CommandTree.Version(output),
                [] or ["help"] => CommandTree.Run(["--help"], output),
                ["help", var verb] => CommandTree.Run([verb, "--help"], output),
                _ => CommandTree.Run(arguments, output),
            };
        }
        catch (Exception e) when (IsAboutTheInput(e))
        {
            // Exceptions of the base library put their parameter's name behind the sentence.
            string sentence = e is ArgumentException { ParamName: { } name } ? e.Message.Replace($" (Parameter '{name}')", "") : e.Message;
            error.WriteLine(sentence.ReplaceLineEndings(" ").TrimEnd());
            return ExitCode.NoVerdict;
        }
    }

    /// <summary>A stack trace is for our own mistakes; these are the user's, or the file system's.</summary>
    private static bool IsAboutTheInput(Exception e) => e is BadInputException or ImageFormatException
        or DevicetreeFormatException or KernelDescriptionException or ArgumentException or FormatException
        or IOException or UnauthorizedAccessException;
}
