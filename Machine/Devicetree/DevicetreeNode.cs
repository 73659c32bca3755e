using System.Buffers.Binary;
using System.Text;

namespace Verification.Machine.Devicetree;

/// <summary>
/// A node: properties and children, both in the order in which they were added, which is the order of blob and text. Setters
/// answer the node itself, so that a device describes itself in one expression.
/// </summary>
public sealed class DevicetreeNode
{
    // Names are looked up along the list; only broad nodes pay for an index, which tells membership and is never iterated.
    private const int IndexedFrom = 16;

    private readonly List<DevicetreeProperty> properties = [];
    private readonly List<DevicetreeNode> children = [];
    private Dictionary<string, DevicetreeNode>? childIndex;
    private Dictionary<string, int>? propertyIndex;

    /// <summary>A node that has no parent yet.</summary>
    /// <param name="name">Name with unit address, as in <c>cpu@0</c>.</param>
    public DevicetreeNode(string name)
    {
        DevicetreeName.Require(name, "node");
        Name = name;
    }

    private DevicetreeNode()
    {
        Name = "";
    }

    /// <summary>Name with unit address, as in <c>cpu@0</c>; empty for the root.</summary>
    public string Name { get; }

    /// <summary>The name up to the unit address: <c>cpu</c> of <c>cpu@0</c>.</summary>
    public string GenericName => Name.IndexOf('@') is >= 0 and var at ? Name[..at] : Name;

    /// <summary>The unit address: <c>0</c> of <c>cpu@0</c>, null without one.</summary>
    public string? UnitAddress => Name.IndexOf('@') is >= 0 and var at ? Name[(at + 1)..] : null;

    /// <summary>The node above, null for the root and for a node not yet added.</summary>
    public DevicetreeNode? Parent { get; private set; }

    /// <summary>Properties in order.</summary>
    public IReadOnlyList<DevicetreeProperty> Properties => properties;

    /// <summary>Children in order.</summary>
    public IReadOnlyList<DevicetreeNode> Children => children;

    /// <summary><see cref="Properties"/>, to be walked without an enumerator on the heap.</summary>
    internal List<DevicetreeProperty> PropertyList => properties;

    /// <summary><see cref="Children"/>, likewise.</summary>
    internal List<DevicetreeNode> ChildList => children;

    /// <summary>Full path from the root, <c>/</c> for the root itself.</summary>
    public string Path
    {
        get
        {
            if (Parent is null) return Name.Length == 0 ? "/" : Name;
            var names = new List<string>();
            for (var node = this; node.Parent is not null; node = node.Parent) names.Add(node.Name);
            names.Reverse();
            return "/" + string.Join('/', names);
        }
    }

    /// <summary>Number of nodes above this one.</summary>
    public int Depth
    {
        get
        {
            var depth = 0;
            for (var node = Parent; node is not null; node = node.Parent) depth++;
            return depth;
        }
    }

    /// <summary>A root: the one node with an empty name.</summary>
    public static DevicetreeNode CreateRoot() => new();

    /// <summary>Adds a new child at the end and answers the child.</summary>
    /// <exception cref="ArgumentException">There is a child of that name, or the name is impossible.</exception>
    public DevicetreeNode Add(string name)
    {
        var child = new DevicetreeNode(name);
        Add(child);
        return child;
    }

    /// <summary>Adds a child at the end and answers this node.</summary>
    /// <exception cref="ArgumentException">There is a child of that name, or the child already hangs elsewhere.</exception>
    public DevicetreeNode Add(DevicetreeNode child)
    {
        if (child.Parent is not null || child.Name.Length == 0)
            throw new ArgumentException("A node with a parent, or a root, can't be added to another node.", nameof(child));
        if (Child(child.Name) is not null)
            throw new ArgumentException($"The node {Path} already has a child '{child.Name}'.", nameof(child));
        child.Parent = this;
        children.Add(child);
        childIndex?.Add(child.Name, child);
        return this;
    }

