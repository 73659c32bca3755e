namespace Verification.Machine.Memory;

/// <summary>
/// The map from page numbers to frames: a radix tree of 512-way nodes, four levels deep, so that its size follows the pages
/// touched. Snapshots share the tree: a node is changed in place only by its owner and copied by everybody else, which makes
/// a snapshot as cheap as remembering the root.
/// </summary>
internal sealed class PageTree
{
    private const int Width = 512;

    /// <summary>Nodes for 2^27 pages (512 GiB) each, sorted by index; a machine has one or two.</summary>
    private (ulong Index, Node Node)[] _roots;

    private PageTree((ulong, Node)[] roots) => _roots = roots;

    internal static PageTree Empty() => new([]);

    /// <summary>A tree of its own that shares every node.</summary>
    internal PageTree Share() => new(_roots.ToArray());

    internal Frame? Find(ulong page)
    {
        foreach (var (index, root) in _roots)
        {
            if (index != page >> 27) continue;
            var leaf = ((root.Children[(page >> 18) & 511] as Node)?.Children[(page >> 9) & 511] as Node)?.Children;
            return leaf?[page & 511] as Frame;
        }
        return null;
    }

    internal void Set(ulong page, Frame frame, object owner)
    {
        var at = 0;
        while (at < _roots.Length && _roots[at].Index < page >> 27) at++;
        if (at == _roots.Length || _roots[at].Index != page >> 27)
            _roots = [.. _roots[..at], (page >> 27, new Node(owner)), .. _roots[at..]];
        var node = _roots[at].Node = Own(_roots[at].Node, owner);
        node = Own(ref node.Children[(page >> 18) & 511], owner);
        node = Own(ref node.Children[(page >> 9) & 511], owner);
        node.Children[page & 511] = frame;
    }

    /// <summary>Every page with a frame, in ascending order.</summary>
    internal IEnumerable<(ulong Page, Frame Frame)> Pages()
    {
        foreach (var (index, root) in _roots)
            for (var i = 0; i < Width; i++)
                if (root.Children[i] is Node middle)
                    for (var j = 0; j < Width; j++)
                        if (middle.Children[j] is Node leaf)
                            for (var k = 0; k < Width; k++)
                                if (leaf.Children[k] is Frame frame)
                                    yield return (index << 27 | (ulong)(uint)i << 18 | (ulong)(uint)j << 9 | (uint)k, frame);
    }

    private static Node Own(ref object? slot, object owner)
    {
        var node = Own(slot as Node, owner);
        slot = node;
        return node;
    }

    private static Node Own(Node? node, object owner) =>
        node is null ? new Node(owner) : node.Owner == owner ? node : new Node(owner, node);

    private sealed class Node
    {
        internal readonly object?[] Children;
        internal readonly object Owner;

        internal Node(object owner) => (Owner, Children) = (owner, new object?[Width]);

        internal Node(object owner, Node shared) => (Owner, Children) = (owner, (object?[])shared.Children.Clone());
    }
}
