using System.Buffers.Binary;
using System.Text;

namespace Verification.Machine.Devicetree;

/// <summary>
/// Reads source text into a tree (Devicetree Specification v0.4, chapter 6), with dtc's rules for what the specification
/// leaves open: nodes written twice are merged, and phandles are given out from 1 in the order in which references are met.
/// </summary>
/// <remarks>Not modelled: <c>/include/</c>, <c>/incbin/</c>, <c>/plugin/</c>, <c>/omit-if-no-ref/</c>.</remarks>
internal sealed class SourceParser(string text)
{
    // Three characters of text can stand for a path of any length: the one place where text multiplies.
    private const int LargestPathBytes = 16 << 20;

    private readonly SourceScanner scanner = new(text);
    private readonly DevicetreeDocument document = new();
    private readonly Dictionary<string, DevicetreeNode> labels = [];
    private readonly Dictionary<(DevicetreeNode, string), SourceValue> unresolved = [];
    private uint lastPhandle;
    private int pathBudget = LargestPathBytes;

    public DevicetreeDocument Parse()
    {
        scanner.Expect("/dts-v1/");
        scanner.Expect(";");
        while (ReadReservation()) { }

        var hasRoot = false;
        while (!scanner.AtEnd)
        {
            if (scanner.Accept("/delete-node/"))
            {
                var at = scanner.Position;
                scanner.Expect("&");
                Delete(Target(scanner.Reference(), at), at);
                scanner.Expect(";");
                continue;
            }

            ReadTree(TopNode(ref hasRoot));
        }

        if (!hasRoot) throw scanner.Bad("The text has no root node");
        Resolve();
        return document;
    }

    private DevicetreeNode TopNode(ref bool hasRoot)
    {
        var names = new List<string>();
        while (scanner.AcceptLabel() is { } label) names.Add(label);
        var at = scanner.Position;
        DevicetreeNode node;
        if (scanner.Accept("&"))
        {
            node = Target(scanner.Reference(), at);
        }
        else
        {
            scanner.Expect("/");
            node = document.Root;
            hasRoot = true;
        }

        names.ForEach(label => Label(label, node, at));
        return node;
    }

    private bool ReadReservation()
    {
        // Labels may stand before a reservation as before the root, where they are read again.
        var before = scanner.Position;
        while (scanner.AcceptLabel() is not null) { }
        if (!scanner.Accept("/memreserve/"))
        {
            scanner.Return(before);
            return false;
        }

        var address = SourceExpression.Primary(scanner);
        var size = SourceExpression.Primary(scanner);
        scanner.Expect(";");
        if (address == 0 && size == 0) throw scanner.BadAt(before, "A memory reservation of address 0 and size 0 would end the reservation block");
        document.Reservations.Add(new MemoryReservation(address, size));
        return true;
    }

    private void ReadTree(DevicetreeNode top)
    {
        scanner.Expect("{");
        var open = new Stack<DevicetreeNode>();
        open.Push(top);
        var topDepth = top.Depth;
        while (open.TryPeek(out var node))
        {
            if (scanner.Accept("}"))
            {
                scanner.Expect(";");
                open.Pop();
            }
            else if (ReadMember(node) is { } child)
            {
                if (topDepth + open.Count >= DevicetreeDocument.MaximumDepth)
                    throw scanner.Bad($"Nodes are nested deeper than {DevicetreeDocument.MaximumDepth} levels");
                open.Push(child);
            }
        }
    }

    /// <summary>Reads a property, a deletion, or a child's beginning; answers the child.</summary>
    private DevicetreeNode? ReadMember(DevicetreeNode node)
    {
        if (scanner.Accept("/delete-property/"))
        {
            var deleted = scanner.Name("property's name");
            node.RemoveProperty(deleted);
            unresolved.Remove((node, deleted));
            scanner.Expect(";");
            return null;
        }

        if (scanner.Accept("/delete-node/"))
        {
            var at = scanner.Position;
            var target = scanner.Accept("&") ? Target(scanner.Reference(), at) : node.Child(scanner.Name("node's name"));
            if (target is not null) Delete(target, at);
            scanner.Expect(";");
            return null;
        }

        var names = new List<string>();
        while (scanner.AcceptLabel() is { } label) names.Add(label);
        var nameAt = scanner.Position;
        var name = scanner.Name("name");
        if (scanner.Accept("{"))
        {
            var child = node.GetOrAdd(name);
            names.ForEach(label => Label(label, child, nameAt));
            return child;
        }

        ReadProperty(node, name);
        return null;
    }

