using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// Sizes of base-library structs. They stand here because the reference assemblies that a build compiles against hide
/// a struct's private fields behind a few dummies.
/// </summary>
internal static class KnownSizes
{
    /// <summary>Taken for a base-library struct that is not in the table and shows fewer fields than that.</summary>
    public const int UnknownBytes = 64;

    private static readonly Dictionary<string, (int SizeBytes, int Alignment)> Table = new()
    {
        ["System.Span"] = (16, 8),
        ["System.ReadOnlySpan"] = (16, 8),
        ["System.Span.Enumerator"] = (24, 8),
        ["System.ReadOnlySpan.Enumerator"] = (24, 8),
        ["System.Memory"] = (16, 8),
        ["System.ReadOnlyMemory"] = (16, 8),
        ["System.Index"] = (4, 4),
        ["System.Range"] = (8, 4),
        ["System.Guid"] = (16, 4),
        ["System.TimeSpan"] = (8, 8),
        ["System.DateTime"] = (8, 8),
        ["System.Int128"] = (16, 16),
        ["System.UInt128"] = (16, 16),
        ["System.Half"] = (2, 2),
        ["System.Decimal"] = (16, 8),
        ["System.Text.Rune"] = (4, 4),
        ["System.RuntimeTypeHandle"] = (8, 8),
        ["System.RuntimeFieldHandle"] = (8, 8),
        ["System.RuntimeMethodHandle"] = (8, 8),
        ["System.ByReference"] = (8, 8),
        ["System.Runtime.Intrinsics.Vector64"] = (8, 8),
        ["System.Runtime.Intrinsics.Vector128"] = (16, 16),
        ["System.Runtime.Intrinsics.Vector256"] = (32, 16),
        ["System.Runtime.Intrinsics.Vector512"] = (64, 16),
        ["System.Numerics.Vector"] = (64, 16),
    };

    /// <summary>The size on rv64, or null if the type isn't in the table.</summary>
    public static (int SizeBytes, int Alignment)? Of(INamedTypeSymbol type) =>
        Table.TryGetValue(type.FullName(), out var size) ? size : null;

    /// <summary>Whether the type's fields as seen from source are not its real ones.</summary>
    public static bool HidesFields(INamedTypeSymbol type) =>
        type.ContainingAssembly?.Name is { } name && (name is "mscorlib" or "netstandard" || name.StartsWith("System", System.StringComparison.Ordinal));
}
