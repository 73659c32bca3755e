using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0013: a call of a method that nobody gives a body.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ExternRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0013", "A kernel has no libraries to import from",
        "'{0}' has no body: an extern method needs an [Assembly] attribute");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) => Look(context, Call, OperationKind.Invocation);

    private void Call(OperationAnalysisContext context)
    {
        var method = ((IInvocationOperation)context.Operation).TargetMethod;
        var isOwn = SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, context.Compilation.Assembly);
        if (isOwn && method.IsExtern && !method.HasForeignBody()) Report(context, Name(method));
    }
}
