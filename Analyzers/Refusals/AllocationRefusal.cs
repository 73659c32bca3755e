using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KV0101: a class, an array or a list is allocated.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AllocationRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal("KV0101", "A kernel has no heap", "{0} needs a heap, which a kernel does not have");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Object, OperationKind.ObjectCreation);
        Look(context, Array, OperationKind.ArrayCreation);
        Look(context, Collection, OperationKind.CollectionExpression);
        Look(context, at => Report(at, "An anonymous object"), OperationKind.AnonymousObjectCreation);
    }

    private void Object(OperationAnalysisContext context)
    {
        if (context.Operation.Type is { IsReferenceType: true } type && !IsThrown(context.Operation)
            && context.Operation.Parent is not IAttributeOperation)
            Report(context, $"'new {Name(type)}'");
    }

    private void Array(OperationAnalysisContext context)
    {
        var creation = (IArrayCreationOperation)context.Operation;
        if (!IsTable(creation) && !IsReadOnlyData(creation)) Report(context, $"'{Name(creation.Type)}'");
    }

    private void Collection(OperationAnalysisContext context)
    {
        if (context.Operation.Type is { IsReferenceType: true } type && !IsTable(context.Operation)) Report(context, $"'{Name(type)}'");
    }

    /// <summary>The initial value of a static read-only field: made at compile time, and part of the image.</summary>
    private static bool IsTable(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
            if (parent is IFieldInitializerOperation initializer) return initializer.InitializedFields.All(field => field is { IsStatic: true, IsReadOnly: true });
        return false;
    }

    /// <summary>Constants seen through a read-only span: C# puts them into the image itself.</summary>
    private static bool IsReadOnlyData(IArrayCreationOperation creation) =>
        creation.Parent is IConversionOperation { Type: INamedTypeSymbol span } && span.FullName() == "System.ReadOnlySpan"
        && creation.Initializer is { } initializer && initializer.ElementValues.All(value => value.ConstantValue.HasValue);
}
