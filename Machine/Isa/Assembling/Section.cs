namespace Verification.Machine.Isa.Assembling;

/// <summary>A section while it is being assembled: items whose sizes may still grow.</summary>
internal sealed class Section(string name)
{
    private readonly List<long> offsets = [];

    internal string Name { get; } = name;

    internal List<Item> Items { get; } = [];

    internal long AlignmentBytes { get; set; } = 1;

    /// <summary>Offset of an item, or of the end, at the last layout.</summary>
    internal long OffsetOf(int item) => item < offsets.Count ? offsets[item] : offsets.Count == 0 ? 0 : offsets[^1];

    /// <summary>Places the items after each other.</summary>
    internal void Layout()
    {
        offsets.Clear();
        var offset = 0L;
        foreach (var item in Items)
        {
            offsets.Add(offset);
            item.Offset = offset;
            offset += item.SizeAt(offset);
        }

        offsets.Add(offset);
        if (offset > int.MaxValue)
            throw new AssemblyException(Items[^1].Line, $"The section {Name} is larger than 2 GiB.");
    }
}
