namespace Verification.Analyzers.StackDepth;

/// <summary>
/// Which methods the estimate takes for compiled into their callers: at least those that the compiler does
/// (Framework/Toolchain/Optimise/Inliner.cs). It measures its own, optimised code; an operation of C# becomes one of its
/// instructions or fewer, but for the checks that come with an access.
/// </summary>
internal static class InlinePolicy
{
    /// <summary>Methods of up to so many operations may be inlined without being asked for.</summary>
    public const int MaximumOperations = 60;

    /// <summary>A method that is called at one place may be larger.</summary>
    public const int MaximumOperationsCalledOnce = 250;

    /// <summary>Nothing is inlined that brings more memory than this into its caller's frame; estimated, so generous.</summary>
    public const long MaximumMemoryBytes = 256;

    /// <summary>Whether calls of the method may vanish into their callers.</summary>
    public static bool MayInline(MethodNode callee)
    {
        if (callee.IsRecursive) return false;
        if (callee.DemandsInlining is { } demand) return demand;
        if (callee.MemoryBytes > MaximumMemoryBytes) return false;
        return callee.OperationCount <= (callee.CallSites == 1 ? MaximumOperationsCalledOnce : MaximumOperations);
    }
}
