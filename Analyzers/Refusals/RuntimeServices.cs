using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace Verification.Analyzers.Refusals;

/// <summary>Which types of the base library are services of the .NET runtime, and not code that a kernel can take along.</summary>
internal static class RuntimeServices
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["System.Console"] = "standard input and output",
        ["System.GC"] = "garbage collection",
        ["System.Activator"] = "reflection",
        ["System.Type"] = "reflection",
        ["System.Delegate"] = "delegates",
        ["System.MulticastDelegate"] = "delegates",
        ["System.Environment"] = "an operating system",
        ["System.AppContext"] = "an operating system",
        ["System.AppDomain"] = "an operating system",
        ["System.Random"] = "an operating system",
        ["System.Text.StringBuilder"] = "a heap",
        ["System.Lazy"] = "delegates",
        ["System.Diagnostics.Process"] = "an operating system",
        ["System.Diagnostics.Stopwatch"] = "an operating system",
    };

    private static readonly Dictionary<string, string> Namespaces = new()
    {
        ["System.Threading"] = "threads",
        ["System.Threading.Tasks"] = "threads",
        ["System.Reflection"] = "reflection",
        ["System.Reflection.Emit"] = "reflection",
        ["System.Linq"] = "delegates",
        ["System.Linq.Expressions"] = "reflection",
        ["System.IO"] = "files",
        ["System.Net"] = "an operating system",
        ["System.Net.Sockets"] = "an operating system",
        ["System.Collections"] = "a heap",
        ["System.Collections.Generic"] = "a heap",
        ["System.Collections.Concurrent"] = "a heap",
        ["System.Collections.Immutable"] = "a heap",
        ["System.Text.RegularExpressions"] = "a heap",
        ["System.Text.Json"] = "reflection",
    };

    /// <summary>What of the runtime the type needs, in a word; null if nothing is known against it.</summary>
    public static string? Reason(INamedTypeSymbol type)
    {
        // Interfaces of these namespaces are only shapes; so are the two classes of single instructions.
        if (type.TypeKind == TypeKind.Interface) return null;
        var name = type.FullName();
        if (name is "System.Threading.Interlocked" or "System.Threading.Volatile") return null;
        if (Types.TryGetValue(name, out var reason)) return reason;
        return type.ContainingNamespace is { } space && Namespaces.TryGetValue(space.ToDisplayString(), out reason) ? reason : null;
    }
}
