using Microsoft.CodeAnalysis;

namespace Verification.Analyzers;

/// <summary>Makes the rules' descriptors; each rule has a section in Analyzers/README.md.</summary>
internal static class Rule
{
    /// <summary>A rule about stack depth: a warning, since it speaks of an estimate.</summary>
    public static DiagnosticDescriptor StackDepth(string id, string title, string message) =>
        new(id, title, message, "StackDepth", DiagnosticSeverity.Warning, isEnabledByDefault: true);

    /// <summary>A rule about what a kernel can't be compiled with: an error, as the kernel compiler's own would be.</summary>
    public static DiagnosticDescriptor Refusal(string id, string title, string message) =>
        new(id, title, message, "Language", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
