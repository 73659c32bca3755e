using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KV0108: threads, locks, input and output, collections, garbage collection.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RuntimeRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KV0108", "A kernel has no .NET runtime",
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
    }

    private void Member(OperationAnalysisContext context, ISymbol member)
    {
        if (member.ContainingType is { } type && RuntimeServices.Reason(type) is { } reason) Report(context, $"{Name(type)}.{member.Name}", reason);
    }
}
