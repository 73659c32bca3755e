using System.Linq;
using Microsoft.CodeAnalysis;

namespace Verification.Analyzers;

/// <summary>
/// The kernel's attributes and intrinsics, known by full name: the analyzers need no reference to the kernel's
/// intrinsics, and a kernel may bring its own copy of the attributes.
/// </summary>
internal static class KernelNames
{
    public const string Namespace = "Verification.Intrinsics";
    public const string BootEntry = Namespace + ".BootEntryAttribute";
    public const string PanicHandler = Namespace + ".PanicHandlerAttribute";
    public const string Assembly = Namespace + ".AssemblyAttribute";
    public const string LinkerSymbol = Namespace + ".LinkerSymbolAttribute";

    /// <summary>The attribute of that full name on the symbol, or null.</summary>
    public static AttributeData? Attribute(this ISymbol symbol, string fullName) =>
        symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.FullName() == fullName);

    /// <summary>Namespace and name without type arguments: <c>System.Span</c>; nested types by dots.</summary>
    public static string FullName(this INamedTypeSymbol type)
    {
        if (type.ContainingType is not null) return type.ContainingType.FullName() + "." + type.Name;
        var space = type.ContainingNamespace;
        return space is null || space.IsGlobalNamespace ? type.Name : space.ToDisplayString() + "." + type.Name;
    }

    /// <summary>Whether the C# body is never compiled for the kernel: assembly text or the linker stands in its place.</summary>
    public static bool HasForeignBody(this ISymbol symbol)
    {
        for (ISymbol? at = symbol; at is IMethodSymbol or IPropertySymbol; at = Outer(at))
            if (at.Attribute(Assembly) is not null || at.Attribute(LinkerSymbol) is not null) return true;
        return false;
    }

    private static ISymbol? Outer(ISymbol symbol) =>
        symbol is IMethodSymbol { AssociatedSymbol: { } property } ? property : symbol.ContainingSymbol;
}
