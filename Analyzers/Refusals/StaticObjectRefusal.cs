using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0019: a use of a static field that begins with an object.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StaticObjectRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0019", "A kernel's image holds strings, and arrays of values",
        "'{0}' holds an object that can't lie in the image: use a struct, or an array of structs");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) => Look(context, Field, OperationKind.FieldReference);

    private void Field(OperationAnalysisContext context)
    {
        var field = ((IFieldReferenceOperation)context.Operation).Field;
        if (field is { IsStatic: true, IsConst: false, Type.IsReferenceType: true } && IsObject(field.Type) && BeginsWithObject(field) && !IsService(field.Type)) Report(context, Name(field));
    }

    // The initialiser is refused already (KT0010).
    private static bool IsService(ITypeSymbol type) =>
        type is INamedTypeSymbol { ContainingNamespace: { } space } && RuntimeServiceTable.Reason(space.ToDisplayString(), type.Name, ".ctor") is not null;

    private static bool IsObject(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_String } or { TypeKind: TypeKind.Delegate } => false,
        // A map of the characters or bytes that it holds.
        INamedTypeSymbol { Name: "SearchValues", TypeArguments.Length: 1 } search when search.TypeArguments[0].SpecialType is SpecialType.System_Char or SpecialType.System_Byte => false,
        IArrayTypeSymbol array => array.ElementType.IsReferenceType && IsObject(array.ElementType),
        _ => true,
    };

    private static bool BeginsWithObject(IFieldSymbol field) =>
        field.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax()).OfType<VariableDeclaratorSyntax>()
            .Any(declaration => declaration.Initializer?.Value is { } value && !value.DescendantNodesAndSelf().Any(node => node.IsKind(SyntaxKind.NullLiteralExpression)));
}