    private void ReadProperty(DevicetreeNode node, string name)
    {
        unresolved.Remove((node, name));
        if (scanner.Accept("="))
        {
            var value = SourceValue.Read(scanner);
            node.SetBytes(name, value.Bytes);
            if (value.References.Count > 0) unresolved[(node, name)] = value;
        }
        else
        {
            node.Set(name);
        }

        scanner.Expect(";");
    }

    private void Label(string label, DevicetreeNode node, int at)
    {
        if (labels.TryGetValue(label, out var owner) && owner != node) throw scanner.BadAt(at, $"The label '{label}' stands at two nodes");
        labels[label] = node;
    }

    private void Delete(DevicetreeNode node, int at)
    {
        if (node.Parent is null) throw scanner.BadAt(at, "The root node can't be deleted");
        foreach (var gone in node.Descend().ToHashSet())
        {
            foreach (var property in gone.Properties) unresolved.Remove((gone, property.Name));
        }

        node.Parent.RemoveChild(node.Name);
        foreach (var label in labels.Where(pair => !IsInTree(pair.Value)).Select(pair => pair.Key).ToList()) labels.Remove(label);
    }

    private bool IsInTree(DevicetreeNode node)
    {
        while (node.Parent is { } parent) node = parent;
        return node == document.Root;
    }

    private DevicetreeNode Target(string reference, int at)
    {
        var target = reference.StartsWith('/') ? document.Find(reference) : labels.GetValueOrDefault(reference);
        return target ?? throw scanner.BadAt(at, $"There is no node for the reference '&{reference}'");
    }

    private void Resolve()
    {
        if (unresolved.Count == 0) return;
        var taken = document.Root.Descend()
            .Select(node => node.Property("phandle") ?? node.Property("linux,phandle"))
            .Where(property => property is { SizeBytes: 4 }).Select(property => property!.Cell).ToHashSet();
        foreach (var node in document.Root.Descend())
        {
            foreach (var property in node.Properties.ToArray())
            {
                if (unresolved.TryGetValue((node, property.Name), out var value))
                    node.SetBytes(property.Name, Resolve(value, taken));
            }
        }
    }

    private byte[] Resolve(SourceValue value, HashSet<uint> taken)
    {
        var bytes = value.Bytes;
        var resolved = new List<byte>(bytes.Length);
        var copied = 0;
        Span<byte> cell = stackalloc byte[4];
        foreach (var reference in value.References)
        {
            resolved.AddRange(bytes.AsSpan(copied, reference.Offset - copied));
            copied = reference.Offset;
            var target = Target(reference.Target, reference.Position);
            if (reference.IsPath)
            {
                var path = Encoding.Latin1.GetBytes(target.Path);
                pathBudget -= path.Length;
                if (pathBudget < 0) throw scanner.BadAt(reference.Position, $"The paths of all references have more than {LargestPathBytes} bytes");
                resolved.AddRange(path);
                resolved.Add(0);
                continue;
            }

            BinaryPrimitives.WriteUInt32BigEndian(cell, Phandle(target, taken));
            resolved.AddRange(cell);
            copied += 4;
        }

        resolved.AddRange(bytes.AsSpan(copied));
        return [.. resolved];
    }

    private uint Phandle(DevicetreeNode node, HashSet<uint> taken)
    {
        if ((node.Property("phandle") ?? node.Property("linux,phandle")) is { } own) return own.Cell;
        do lastPhandle++;
        while (taken.Contains(lastPhandle));
        node.Set("phandle", lastPhandle);
        return lastPhandle;
    }
}
