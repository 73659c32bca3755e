using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0004: a delegate, a lambda or an event.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DelegateRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0004", "A kernel can't make a delegate",
        "A delegate of type '{0}' needs a heap and an unknown call: use a static method, a generic over a struct, or a function pointer");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, at => Report(at, Name(at.Operation.Type)), OperationKind.DelegateCreation);
        Look(context, Call, OperationKind.Invocation);
    }

    private void Call(OperationAnalysisContext context)
    {
        var method = ((IInvocationOperation)context.Operation).TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke) Report(context, Name(method.ContainingType));
    }
}
