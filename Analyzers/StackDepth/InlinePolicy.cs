namespace Verification.Analyzers.StackDepth;

/// <summary>Which methods the estimate takes for compiled into their callers: at least those that the compiler does.</summary>
internal static class InlinePolicy
{
    /// <summary>Methods of up to so many operations may be inlined without being asked for.</summary>
    public const int MaximumOperations = 24;

    /// <summary>Inlined calls inside inlined calls, at most so deep.</summary>
    public const int MaximumNesting = 4;

    /// <summary>Whether calls of the method may vanish into their callers.</summary>
    public static bool MayInline(MethodNode callee) =>
        !callee.IsRecursive && (callee.DemandsInlining ?? callee.OperationCount <= MaximumOperations);
}
