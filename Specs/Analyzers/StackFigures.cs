using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Verification.Analyzers;
using Verification.Analyzers.StackDepth;
using Verification.Toolchain;

namespace Verification.Specs.Analyzers;

/// <summary>The analyzer's estimates and the compiler's exact figures for the same program, under the same names.</summary>
internal sealed class StackFigures
{
    private readonly CompiledProgram program;
    private readonly Dictionary<string, CompiledMethod> bySymbol;

    private StackFigures(CallGraph graph, CompiledProgram program)
    {
        Graph = graph;
        this.program = program;
        bySymbol = program.Methods.ToDictionary(method => method.Symbol, StringComparer.Ordinal);
    }

    /// <summary>The analyzer's call graph.</summary>
    public CallGraph Graph { get; }

    /// <summary>Studies a compilation from the methods that the predicate chooses.</summary>
    public static StackFigures Of(CSharpCompilation compilation, CompiledProgram program, Func<IMethodSymbol, bool> isRoot)
    {
        var errors = compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0) throw new InvalidOperationException(string.Join('\n', errors));
        var methods = Methods(compilation.Assembly.GlobalNamespace).ToList();
        var panicHandler = methods.FirstOrDefault(method => method.Attribute(KernelNames.PanicHandler) is not null);
        return new StackFigures(CallGraph.Of(compilation, methods.Where(isRoot).ToList(), panicHandler), program);
    }

    /// <summary>Methods whose exact frame is larger than its estimate, each in a line.</summary>
    public IEnumerable<string> FramesOverTheirEstimate() => Compared()
        .Where(pair => pair.Method.FrameSizeBytes > pair.EstimateBytes)
        .Select(pair => $"{Name(pair.Method)}: exact {pair.Method.FrameSizeBytes}, estimate {pair.EstimateBytes}");

    /// <summary>How many methods are known to both.</summary>
    public int ComparedCount => Compared().Count();

    /// <summary>The exact depth below a method, from the compiler's own frames and calls; null where they form a cycle.</summary>
    public long? ExactDepthBytes(string name) => program.Methods.FirstOrDefault(method => Name(method) == name) is { } root
        ? Exact(root.Symbol, [])
        : throw new InvalidOperationException($"{name} is not among {string.Join(", ", program.Methods.Select(Name))}");

    /// <summary>Whether everything below a method was counted.</summary>
    public static bool IsResolved(MethodNode root)
    {
        var seen = new HashSet<MethodNode> { root };
        var pending = new Stack<MethodNode>(seen);
        while (pending.TryPop(out var node))
        {
            if (node.IsRecursive || node.Unresolved.Count > 0) return false;
            foreach (var callee in node.Calls.Where(seen.Add)) pending.Push(callee);
        }
        return true;
    }

    /// <summary>All frames side by side, for a failure's message.</summary>
    public override string ToString()
    {
        var estimates = Estimates();
        return string.Join('\n', program.Methods.Select(method => $"{Name(method)}: exact {method.FrameSizeBytes}, estimate {estimates.GetValueOrDefault(Name(method), -1)}"));
    }

    private IEnumerable<(CompiledMethod Method, long EstimateBytes)> Compared()
    {
        var estimates = Estimates();
        return program.Methods.Where(method => estimates.ContainsKey(Name(method))).Select(method => (method, estimates[Name(method)]));
    }

    private Dictionary<string, long> Estimates() => Graph.Nodes
        .GroupBy(node => $"{node.Method.ContainingType.Name}.{node.Method.MetadataName}/{node.Method.Parameters.Length}")
        .ToDictionary(group => group.Key, group => group.Max(node => node.FrameBytes));

    private static string Name(CompiledMethod method) =>
        $"{method.Method.DeclaringType!.Name.Split('`')[0]}.{method.Method.Name}/{method.Method.GetParameters().Length}";

    private long? Exact(string symbol, HashSet<string> path)
    {
        if (!bySymbol.TryGetValue(symbol, out var method)) return 0;
        if (!path.Add(symbol)) return null;
        long deepest = method.FrameSizeBytes;
        foreach (var call in method.Calls)
        {
            foreach (var target in call.Targets)
            {
                if (Exact(target, path) is not { } below) return null;
                deepest = Math.Max(deepest, below + (call.Kind == CallKind.Tail ? 0 : method.FrameSizeBytes));
            }
        }
        path.Remove(symbol);
        return deepest;
    }

    private static IEnumerable<IMethodSymbol> Methods(INamespaceOrTypeSymbol container) => container.GetMembers().SelectMany(member => member switch
    {
        IMethodSymbol method => [method],
        INamespaceOrTypeSymbol inner => Methods(inner),
        _ => [],
    });
}
