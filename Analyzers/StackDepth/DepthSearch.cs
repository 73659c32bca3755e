using System;
using System.Collections.Generic;
using System.Linq;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// The deepest path below each node of a call graph. Tarjan's strongly connected components, found without recursion
/// of our own; a component of several methods, or one that calls itself, is a recursion: its frames count once, and
/// each member is told.
/// </summary>
internal static class DepthSearch
{
    /// <summary>Sets depth, deepest callee and recursion of every node.</summary>
    public static void Run(IReadOnlyList<MethodNode> nodes)
    {
        // Tarjan gives components callees first, so that every callee outside is finished before its callers.
        foreach (var component in Components(nodes)) Finish(component);
    }

    /// <summary>All nodes, a callee before its callers wherever no recursion forbids it.</summary>
    public static IEnumerable<MethodNode> CalleesFirst(IReadOnlyList<MethodNode> nodes) => Components(nodes).SelectMany(component => component);

    private static void Finish(List<MethodNode> component)
    {
        var members = new HashSet<MethodNode>(component);
        var isRecursive = component.Count > 1 || component[0].Calls.Contains(component[0]);
        var deepest = component.SelectMany(node => node.Calls).Where(callee => !members.Contains(callee))
            .OrderByDescending(callee => callee.DepthBelowCaller).FirstOrDefault();
        var below = Math.Max(deepest?.DepthBelowCaller ?? 0, component.Max(node => node.ForeignDepthBytes));
        foreach (var node in component)
        {
            node.IsRecursive = isRecursive;
            node.Deepest = deepest is not null && deepest.DepthBelowCaller >= node.ForeignDepthBytes ? deepest : null;
            node.DepthBytes = component.Sum(member => member.FrameBytes) + below;
        }
    }

    private static IEnumerable<List<MethodNode>> Components(IReadOnlyList<MethodNode> nodes)
    {
        var index = new Dictionary<MethodNode, int>();
        var low = new Dictionary<MethodNode, int>();
        var onStack = new HashSet<MethodNode>();
        var stack = new Stack<MethodNode>();
        foreach (var root in nodes)
        {
            if (index.ContainsKey(root)) continue;
            var visits = new Stack<(MethodNode Node, int NextCall)>();
            visits.Push((root, 0));
            while (visits.Count > 0)
            {
                var (node, next) = visits.Pop();
                if (next == 0)
                {
                    index[node] = low[node] = index.Count;
                    stack.Push(node);
                    onStack.Add(node);
                }
                else low[node] = Math.Min(low[node], low[node.Calls[next - 1]]);

                while (next < node.Calls.Count && index.ContainsKey(node.Calls[next]))
                {
                    if (onStack.Contains(node.Calls[next])) low[node] = Math.Min(low[node], index[node.Calls[next]]);
                    next++;
                }
                if (next < node.Calls.Count)
                {
                    visits.Push((node, next + 1));
                    visits.Push((node.Calls[next], 0));
                    continue;
                }
                if (low[node] != index[node]) continue;
                var component = new List<MethodNode>();
                MethodNode member;
                do
                {
                    component.Add(member = stack.Pop());
                    onStack.Remove(member);
                }
                while (member != node);
                yield return component;
            }
        }
    }
}
