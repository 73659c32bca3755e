using Microsoft.CodeAnalysis;

namespace Verification.Analyzers.StackDepth;

/// <summary>The stack rules: one analysis answers for all of them.</summary>
internal static class StackRules
{
    /// <summary>KV0001, at the entry.</summary>
    public static readonly DiagnosticDescriptor Depth = Rule.StackDepth(
        "KV0001", "The estimated depth exceeds the stack",
        "'{0}' needs an estimated {1} of stack and has {2}: {3}");

    /// <summary>KV0001, at the method that carries the largest part.</summary>
    public static readonly DiagnosticDescriptor Largest = Rule.StackDepth(
        "KV0001", "The estimated depth exceeds the stack",
        "'{0}' takes an estimated {1} of the {2} of stack that '{3}' has{4}");

    /// <summary>KV0002.</summary>
    public static readonly DiagnosticDescriptor Recursion = Rule.StackDepth(
        "KV0002", "A recursion has no bounded stack depth",
        "'{0}' can call itself: the depth of the stack has no bound and is counted for one round only");

    /// <summary>KV0003.</summary>
    public static readonly DiagnosticDescriptor Call = Rule.StackDepth(
        "KV0003", "A call's target is not known, so neither is its stack depth",
        "In '{0}' {1}: the depth of the stack is at least what is counted without this call");

    /// <summary>KV0004.</summary>
    public static readonly DiagnosticDescriptor Allocation = Rule.StackDepth(
        "KV0004", "A stack allocation has no constant bound",
        "'stackalloc' in '{0}' has no bound, for {1}: the depth of the stack is at least what is counted without it");
}
