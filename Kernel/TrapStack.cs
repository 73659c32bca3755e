namespace Verification.Kernel;

/// <summary>The size of the stack that traps run on; every hart has one.</summary>
public static class TrapStack
{
    /// <summary>One page.</summary>
    public const int SizeBytes = 4096;
}