    /// <summary>The child of that name, added at the end where there was none.</summary>
    public DevicetreeNode GetOrAdd(string name) => Child(name) ?? Add(name);

    /// <summary>The child of exactly that name, null without one.</summary>
    public DevicetreeNode? Child(string name)
    {
        if (children.Count < IndexedFrom)
        {
            foreach (var child in children)
                if (child.Name == name) return child;
            return null;
        }

        childIndex ??= children.ToDictionary(child => child.Name);
        return childIndex.GetValueOrDefault(name);
    }

    /// <summary>The property of that name, null without one.</summary>
    public DevicetreeProperty? Property(string name) => IndexOf(name) is >= 0 and var index ? properties[index] : null;

    /// <summary>Sets a property: in place where it stood before, else at the end.</summary>
    public DevicetreeNode Set(DevicetreeProperty property)
    {
        var index = IndexOf(property.Name);
        if (index >= 0)
        {
            properties[index] = property;
        }
        else
        {
            properties.Add(property);
            propertyIndex?.Add(property.Name, properties.Count - 1);
        }

        return this;
    }

    /// <summary>Sets a property that has no value and is true by standing there.</summary>
    public DevicetreeNode Set(string name) => SetBytes(name, []);

    /// <summary>Sets a property to 32-bit cells.</summary>
    public DevicetreeNode Set(string name, params ReadOnlySpan<uint> cells)
    {
        var value = new byte[4 * cells.Length];
        for (var i = 0; i < cells.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(4 * i), cells[i]);
        return Set(new DevicetreeProperty(name, value));
    }

    /// <summary>Sets a property to one string or to a list of strings, each with its NUL.</summary>
    public DevicetreeNode Set(string name, params ReadOnlySpan<string> texts)
    {
        var sizeBytes = 0;
        foreach (var text in texts) sizeBytes += Encoding.UTF8.GetByteCount(text) + 1;
        var value = new byte[sizeBytes];
        var position = 0;
        foreach (var text in texts) position += Encoding.UTF8.GetBytes(text, value.AsSpan(position)) + 1;
        return Set(new DevicetreeProperty(name, value));
    }

