using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KV0107: threads, locks, reflection, input and output, collections, garbage collection.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RuntimeRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal("KV0107", "A kernel has no .NET runtime", "'{0}' needs the .NET runtime ({1}), which a kernel does not have");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, at => Member(at, ((IInvocationOperation)at.Operation).TargetMethod), OperationKind.Invocation);
        Look(context, at => Member(at, ((IPropertyReferenceOperation)at.Operation).Property), OperationKind.PropertyReference);
        Look(context, at => Report(at, "lock", "monitors"), OperationKind.Lock);
        Look(context, TypeOf, OperationKind.TypeOf);
        Look(
            context, at => Report(at, "dynamic", "binding at run time"),
            OperationKind.DynamicInvocation, OperationKind.DynamicMemberReference, OperationKind.DynamicObjectCreation, OperationKind.DynamicIndexerAccess);
    }

    private void Member(OperationAnalysisContext context, ISymbol member)
    {
        if (member.ContainingType is { } type && RuntimeServices.Reason(type) is { } reason) Report(context, $"{Name(type)}.{member.Name}", reason);
    }

    /// <summary>Comparing two types is decided when the kernel is compiled; any other use of a type is reflection.</summary>
    private void TypeOf(OperationAnalysisContext context)
    {
        var use = context.Operation.Parent;
        if (use is not IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals }) Report(context, "typeof", "reflection");
    }
}
