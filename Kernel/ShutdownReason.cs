namespace Verification.Kernel;

/// <summary>Why the kernel asks for a shutdown (SBI specification, chapter 10, "reset reason").</summary>
public enum ShutdownReason
{
    /// <summary>All went as it should.</summary>
    None = 0,

    /// <summary>The kernel panicked.</summary>
    SystemFailure = 1,
}
