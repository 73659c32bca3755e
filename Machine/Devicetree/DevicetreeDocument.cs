namespace Verification.Machine.Devicetree;

/// <summary>
/// A whole devicetree: the tree, the memory reservations beside it and the boot hart's id, with its two written forms, the
/// blob (DTB, Devicetree Specification v0.4, chapter 5) and the source text (DTS, chapter 6).
/// </summary>
public sealed class DevicetreeDocument
{
    /// <summary>Most levels of nodes that blob and text may have; work and output stay proportionate to the input.</summary>
    public const int MaximumDepth = 1024;

    /// <summary>A tree that consists of an empty root.</summary>
    public DevicetreeDocument()
        : this(DevicetreeNode.CreateRoot())
    {
    }

    /// <summary>A document around an existing root.</summary>
    public DevicetreeDocument(DevicetreeNode root)
    {
        if (root.Parent is not null || root.Name.Length != 0)
            throw new ArgumentException($"The node {root} is no root.", nameof(root));
        Root = root;
    }

    /// <summary>The root node.</summary>
    public DevicetreeNode Root { get; }

    /// <summary>Entries of the memory reservation block, in order.</summary>
    public List<MemoryReservation> Reservations { get; } = [];

    /// <summary>Physical id of the boot hart in the header; it stands in the blob only, source text has no word for it.</summary>
    public uint BootCpuId { get; set; }

    /// <summary>Reads a blob. Bytes behind the header's total size are ignored.</summary>
    /// <exception cref="DevicetreeFormatException">The bytes are no well-formed blob of version 16 or 17.</exception>
    public static DevicetreeDocument Parse(ReadOnlySpan<byte> blob) => new BlobReader(blob).Read();

    /// <summary>Reads source text: what <see cref="ToSource()"/> and dtc write, and what people write by hand, labels,
    /// references, expressions and deletions included. There are no include files and no plugins.</summary>
    /// <exception cref="DevicetreeFormatException">The text is no devicetree source.</exception>
    public static DevicetreeDocument ParseSource(string text) => new SourceParser(text).Parse();

    /// <summary>The blob, in dtc's default form.</summary>
    public byte[] ToBlob() => ToBlob(DevicetreeBlobOptions.Default);

    /// <summary>The blob, with the writer's freedoms used as told.</summary>
    /// <exception cref="ArgumentException">The options or the tree can't be written: see the message.</exception>
    public byte[] ToBlob(DevicetreeBlobOptions options) => BlobWriter.Write(this, options);

    /// <summary>The text that dtc prints for this tree's blob (<c>dtc -I dtb -O dts</c>).</summary>
    public string ToSource() => ToSource(SourceStringLists.Separate);

    /// <summary>The text that dtc prints for this tree's blob, string lists in the chosen form.</summary>
    public string ToSource(SourceStringLists stringLists) => SourceWriter.Write(this, stringLists);

    /// <summary>The node at a full path such as <c>/cpus/cpu@0</c>; a unit address may be left out where only one child has
    /// the name. Null where there is none.</summary>
    public DevicetreeNode? Find(string path)
    {
        if (!path.StartsWith('/')) return null;
        var node = Root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (node.Child(name) is { } exact)
            {
                node = exact;
                continue;
            }

            DevicetreeNode? only = null;
            foreach (var child in node.Children)
            {
                if (child.GenericName != name) continue;
                if (only is not null) return null;
                only = child;
            }

            if (only is null) return null;
            node = only;
        }

        return node;
    }

    /// <summary>The node whose <c>phandle</c> (or old <c>linux,phandle</c>) is <paramref name="phandle"/>; null without
    /// one.</summary>
    public DevicetreeNode? FindPhandle(uint phandle)
    {
        foreach (var node in Root.Descend())
        {
            var property = node.Property("phandle") ?? node.Property("linux,phandle");
            if (property is { SizeBytes: 4 } && property.Cell == phandle) return node;
        }

        return null;
    }
}
