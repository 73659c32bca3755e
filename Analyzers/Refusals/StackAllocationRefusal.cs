using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0012: a stackalloc whose size the frame can't know.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StackAllocationRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0012", "A stackalloc has a constant size, and runs once",
        "This stackalloc {0}, so the size of the stack frame is not known at compile time");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) =>
        context.RegisterSyntaxNodeAction(Allocation, SyntaxKind.StackAllocArrayCreationExpression, SyntaxKind.ImplicitStackAllocArrayCreationExpression);

    private static void Allocation(SyntaxNodeAnalysisContext context)
    {
        if (context.ContainingSymbol is not { } owner || owner.HasForeignBody() || StaticInitialisation.Holds(owner, context.Compilation, context.CancellationToken)) return;
        var size = ((context.Node as StackAllocArrayCreationExpressionSyntax)?.Type as ArrayTypeSyntax)?.RankSpecifiers.FirstOrDefault()?.Sizes.FirstOrDefault();
        if (size is not null and not OmittedArraySizeExpressionSyntax && !context.SemanticModel.GetConstantValue(size, context.CancellationToken).HasValue)
            Report(context, "has a size that is not a constant");
        else if (StandsInLoop(context.Node))
            Report(context, "stands in a loop and takes more at each round");
    }

    private static bool StandsInLoop(SyntaxNode node) =>
        node.Ancestors().TakeWhile(at => at is not (MemberDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax))
            .Any(at => at is WhileStatementSyntax or DoStatementSyntax || (at is ForStatementSyntax loop && !loop.Initializers.Any(first => first.Span.Contains(node.Span)) && loop.Declaration?.Span.Contains(node.Span) != true)
                || (at is CommonForEachStatementSyntax each && !each.Expression.Span.Contains(node.Span)));

    private static void Report(SyntaxNodeAnalysisContext context, string why) =>
        context.ReportDiagnostic(Diagnostic.Create(Definition, context.Node.GetLocation(), why));
}
