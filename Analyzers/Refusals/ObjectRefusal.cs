using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KV0101: an object of a class is allocated.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ObjectRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KV0101", "A kernel has no heap for objects",
        "{0} needs a heap, which a kernel does not have");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Object, OperationKind.ObjectCreation);
        Look(context, Collection, OperationKind.CollectionExpression);
        Look(context, at => Report(at, "An anonymous object"), OperationKind.AnonymousObjectCreation);
    }

    private void Object(OperationAnalysisContext context)
    {
        var isOfNoConcern = IsThrown(context.Operation) || context.Operation.Parent is IAttributeOperation;
        if (context.Operation.Type is { IsReferenceType: true } type && !isOfNoConcern) Report(context, $"'new {Name(type)}'");
    }

    private void Collection(OperationAnalysisContext context)
    {
        if (context.Operation.Type is INamedTypeSymbol { IsReferenceType: true } type) Report(context, $"'{Name(type)}'");
    }
}
