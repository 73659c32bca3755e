using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// What is to be said of a compilation's stack depths, made once and sorted by the method that it is said at, so that
/// an editor gets each file's diagnostics when it asks for that file.
/// </summary>
internal sealed class StackStudy
{
    private readonly Dictionary<ISymbol, List<Diagnostic>> diagnostics = new(SymbolEqualityComparer.Default);

    /// <summary>Studies all boot entries.</summary>
    public static StackStudy Of(Compilation compilation, AnalyzerConfigOptions options)
    {
        var study = new StackStudy();
        var methods = Methods(compilation.Assembly.GlobalNamespace).ToList();
        var entries = methods.Where(method => method.Attribute(KernelNames.BootEntry) is not null).ToList();
        if (entries.Count == 0) return study;
        var panicHandler = methods.FirstOrDefault(method => method.Attribute(KernelNames.PanicHandler) is not null);
        var graph = CallGraph.Of(compilation, entries, panicHandler);
        foreach (var node in graph.Nodes) study.ReportUnresolved(node);
        foreach (var entry in entries) study.ReportDepth(graph[entry.PartialImplementationPart ?? entry], StackBudget.Of(entry, options));
        return study;
    }

    /// <summary>The diagnostics that belong to a method's declaration.</summary>
    public IEnumerable<Diagnostic> At(IMethodSymbol method) =>
        diagnostics.TryGetValue(method, out var found) ? found : [];

    private void ReportUnresolved(MethodNode node)
    {
        foreach (var unresolved in node.Unresolved)
        {
            var descriptor = unresolved.Kind == UnresolvedKind.Allocation ? StackRules.Allocation : StackRules.Call;
            Report(node, Diagnostic.Create(descriptor, unresolved.Location, node.Name, unresolved.Text));
        }
        if (node.IsRecursive)
            Report(node, Diagnostic.Create(StackRules.Recursion, node.Method.Locations[0], node.Name));
    }

    private void ReportDepth(MethodNode entry, long? stackSizeBytes)
    {
        if (entry.DepthBytes <= (stackSizeBytes ?? long.MaxValue)) return;
        var chain = Chain(entry);
        var largest = chain.OrderByDescending(node => node.OwnBytes).First();
        var gaps = Gaps(entry);
        Report(entry, Diagnostic.Create(
            StackRules.Depth, entry.Method.Locations[0], chain.Skip(1).Select(node => node.Method.Locations[0]),
            entry.Name, (gaps.Length == 0 ? "" : "at least ") + Bytes(entry.DepthBytes), Bytes(stackSizeBytes!.Value),
            Text(chain, entry.DepthBytes) + (gaps.Length == 0 ? "" : $"; unresolved: {gaps}")));
        if (largest == entry) return;
        Report(largest, Diagnostic.Create(
            StackRules.Largest, largest.Method.Locations[0],
            largest.Name, Bytes(largest.OwnBytes), Bytes(stackSizeBytes.Value), entry.Name,
            largest.Largest.Bytes == 0 ? "" : $"; most of it is {largest.Largest.Text}, {Bytes(largest.Largest.Bytes)}"));
    }

    private static List<MethodNode> Chain(MethodNode entry)
    {
        var chain = new List<MethodNode>();
        for (var node = entry; node is not null && !chain.Contains(node); node = node.Deepest) chain.Add(node);
        return chain;
    }

    private static string Text(List<MethodNode> chain, long depthBytes)
    {
        var shares = chain.Select((node, place) => place == 0 ? node.FrameBytes : node.FrameBytes - node.InlinedBytes).ToList();
        var text = string.Join(" > ", chain.Select((node, place) => $"{node.Name} {Number(shares[place])}"));
        var rest = depthBytes - shares.Sum();
        return rest == 0 ? text : $"{text} > base library {Number(rest)}";
    }

    /// <summary>All that is not counted below an entry, in words; empty if everything is.</summary>
    private static string Gaps(MethodNode entry)
    {
        var seen = new HashSet<MethodNode> { entry };
        var pending = new Queue<MethodNode>(seen);
        var gaps = new List<string>();
        while (pending.Count > 0)
        {
            var node = pending.Dequeue();
            gaps.AddRange(node.Unresolved.Select(unresolved => $"{node.Name} ({unresolved.Text})"));
            if (node.IsRecursive) gaps.Add($"{node.Name} (recursion)");
            foreach (var callee in node.Calls)
                if (seen.Add(callee)) pending.Enqueue(callee);
        }
        return string.Join(", ", gaps.Distinct());
    }

    // A local function's diagnostics belong to the method around it, which is what an editor asks about.
    private void Report(MethodNode node, Diagnostic diagnostic)
    {
        var method = node.Method.OriginalDefinition;
        while (method.ContainingSymbol is IMethodSymbol outer) method = outer;
        if (!diagnostics.TryGetValue(method, out var list)) diagnostics.Add(method, list = []);
        var isKnown = list.Any(other => other.Descriptor.Equals(diagnostic.Descriptor) && other.Location == diagnostic.Location
            && other.GetMessage(CultureInfo.InvariantCulture) == diagnostic.GetMessage(CultureInfo.InvariantCulture));
        if (!isKnown) list.Add(diagnostic);
    }

    private static string Bytes(long bytes) => Number(bytes) + " bytes";

    private static string Number(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);

    private static IEnumerable<IMethodSymbol> Methods(INamespaceOrTypeSymbol container)
    {
        foreach (var member in container.GetMembers())
        {
            if (member is IMethodSymbol method) yield return method;
            if (member is not INamespaceOrTypeSymbol inner) continue;
            foreach (var nested in Methods(inner)) yield return nested;
        }
    }
}
