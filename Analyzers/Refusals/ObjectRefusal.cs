using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0001: an object of a class is allocated.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ObjectRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0001", "A kernel has no heap for objects",
        "{0} needs a heap, which a kernel does not have");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Object, OperationKind.ObjectCreation);
        Look(context, Collection, OperationKind.CollectionExpression);
        Look(context, at => Report(at, "An anonymous object"), OperationKind.AnonymousObjectCreation);
        Look(context, Comparer, OperationKind.PropertyReference);
    }

    // Strings have a rule of their own (KT0011).
    private void Object(OperationAnalysisContext context)
    {
        if (context.Operation.Type is { IsReferenceType: true, SpecialType: not SpecialType.System_String } type && !IsThrown(context.Operation)) Report(context, $"'new {Name(type)}'");
    }

    private void Collection(OperationAnalysisContext context)
    {
        if (context.Operation.Type is INamedTypeSymbol { IsReferenceType: true } type) Report(context, $"'{Name(type)}'");
    }

    // What compares values by their type is an object: it may be called, and given to the base library where null is the same.
    private void Comparer(OperationAnalysisContext context)
    {
        var reference = (IPropertyReferenceOperation)context.Operation;
        if (reference.Property is not { Name: "Default", ContainingType: { } type } || type.FullName() is not ("System.Collections.Generic.Comparer" or "System.Collections.Generic.EqualityComparer")) return;
        var use = reference.Parent;
        while (use is IConversionOperation) use = use.Parent;
        var isCalled = use is IInvocationOperation call && call.Instance == reference;
        var isTaken = use is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { } method }, Parameter: { } parameter }
            && !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, context.Compilation.Assembly)
            && (method.Name == "Sort" || parameter.OriginalDefinition.Type.TypeKind == TypeKind.Interface);
        if (!isCalled && !isTaken) Report(context, $"'{Name(type)}.Default'");
    }
}
