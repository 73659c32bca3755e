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

    /// <summary>A guest's own code: its low byte, as a shell sees it, but never 0 for what is not 0.</summary>
    public static int Of(uint code) => (code & 0xff) == 0 && code != 0 ? Failed : (int)(code & 0xff);
}
