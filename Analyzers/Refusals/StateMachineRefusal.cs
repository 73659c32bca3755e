using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KV0107: async methods and iterators.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StateMachineRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KV0107", "A kernel can't compile a state machine",
        "'{0}' is {1}: its state lives on a heap, which a kernel does not have");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context)
    {
        Look(context, at => Report(at, Name(at.ContainingSymbol), "an iterator"), OperationKind.YieldReturn, OperationKind.YieldBreak);
        Look(context, at => Report(at, Name(at.ContainingSymbol), "asynchronous"), OperationKind.Await);
        context.RegisterSymbolAction(
            at =>
            {
                if (at.Symbol is IMethodSymbol { IsAsync: true } && !at.Symbol.HasForeignBody())
                    at.ReportDiagnostic(Diagnostic.Create(Definition, at.Symbol.Locations.First(), Name(at.Symbol), "asynchronous"));
            },
            SymbolKind.Method);
    }
}
