using System;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// KV0001 to KV0004: estimates from C# how deep the stack of each <c>[BootEntry]</c> method can get, and compares it
/// with the size that the build gives that stack.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StackDepthAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [StackRules.Depth, StackRules.Largest, StackRules.Recursion, StackRules.Call, StackRules.Allocation];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.RegisterCompilationStartAction(start =>
        {
            // One study for the compilation, made when the first method asks for its diagnostics.
            var compilation = start.Compilation;
            var options = start.Options.AnalyzerConfigOptionsProvider.GlobalOptions;
            var study = new Lazy<StackStudy>(() => StackStudy.Of(compilation, options));
            start.RegisterSymbolAction(
                symbol =>
                {
                    foreach (var diagnostic in study.Value.At((IMethodSymbol)symbol.Symbol)) symbol.ReportDiagnostic(diagnostic);
                },
                SymbolKind.Method);
        });
    }
}
