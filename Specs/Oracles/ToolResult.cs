namespace Verification.Specs.Oracles;

/// <summary>What a finished program left: its exit code and both outputs, whole.</summary>
public sealed record ToolResult(string Tool, int ExitCode, string Output, string Error)
{
    /// <summary>The standard output of a run that must have succeeded.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0; the message holds its words.</exception>
    public string SuccessfulOutput => ExitCode == 0
        ? Output
        : throw new InvalidOperationException($"{Tool} ended with exit code {ExitCode}.\n{Error}{Output}");
}
