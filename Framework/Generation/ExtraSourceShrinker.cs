using Verification.Machine.Devicetree;

namespace Verification.Framework.Generation;

/// <summary>Makes the further nodes of a devicetree fewer and smaller.</summary>
internal static class ExtraSourceShrinker
{
    private const int MostCandidates = 200;

    /// <summary>The text in dtc's form, on one line; as it is where it can't stand alone.</summary>
    public static string Canonical(string source) => Read(source) is { } document ? Write(document) : source;

    /// <summary>Texts with less in them, the shortest first.</summary>
    public static IEnumerable<string> Simpler(string source)
    {
        if (source.Length == 0) yield break;
        yield return "";
        if (Read(source) is not { } document) yield break;

        var top = document.Root.Children.Count;
        foreach (var half in new[] { (From: 0, To: top / 2), (From: top / 2, To: top) })
        {
            if (top > 2) yield return Changed(source, root => Remove(root, root.Children.Skip(half.From).Take(half.To - half.From)));
        }

        var nodes = document.Root.Descend().Count();
        for (var i = 1; i < Math.Min(nodes, MostCandidates); i++)
        {
            var number = i;
            yield return Changed(source, root => Remove(root, [root.Descend().ElementAt(number)]));
        }

        for (var i = 1; i < Math.Min(nodes, MostCandidates); i++)
        {
            var number = i;
            if (document.Root.Descend().ElementAt(number).Depth > 1) yield return Changed(source, root => Dissolve(root.Descend().ElementAt(number)));
        }

        for (var i = 0; i < Math.Min(nodes, MostCandidates); i++)
        {
            var number = i;
            var properties = document.Root.Descend().ElementAt(number).Properties;
            if (properties.Count > 1)
            {
                yield return Changed(source, root =>
                {
                    var node = root.Descend().ElementAt(number);
                    foreach (var property in node.Properties.ToArray()) node.RemoveProperty(property.Name);
                });
            }

            foreach (var property in properties)
            {
                yield return Changed(source, root => root.Descend().ElementAt(number).RemoveProperty(property.Name));
                if (property.SizeBytes > 8)
                    yield return Changed(source, root => root.Descend().ElementAt(number).SetBytes(property.Name, property.Value[..(property.SizeBytes / 8 * 4)].ToArray()));
            }
        }
    }

    private static string Changed(string source, Action<DevicetreeNode> change)
    {
        var document = Read(source)!;
        change(document.Root);
        return Write(document);
    }

    private static void Remove(DevicetreeNode root, IEnumerable<DevicetreeNode> nodes)
    {
        foreach (var node in nodes.ToArray()) (node.Parent ?? root).RemoveChild(node.Name);
    }

    /// <summary>Puts all that a node holds into its parent. Never into the root, whose names are the board's.</summary>
    private static void Dissolve(DevicetreeNode node)
    {
        var parent = node.Parent!;
        parent.RemoveChild(node.Name);
        foreach (var property in node.Properties)
        {
            if (parent.Property(property.Name) is null) parent.Set(property);
        }

        foreach (var child in node.Children.ToArray())
        {
            node.RemoveChild(child.Name);
            if (parent.Child(child.Name) is null) parent.Add(child);
        }
    }

    private static DevicetreeDocument? Read(string source)
    {
        try
        {
            return DevicetreeDocument.ParseSource($"/dts-v1/; / {{ {source} }};");
        }
        catch (DevicetreeFormatException)
        {
            return null;
        }
    }

    private static string Write(DevicetreeDocument document)
    {
        var lines = document.ToSource().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // Without the version, the root's beginning and its end.
        return string.Join(' ', lines[2..^1]);
    }
}
