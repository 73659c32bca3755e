using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>
/// A rule that tells, while one types, what the kernel compiler will refuse: one diagnostic, found at single
/// operations or symbols.
/// </summary>
public abstract class Refusal : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Descriptor];

    /// <summary>The rule.</summary>
    protected abstract DiagnosticDescriptor Descriptor { get; }

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        Register(context);
    }

    /// <summary>Registers what the rule looks at.</summary>
    protected abstract void Register(AnalysisContext context);

    /// <summary>Looks at operations in code that is compiled for the kernel, not at bodies that only the CLR runs.</summary>
    protected static void Look(AnalysisContext context, System.Action<OperationAnalysisContext> look, params OperationKind[] kinds) =>
        context.RegisterOperationAction(
            operation =>
            {
                if (!operation.ContainingSymbol.HasForeignBody()) look(operation);
            },
            kinds);

    /// <summary>Reports at the operation's own syntax.</summary>
    protected void Report(OperationAnalysisContext context, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(Descriptor, context.Operation.Syntax.GetLocation(), arguments));

    /// <summary>
    /// Whether the value is the operand of <c>throw</c>: the compiler makes a call of the panic handler of it, and no
    /// object.
    /// </summary>
    protected static bool IsThrown(IOperation operation)
    {
        var parent = operation.Parent;
        while (parent is IConversionOperation) parent = parent.Parent;
        return parent is IThrowOperation;
    }

    /// <summary>A type's short name for a message.</summary>
    protected static string Name(ISymbol? symbol) =>
        symbol?.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat) ?? "?";
}
