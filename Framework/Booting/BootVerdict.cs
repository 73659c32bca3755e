namespace Verification.Framework.Booting;

/// <summary>What a boot came to.</summary>
public enum BootVerdict
{
    /// <summary>There is positive proof that it went well.</summary>
    Passed,

    /// <summary>Something went wrong, and it is known what.</summary>
    Failed,

    /// <summary>The budget ended before either could be said.</summary>
    DidNotFinish,
}