    /// <summary>Sets a property to 64-bit numbers, two cells each.</summary>
    public DevicetreeNode SetWide(string name, params ReadOnlySpan<ulong> numbers)
    {
        var value = new byte[8 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteUInt64BigEndian(value.AsSpan(8 * i), numbers[i]);
        return Set(new DevicetreeProperty(name, value));
    }

    /// <summary>Sets a property to bytes.</summary>
    public DevicetreeNode SetBytes(string name, byte[] value) => Set(new DevicetreeProperty(name, value));

    /// <summary>Sets <c>reg</c>, each number in as many cells as the parent's <c>#address-cells</c> and <c>#size-cells</c>
    /// say. The node must have been added to its parent before.</summary>
    /// <exception cref="ArgumentException">A number doesn't fit its cells, or the cell counts are beyond two.</exception>
    public DevicetreeNode SetRegisters(params ReadOnlySpan<DevicetreeRange> ranges)
    {
        var addressCells = CellCount(Parent, "#address-cells", 2);
        var sizeCells = CellCount(Parent, "#size-cells", 1);
        var value = new byte[4 * (addressCells + sizeCells) * ranges.Length];
        var rest = value.AsSpan();
        foreach (var range in ranges)
        {
            rest = Put(rest, range.Address, addressCells);
            rest = Put(rest, range.SizeBytes, sizeCells);
        }

        return SetBytes("reg", value);
    }

    /// <summary>Removes a property; answers whether it stood there.</summary>
    public bool RemoveProperty(string name)
    {
        var index = IndexOf(name);
        if (index < 0) return false;
        properties.RemoveAt(index);
        propertyIndex = null;
        return true;
    }

    /// <summary>Removes a child with all below it; answers whether it stood there.</summary>
    public bool RemoveChild(string name)
    {
        if (Child(name) is not { } child) return false;
        children.Remove(child);
        childIndex?.Remove(name);
        child.Parent = null;
        return true;
    }

    /// <summary>One cell of the property <paramref name="name"/>, null without the property.</summary>
    /// <exception cref="DevicetreeFormatException">The property is there and is no single cell.</exception>
    public uint? Cell(string name) => Property(name)?.Cell;

    /// <summary>Cells of the property <paramref name="name"/>, null without the property.</summary>
    public IReadOnlyList<uint>? Cells(string name) => Property(name)?.Cells;

    /// <summary>Number of one or two cells of the property <paramref name="name"/>, null without the property.</summary>
    public ulong? Number(string name) => Property(name)?.Number;

    /// <summary>String of the property <paramref name="name"/>, null without the property.</summary>
    public string? Text(string name) => Property(name)?.Text;

    /// <summary>Strings of the property <paramref name="name"/>, null without the property.</summary>
    public IReadOnlyList<string>? Texts(string name) => Property(name)?.Texts;

    /// <summary>The pairs of <c>reg</c>, decoded with the parent's cell counts (2 and 1 where it names none, section
    /// 2.3.5); empty without <c>reg</c>.</summary>
    /// <exception cref="DevicetreeFormatException">The length doesn't fit the cell counts, or these are beyond two.</exception>
    public IReadOnlyList<DevicetreeRange> Registers()
    {
        if (Property("reg") is not { } reg) return [];
        var addressCells = CellCount(Parent, "#address-cells", 2);
        var sizeCells = CellCount(Parent, "#size-cells", 1);
        var pairBytes = 4 * (addressCells + sizeCells);
        if (pairBytes == 0 || reg.SizeBytes % pairBytes != 0)
            throw new DevicetreeFormatException($"The property 'reg' of {Path} has {reg.SizeBytes} bytes, which is no list of pairs of {addressCells} and {sizeCells} cells");
        var ranges = new DevicetreeRange[reg.SizeBytes / pairBytes];
        var rest = reg.Value;
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = new DevicetreeRange(Take(rest, addressCells), Take(rest[(4 * addressCells)..], sizeCells));
            rest = rest[pairBytes..];
        }

        return ranges;
    }

    /// <summary>This node and all below it, each before its children.</summary>
    public IEnumerable<DevicetreeNode> Descend()
    {
        var pending = new Stack<DevicetreeNode>();
        pending.Push(this);
        while (pending.TryPop(out var node))
        {
            yield return node;
            for (var i = node.children.Count - 1; i >= 0; i--) pending.Push(node.children[i]);
        }
    }

    /// <summary>The path.</summary>
    public override string ToString() => Path;

    private static int CellCount(DevicetreeNode? node, string name, int byDefault)
    {
        var count = node?.Cell(name) ?? (uint)byDefault;
        if (count > 2) throw new DevicetreeFormatException($"The node {node} has {name} = {count}, and only 0 to 2 are supported");
        return (int)count;
    }

    private static Span<byte> Put(Span<byte> target, ulong number, int cells)
    {
        if (cells < 2 && number >> (32 * cells) != 0)
            throw new ArgumentException($"0x{number:x} does not fit in {cells} cells.", nameof(number));
        if (cells == 1) BinaryPrimitives.WriteUInt32BigEndian(target, (uint)number);
        if (cells == 2) BinaryPrimitives.WriteUInt64BigEndian(target, number);
        return target[(4 * cells)..];
    }

    private static ulong Take(ReadOnlySpan<byte> source, int cells) => cells switch
    {
        0 => 0,
        1 => BinaryPrimitives.ReadUInt32BigEndian(source),
        _ => BinaryPrimitives.ReadUInt64BigEndian(source),
    };

    private int IndexOf(string name)
    {
        if (properties.Count < IndexedFrom)
        {
            for (var i = 0; i < properties.Count; i++)
                if (properties[i].Name == name) return i;
            return -1;
        }

        if (propertyIndex is null)
        {
            propertyIndex = [];
            for (var i = 0; i < properties.Count; i++) propertyIndex.Add(properties[i].Name, i);
        }

        return propertyIndex.TryGetValue(name, out var index) ? index : -1;
    }
}
