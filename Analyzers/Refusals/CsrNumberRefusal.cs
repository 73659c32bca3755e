using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0018: a CSR whose number is not part of the instruction.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CsrNumberRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0018", "A register's number is part of the instruction",
        "The register number of '{0}' must be a constant: it is part of the instruction");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) => Look(context, Call, OperationKind.Invocation);

    private void Call(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.ContainingType?.FullName() != KernelNames.Namespace + ".Csr" || call.Arguments.Length == 0) return;
        foreach (var argument in call.Arguments)
            if (argument.Parameter?.Ordinal == 0 && !argument.Value.ConstantValue.HasValue) Report(context, Name(call.TargetMethod));
    }
}
