using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0006: catch clauses and exception filters.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CatchRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0006", "A kernel can't catch an exception",
        "'{0}' can't be compiled for a kernel: 'throw' and failed checks end in the panic handler");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) =>
        Look(context, at => Report(at, ((ICatchClauseOperation)at.Operation).Filter is null ? "catch" : "catch when"), OperationKind.CatchClause);
}
