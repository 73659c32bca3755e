using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// The methods that a compilation's boot entries reach, each instance of a generic method a node of its own.
/// </summary>
/// <remarks>
/// Every method also has an edge to the <c>[PanicHandler]</c> method: a failed check may call it anywhere. Methods that
/// the handler itself reaches have none: a panic within a panic is the handler's own to prevent.
/// </remarks>
internal sealed class CallGraph
{
    /// <summary>More instances than any kernel has: a generic method that calls itself with ever larger types.</summary>
    private const int MaximumNodes = 20_000;

    private readonly Compilation compilation;
    private readonly ConcurrentDictionary<ITypeSymbol, TypeLayout> layouts = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IMethodSymbol, MethodNode> nodes = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<SyntaxTree, SemanticModel> models = [];
    private readonly Queue<MethodNode> open = new();

    private CallGraph(Compilation compilation) => this.compilation = compilation;

    /// <summary>Nodes in the order in which they were found, roots first.</summary>
    public List<MethodNode> Nodes { get; } = [];

    /// <summary>The graph below the given methods.</summary>
    public static CallGraph Of(Compilation compilation, IReadOnlyList<IMethodSymbol> entries, IMethodSymbol? panicHandler)
    {
        var graph = new CallGraph(compilation);
        var panic = panicHandler is null ? null : graph.Node(panicHandler, null);
        graph.Close();
        // Its calls are jumps out of line that never come back: it is not inlined.
        if (panic is not null) panic.DemandsInlining = false;
        var panicking = new HashSet<MethodNode>(graph.Nodes);
        foreach (var entry in entries) graph.Node(entry, null);
        graph.Close();
        foreach (var node in graph.Nodes)
        {
            if (panic is null || panicking.Contains(node)) continue;
            node.Calls.Add(panic);
            node.PanicHandler = panic;
        }

        // What is recursive must be known before it is asked what may be inlined, and depths follow from frames.
        foreach (var node in graph.Nodes) node.FrameBytes = node.OwnBytes;
        DepthSearch.Run(graph.Nodes);
        graph.Inline();
        DepthSearch.Run(graph.Nodes);
        return graph;
    }

    /// <summary>The node of a method in this graph.</summary>
    public MethodNode this[IMethodSymbol method] => nodes[method];

    private void Close()
    {
        while (open.Count > 0) Analyse(open.Dequeue());
    }

    private MethodNode? Node(IMethodSymbol method, Substitution? outer)
    {
        method = method.PartialImplementationPart ?? method;
        if (nodes.TryGetValue(method, out var known)) return known;
        if (method.HasForeignBody()) return null;
        if (!SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, compilation.Assembly) || nodes.Count >= MaximumNodes) return null;
        var node = new MethodNode(method, Substitution.Of(method, outer));
        nodes.Add(method, node);
        Nodes.Add(node);
        open.Enqueue(node);
        return node;
    }

    private void Analyse(MethodNode node)
    {
        var syntax = node.Method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        if (syntax is null || !HasBody(syntax))
        {
            node.OwnBytes = FrameModel.SynthesisedBytes(TypeLayout.Of(node.Method.ContainingType, layouts));
            node.OperationCount = int.MaxValue;
            return;
        }
        node.DemandsInlining = Inlining(node.Method);
        var model = Model(syntax.SyntaxTree);
        var bodies = Bodies(node.Method, syntax).Select(part => Model(part.SyntaxTree).GetOperation(part)).OfType<IOperation>().ToList();
        FrameEstimator.Estimate(node, bodies, model, layouts, new CallSites(node, model, Node));
    }

    private static bool HasBody(SyntaxNode syntax) => syntax switch
    {
        AccessorDeclarationSyntax accessor => accessor.Body is not null || accessor.ExpressionBody is not null,
        BaseMethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        TypeDeclarationSyntax type => type.ParameterList is not null,
        ArrowExpressionClauseSyntax or LocalFunctionStatementSyntax => true,
        _ => false,
    };

    /// <summary>The body, and for a constructor the initialisers of its type's fields, which run in it.</summary>
    private static IEnumerable<SyntaxNode> Bodies(IMethodSymbol method, SyntaxNode syntax)
    {
        if (syntax is not TypeDeclarationSyntax) yield return syntax;
        if (method.MethodKind != MethodKind.Constructor) yield break;
        foreach (var field in method.ContainingType.GetMembers().Where(member => !member.IsStatic))
        {
            var initializer = field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
            {
                VariableDeclaratorSyntax variable => variable.Initializer,
                PropertyDeclarationSyntax property => property.Initializer,
                _ => null,
            };
            if (initializer is not null) yield return initializer;
        }
    }

    private SemanticModel Model(SyntaxTree tree)
    {
#pragma warning disable RS1030 // The call graph crosses files; a model is made once for each file that a boot entry reaches.
        if (!models.TryGetValue(tree, out var model)) models.Add(tree, model = compilation.GetSemanticModel(tree));
#pragma warning restore RS1030
        return model;
    }

    private static bool? Inlining(IMethodSymbol method)
    {
        const int noInlining = 8, aggressive = 256;
        var flags = (int)method.MethodImplementationFlags;
        return (flags & aggressive) != 0 ? true : (flags & noInlining) != 0 ? false : null;
    }

    /// <summary>
    /// Small methods may be compiled into their callers, whose frame then holds their memory, once for each call site.
    /// Their single values are not added up: no two of them live at once but along a path, where they count anyway.
    /// </summary>
    private void Inline()
    {
        foreach (var callee in Nodes.SelectMany(node => node.Calls)) callee.CallSites++;
        // Callees first: what is inlined into them goes along. Recursive methods are never inlined, so the order exists.
        foreach (var node in DepthSearch.CalleesFirst(Nodes))
        {
            var added = node.Calls.Sum(callee => callee.InlinedBytes);
            node.FrameBytes = FrameModel.RoundUp(node.OwnBytes + added);
            node.InlinedBytes = InlinePolicy.MayInline(node) ? node.MemoryBytes + added : 0;
        }
    }
}
