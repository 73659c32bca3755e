using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Verification.Analyzers.Refusals;

/// <summary>Whether control can come back to an expression, by whatever loop or jump.</summary>
internal static class AllocationFlow
{
    /// <summary>True if the expression may be evaluated again in the same call of its method.</summary>
    public static bool ComesBack(SemanticModel model, SyntaxNode node, CancellationToken cancellation)
    {
        if (GraphOf(model, node, cancellation) is not { } graph) return false;
        var start = graph.Blocks.FirstOrDefault(block => block.Operations.Append(block.BranchValue).OfType<IOperation>()
            .Any(operation => operation.DescendantsAndSelf().Any(part => part.Syntax == node)));
        if (start is null) return false;
        var seen = new HashSet<BasicBlock>();
        var work = new Stack<BasicBlock>(Successors(start));
        while (work.Count > 0)
        {
            var block = work.Pop();
            if (block == start) return true;
            if (!seen.Add(block)) continue;
            foreach (var successor in Successors(block)) work.Push(successor);
        }
        return false;
    }

    private static IEnumerable<BasicBlock> Successors(BasicBlock block)
    {
        var decided = block.BranchValue is { ConstantValue: { HasValue: true, Value: bool value } } ? value == (block.ConditionKind == ControlFlowConditionKind.WhenTrue) : (bool?)null;
        if (decided != true && block.FallThroughSuccessor?.Destination is { } next) yield return next;
        if (decided != false && block.ConditionalSuccessor?.Destination is { } other) yield return other;
    }

    // Local functions have graphs of their own, within that of the method.
    private static ControlFlowGraph? GraphOf(SemanticModel model, SyntaxNode node, CancellationToken cancellation)
    {
        var member = node.Ancestors().FirstOrDefault(at => at is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or PropertyDeclarationSyntax or GlobalStatementSyntax
            || (at is ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax or IndexerDeclarationSyntax }));
        if (member is null) return null;
        ControlFlowGraph? graph;
        try
        {
            graph = ControlFlowGraph.Create(member, model, cancellation);
        }
        catch (System.ArgumentException)
        {
            return null;
        }

        foreach (var local in node.Ancestors().OfType<LocalFunctionStatementSyntax>().Reverse())
        {
            var symbol = graph?.LocalFunctions.FirstOrDefault(own => own.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation) == local));
            graph = symbol is null ? null : graph!.GetLocalFunctionControlFlowGraph(symbol, cancellation);
        }

        return graph;
    }
}
