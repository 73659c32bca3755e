using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0009: types are looked at while the kernel runs.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReflectionRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0009", "A kernel has no reflection", "'{0}' needs the types' descriptions at run time, which a kernel does not have");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, TypeOf, OperationKind.TypeOf);
        Look(context, Call, OperationKind.Invocation);
        Look(context, at => Member(at, ((IInvocationOperation)at.Operation).TargetMethod), OperationKind.Invocation);
        Look(context, at => Member(at, ((IPropertyReferenceOperation)at.Operation).Property), OperationKind.PropertyReference);
    }

    /// <summary>Comparing two types is decided when the kernel is compiled; any other use of a type is reflection.</summary>
    private void TypeOf(OperationAnalysisContext context)
    {
        var use = context.Operation.Parent;
        var isComparison = use is IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals };
        var isKind = use is IPropertyReferenceOperation { Property.Name: "IsValueType" or "IsEnum" or "IsPrimitive" };
        if (!isComparison && !isKind) Report(context, "typeof");
    }

    private void Member(OperationAnalysisContext context, ISymbol member)
    {
        if (RuntimeServices.Reason(member) == "reflection") Report(context, Name(member));
    }

    private void Call(OperationAnalysisContext context)
    {
        if (((IInvocationOperation)context.Operation).TargetMethod is { Name: "GetType", ContainingType.SpecialType: SpecialType.System_Object }) Report(context, "GetType");
    }
}
