using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Verification.Analyzers.Refusals;

/// <summary>KT0017: C#'s undocumented words for typed references and argument lists.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RareSyntaxRefusal : Refusal
{
    private static readonly DiagnosticDescriptor Definition = Rule.Refusal(
        "KT0017", "A kernel has no typed references", "'{0}' is not supported");

    /// <inheritdoc/>
    protected override DiagnosticDescriptor Descriptor => Definition;

    /// <inheritdoc/>
    protected override void Register(AnalysisContext context) => context.RegisterSyntaxNodeAction(
        at =>
        {
            if (at.ContainingSymbol?.HasForeignBody() != true)
                at.ReportDiagnostic(Diagnostic.Create(Definition, at.Node.GetLocation(), at.Node.GetFirstToken().Text));
        },
        SyntaxKind.ArgListExpression, SyntaxKind.MakeRefExpression, SyntaxKind.RefValueExpression, SyntaxKind.RefTypeExpression);
}
