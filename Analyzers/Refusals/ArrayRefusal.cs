using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0002: an array is allocated.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ArrayRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0002", "A kernel has no heap for arrays",
        "'{0}' needs a heap: use stackalloc, a fixed buffer, an inline array or a static readonly table");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Array, OperationKind.ArrayCreation);
        Look(context, Collection, OperationKind.CollectionExpression);
        Look(context, Call, OperationKind.Invocation);
    }

    private void Array(OperationAnalysisContext context)
    {
        var creation = (IArrayCreationOperation)context.Operation;
        if (!IsOfNothing(creation) && !IsTable(creation) && !IsReadOnlyData(creation)) Report(context, Name(creation.Type));
    }

    private void Collection(OperationAnalysisContext context)
    {
        // How many elements a spread has is known when it runs: C# makes an array for the span then.
        var collection = (ICollectionExpressionOperation)context.Operation;
        var isOfUnknownLength = collection.Type is INamedTypeSymbol span && span.FullName() is "System.Span" or "System.ReadOnlySpan" && collection.Elements.Any(element => element is ISpreadOperation);
        if (((collection.Type is IArrayTypeSymbol && collection.Elements.Length > 0) || isOfUnknownLength) && !IsTable(collection)) Report(context, Name(collection.Type));
    }

    // What the base library's methods return as an array, whatever T is, they have made.
    private void Call(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        var method = call.TargetMethod;
        if (method.OriginalDefinition.ReturnType is not IArrayTypeSymbol || SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, context.Compilation.Assembly)) return;
        // Refused for another reason first: a virtual call, a service of the runtime. There is one empty array of each type.
        var isOpen = call.IsVirtual && call.Instance?.Type is { IsReferenceType: true, IsSealed: false };
        var isEmpty = method is { Name: "Empty", ContainingType.SpecialType: SpecialType.System_Array };
        if (!isOpen && !isEmpty && RuntimeServices.Reason(method) is null && !IsTable(call)) Report(context, Name(method));
    }

    // C# makes no array of arguments that are none: there is one for all.
    private static bool IsOfNothing(IArrayCreationOperation creation) => creation.IsImplicit && creation.Initializer is { ElementValues.Length: 0 };

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
