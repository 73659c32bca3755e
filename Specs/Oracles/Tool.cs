using System.Diagnostics;

namespace Verification.Specs.Oracles;

/// <summary>
/// A program of this computer that serves as an independent oracle: QEMU, dtc, gdb, binutils, a C compiler. It may be
/// absent; then whatever needs it is skipped and says so (<see cref="RequiresToolFactAttribute"/>).
/// </summary>
/// <remarks>
/// A run has no time limit. What an oracle runs must end by itself (a guest powers off through the finisher, a script
/// quits its debugger), or be followed by <see cref="RunUntil"/>, which ends it at a text and not at a time.
/// </remarks>
public static class Tool
{
    /// <summary>The full path of a program in PATH, or of a file named by its full path; null where it isn't.</summary>
    public static string? Find(string tool)
    {
        if (Path.IsPathRooted(tool)) return File.Exists(tool) ? tool : null;
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            if (folder.Length == 0) continue;
            var candidate = Path.Combine(folder, tool);
            if (File.Exists(candidate)) return candidate;
            if (OperatingSystem.IsWindows() && File.Exists(candidate + ".exe")) return candidate + ".exe";
        }
        return null;
    }

    /// <summary>Why a spec that needs these tools is skipped: names those that are missing; null when all are here.</summary>
    public static string? Missing(params string[] tools)
    {
        var missing = tools.Where(tool => Find(tool) is null).ToArray();
        return missing.Length == 0 ? null : $"Skipped: not installed here: {string.Join(", ", missing)}.";
    }

    /// <summary>Runs a program to its end, and gives all that it said.</summary>
    /// <exception cref="InvalidOperationException">The program isn't installed.</exception>
    public static ToolResult Run(string tool, params string[] arguments) => Run(tool, arguments, standardInput: null);

    /// <summary>Runs a program to its end with a text as its standard input, in a folder of choice.</summary>
    /// <exception cref="InvalidOperationException">The program isn't installed.</exception>
    public static ToolResult Run(
        string tool, IEnumerable<string> arguments, string? standardInput, string? workingDirectory = null)
    {
        using var process = Start(tool, arguments, workingDirectory);
        // Both pipes are drained while the input is written: a full pipe on either side would block both processes.
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        Feed(process, standardInput);
        process.WaitForExit();
        return new ToolResult(tool, process.ExitCode, output.Result, error.Result);
    }

    /// <summary>
    /// Runs a program until its standard output holds a text, then ends it; or to its own end if that comes first.
    /// </summary>
    /// <exception cref="InvalidOperationException">The program isn't installed.</exception>
    public static ToolResult RunUntil(string marker, string tool, params string[] arguments)
    {
        using var process = Start(tool, arguments, workingDirectory: null);
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        var seen = new System.Text.StringBuilder();
        while (!seen.ToString().Contains(marker, StringComparison.Ordinal) && process.StandardOutput.Read() is >= 0 and var next)
            seen.Append((char)next);
        if (seen.ToString().Contains(marker, StringComparison.Ordinal)) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return new ToolResult(tool, process.ExitCode, seen.ToString(), error.Result);
    }

    private static Process Start(string tool, IEnumerable<string> arguments, string? workingDirectory)
    {
        var path = Find(tool) ?? throw new InvalidOperationException($"The program '{tool}' is not installed here.");
        var start = new ProcessStartInfo(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingDirectory ?? "",
        };
        // Messages are compared: they come in the untranslated language.
        start.Environment["LC_ALL"] = "C";
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException($"The program '{tool}' did not start.");
    }

    private static void Feed(Process process, string? standardInput)
    {
        try
        {
            if (standardInput is not null) process.StandardInput.Write(standardInput);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program closed its input before it read everything: its output and exit code tell the rest.
        }
    }
}
