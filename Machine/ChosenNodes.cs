using Verification.Machine.Devices;
using Verification.Machine.Devicetree;

namespace Verification.Machine;

/// <summary>What <see cref="DevicetreeChoices"/> adds to a board's tree.</summary>
internal static class ChosenNodes
{
    /// <summary>Adds reserved memory, the header's reservations, and the nodes and properties of the user's source.</summary>
    public static void Add(BoardDescription tree, DevicetreeChoices choices)
    {
        if (choices.ReservedMemory.Count > 0)
        {
            var reserved = tree.Root.Add("reserved-memory")
                .Set("#address-cells", (uint)tree.AddressCells)
                .Set("#size-cells", (uint)tree.SizeCells)
                .Set("ranges");
            foreach (var (range, mapping) in choices.ReservedMemory)
            {
                var node = reserved.Add($"reserved@{range.BaseAddress:x}").Set("reg", tree.Registers(range));
                if (mapping == ReservedMapping.NoMap) node.Set("no-map");
            }
        }
        foreach (var range in choices.HeaderReservations)
            tree.Document.Reservations.Add(new MemoryReservation(range.BaseAddress, range.SizeBytes));
        if (string.IsNullOrWhiteSpace(choices.ExtraSource)) return;
        Merge(DevicetreeDocument.ParseSource($"/dts-v1/; / {{ {choices.ExtraSource} }};").Root, tree.Root);
    }

    /// <summary>A node that is there already gets the properties and children, as in dtc's source.</summary>
    private static void Merge(DevicetreeNode from, DevicetreeNode to)
    {
        foreach (var property in from.PropertyList) to.Set(property);
        foreach (var child in from.ChildList) Merge(child, to.GetOrAdd(child.Name));
    }
}
