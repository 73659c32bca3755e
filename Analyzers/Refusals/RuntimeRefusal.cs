using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0008: threads, locks, input and output, collections, garbage collection.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RuntimeRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0008", "A kernel has no .NET runtime",
        "'{0}' needs the .NET runtime ({1}), which a kernel does not have");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, at => Member(at, ((IInvocationOperation)at.Operation).TargetMethod), OperationKind.Invocation);
        Look(context, at => Member(at, ((IPropertyReferenceOperation)at.Operation).Property), OperationKind.PropertyReference);
        Look(context, at => Report(at, "lock", "monitors"), OperationKind.Lock);
        Look(
            context, at => Report(at, "dynamic", "binding at run time"),
            OperationKind.DynamicInvocation, OperationKind.DynamicMemberReference, OperationKind.DynamicObjectCreation, OperationKind.DynamicIndexerAccess);
        // An operator or a conversion with a dynamic operand is bound at run time too.
        Look(context, Dynamic, OperationKind.Binary, OperationKind.Unary, OperationKind.Conversion);
    }

    private void Member(OperationAnalysisContext context, ISymbol member)
    {
        if (RuntimeServices.Reason(member) is { } reason && reason != "reflection") Report(context, $"{Name(member.ContainingType)}.{member.Name}", reason);
    }

    private void Dynamic(OperationAnalysisContext context)
    {
        var isBound = context.Operation switch
        {
            IBinaryOperation binary => binary.Type?.TypeKind == TypeKind.Dynamic,
            IUnaryOperation unary => unary.Type?.TypeKind == TypeKind.Dynamic,
            IConversionOperation conversion => conversion.Operand.Type?.TypeKind == TypeKind.Dynamic && conversion.Type?.TypeKind != TypeKind.Dynamic,
            _ => false,
        };
        if (isBound) Report(context, "dynamic", "binding at run time");
    }
}
