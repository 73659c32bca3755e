using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>
/// A rule that tells, while one types, what the kernel compiler will refuse: one diagnostic, found at single
/// operations or symbols, with the compiler's own id.
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

    /// <summary>
    /// Looks at operations in code that is compiled for the kernel: not at bodies that only the CLR runs, and not at what
    /// makes static data, which runs in the compiler.
    /// </summary>
    protected static void Look(AnalysisContext context, System.Action<OperationAnalysisContext> look, params OperationKind[] kinds) =>
        context.RegisterOperationAction(
            operation =>
            {
                if (!operation.ContainingSymbol.HasForeignBody() && !IsStateMachine(operation.ContainingSymbol) && !IsInAttribute(operation.Operation)
                    && !StaticInitialisation.Holds(operation.ContainingSymbol, operation.Compilation, operation.CancellationToken)) look(operation);
            },
            kinds);

    /// <summary>Looks at operations in code that makes static data.</summary>
    protected static void LookAtInitialisers(AnalysisContext context, System.Action<OperationAnalysisContext> look, params OperationKind[] kinds) =>
        context.RegisterOperationAction(
            operation =>
            {
                if (!IsInAttribute(operation.Operation) && StaticInitialisation.Holds(operation.ContainingSymbol, operation.Compilation, operation.CancellationToken)) look(operation);
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

    // Refused as a whole (KT0007).
    private static bool IsStateMachine(ISymbol symbol) => symbol is IMethodSymbol { IsAsync: true } or IMethodSymbol { IsIterator: true };

    private static bool IsInAttribute(IOperation operation)
    {
        for (var at = operation; at is not null; at = at.Parent)
            if (at is IAttributeOperation) return true;
        return false;
    }
}
