using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// Methods without source whose stack need is known. Whatever isn't listed is unresolved (KV0003): it is never taken
/// for nothing.
/// </summary>
internal static class KnownCalls
{
    /// <summary>The kernel's intrinsics: single instructions, or assembly text without a frame.</summary>
    public const int IntrinsicBytes = 0;

    /// <summary>
    /// Upper bound for the small leaf methods of the base library: at most two frames of at most eight saved registers,
    /// rounded up.
    /// </summary>
    public const int LeafBytes = 160;

    /// <summary>Upper bound for the methods that loop over blocks of memory, with the frames of what they call.</summary>
    public const int BlockBytes = 384;

    /// <summary>Upper bound for formatting and parsing an integer, with its digits and its text.</summary>
    public const int TextBytes = 1024;

    /// <summary>The same for a floating-point number, which needs large integers on the way.</summary>
    public const int FloatTextBytes = 8192;

    /// <summary>Upper bound for what lies between a failure in the base library and the panic handler.</summary>
    public const int FailureBytes = 96;

    private static readonly HashSet<string> Leaves =
    [
        "System.Span", "System.ReadOnlySpan", "System.Span.Enumerator", "System.ReadOnlySpan.Enumerator",
        "System.Index", "System.Range", "System.Nullable", "System.Object", "System.ValueType",
        "System.Math", "System.MathF", "System.Numerics.BitOperations", "System.Buffers.Binary.BinaryPrimitives",
        "System.Runtime.InteropServices.MemoryMarshal", "System.Runtime.InteropServices.CollectionsMarshal",
        "System.Runtime.CompilerServices.Unsafe", "System.Runtime.CompilerServices.RuntimeHelpers",
        "System.Threading.Interlocked", "System.Threading.Volatile", "System.HashCode", "System.BitConverter",
        "System.ValueTuple", "System.IntPtr", "System.UIntPtr", "System.Boolean", "System.Char", "System.Byte",
        "System.SByte", "System.Int16", "System.UInt16", "System.Int32", "System.UInt32", "System.Int64",
        "System.UInt64", "System.Int128", "System.UInt128", "System.Single", "System.Double", "System.Half",
        "System.Enum", "System.ArgumentOutOfRangeException", "System.ArgumentNullException", "System.Array",
        "System.Text.Rune", "System.String", "System.Runtime.CompilerServices.InlineArrayAttribute",
    ];

    private static readonly HashSet<string> BlockMethods =
    [
        "CopyTo", "TryCopyTo", "Clear", "Fill", "SequenceEqual", "IndexOf", "LastIndexOf", "IndexOfAny", "StartsWith",
        "EndsWith", "Contains", "SequenceCompareTo", "Reverse", "TrimStart", "TrimEnd", "Trim", "BinarySearch",
        "CopyBlock", "CopyBlockUnaligned", "InitBlock", "InitBlockUnaligned", "DivRem", "Pow", "BigMul",
    ];

    private static readonly HashSet<string> TextMethods = ["TryFormat", "TryParse", "Parse"];

    /// <summary>The bytes of a call into an assembly without source, or null where nothing is known of it.</summary>
    public static int? Of(IMethodSymbol method)
    {
        if (method.HasForeignBody()) return IntrinsicBytes;
        if (method.ContainingType is not { } type) return null;
        if (type.ContainingNamespace?.ToDisplayString() == KernelNames.Namespace) return IntrinsicBytes;
        var name = type.FullName();
        if (name == "System.MemoryExtensions") return BlockBytes;
        if (!Leaves.Contains(name)) return null;
        if (TextMethods.Contains(method.Name)) return name is "System.Single" or "System.Double" or "System.Half" ? FloatTextBytes : TextBytes;
        return BlockMethods.Contains(method.Name) ? BlockBytes : LeafBytes;
    }
}
