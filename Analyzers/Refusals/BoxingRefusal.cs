using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KV0103: a value type is converted to a reference type.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BoxingRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KV0103", "A kernel can't box a value",
        "'{0}' is boxed to '{1}', which needs a heap");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, Conversion, OperationKind.Conversion);
        Look(context, Call, OperationKind.Invocation);
    }

    private void Conversion(OperationAnalysisContext context)
    {
        var conversion = (IConversionOperation)context.Operation;
        if (conversion.Operand.Type is { IsValueType: true } from && conversion.Type is { IsReferenceType: true } to
            && conversion.OperatorMethod is null && !IsOfInterpolation(conversion))
            Report(context, Name(from), Name(to));
    }

    /// <summary>A method that a struct only inherits is called on its box.</summary>
    private void Call(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.Instance?.Type is { IsValueType: true } receiver && call.TargetMethod.ContainingType is { IsReferenceType: true, TypeKind: TypeKind.Class } inherited)
            Report(context, Name(receiver), Name(inherited));
    }

    // The string itself is refused already (KV0111).
    private static bool IsOfInterpolation(IOperation operation) => operation.Parent is IInterpolationOperation;
}
