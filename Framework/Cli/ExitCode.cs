namespace Verification.Framework.Cli;

/// <summary>How the tool ends.</summary>
internal static class ExitCode
{
    /// <summary>All passed, or the machine was switched off in order.</summary>
    public const int Passed = 0;

    /// <summary>Something failed, and the report says what.</summary>
    public const int Failed = 1;

    /// <summary>The input can't be used, or there was no verdict within the budget.</summary>
    public const int NoVerdict = 2;
}
