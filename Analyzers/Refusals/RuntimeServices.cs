using Microsoft.CodeAnalysis;

namespace Verification.Analyzers.Refusals;

/// <summary>Asks the table of the runtime's services about symbols.</summary>
internal static class RuntimeServices
{
    /// <summary>What of the runtime the member needs, in a few words; null if nothing is known against it.</summary>
    public static string? Reason(ISymbol member)
    {
        // Interfaces of these namespaces are only shapes.
        if (member.ContainingType is not { TypeKind: not TypeKind.Interface } type) return null;
        return RuntimeServiceTable.Reason(type.ContainingNamespace.ToDisplayString(), type.Name, member.Name);
    }

    /// <summary>Whether what the member says depends on the machine that it runs on.</summary>
    public static bool DependsOnHost(ISymbol member) =>
        member.ContainingType is { TypeKind: not TypeKind.Interface } type && RuntimeServiceTable.DependsOnHost(type.ContainingNamespace.ToDisplayString(), type.Name, member.Name);
}
