using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0007: async methods and iterators.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StateMachineRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0007", "A kernel can't compile a state machine",
        "'{0}' is {1}: its state lives on a heap, which a kernel does not have");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) =>
        context.RegisterSyntaxNodeAction(
            Body, SyntaxKind.MethodDeclaration, SyntaxKind.LocalFunctionStatement, SyntaxKind.GetAccessorDeclaration);

    // Told at the first statement, as the compiler does, which sees the method without its head.
    private static void Body(SyntaxNodeAnalysisContext context)
    {
        var (block, arrow, name, modifiers) = context.Node switch
        {
            MethodDeclarationSyntax method => (method.Body, method.ExpressionBody, method.Identifier.ValueText, method.Modifiers),
            LocalFunctionStatementSyntax function => (function.Body, function.ExpressionBody, function.Identifier.ValueText, function.Modifiers),
            AccessorDeclarationSyntax accessor => (accessor.Body, accessor.ExpressionBody, "get", accessor.Modifiers),
            _ => default,
        };
        if (context.ContainingSymbol?.HasForeignBody() == true) return;
        var isAsync = modifiers.Any(SyntaxKind.AsyncKeyword);
        var yields = block?.DescendantNodes(node => node == block || node is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)).Any(node => node is YieldStatementSyntax) == true;
        if (!isAsync && !yields) return;
        var place = block is not null ? (First(block)?.GetLocation() ?? block.OpenBraceToken.GetLocation()) : arrow?.Expression.GetLocation();
        if (place is not null) context.ReportDiagnostic(Diagnostic.Create(Definition, place, name, isAsync ? "asynchronous" : "an iterator"));
    }

    // Some statements are nothing by themselves.
    private static StatementSyntax? First(StatementSyntax? statement) => statement switch
    {
        BlockSyntax block => First(block.Statements.FirstOrDefault(inner => inner is not LocalFunctionStatementSyntax)),
        DoStatementSyntax loop => First(loop.Statement),
        TryStatementSyntax attempt => First(attempt.Block),
        LabeledStatementSyntax label => First(label.Statement),
        CheckedStatementSyntax check => First(check.Block),
        UnsafeStatementSyntax open => First(open.Block),
        _ => statement,
    };
}
