using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Verification.Analyzers.StackDepth;

/// <summary>The size of the stack that a boot entry starts on.</summary>
internal static class StackBudget
{
    /// <summary>The build property that lays out the boot stack, made visible by <c>CompilerVisibleProperty</c>.</summary>
    public const string Property = "build_property.BootStackSize";

    /// <summary>
    /// Bytes of the entry's stack: its own <c>StackSizeBytes</c>, else the build property; null if neither tells (the
    /// property is unset, or <c>auto</c>: then the build sizes the stack by the exact bound).
    /// </summary>
    public static long? Of(IMethodSymbol entry, AnalyzerConfigOptions options)
    {
        var own = entry.Attribute(KernelNames.BootEntry)?.NamedArguments
            .FirstOrDefault(argument => argument.Key == "StackSizeBytes").Value.Value as int?;
        if (own > 0) return own;
        return options.TryGetValue(Property, out var text) ? Parse(text.Trim()) : null;
    }

    private static long? Parse(string text)
    {
        var isHexadecimal = text.StartsWith("0x", System.StringComparison.OrdinalIgnoreCase);
        var style = isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        return long.TryParse(isHexadecimal ? text.Substring(2) : text, style, CultureInfo.InvariantCulture, out var bytes) && bytes > 0
            ? bytes
            : null;
    }
}
