using FsCheck;
using FsCheck.Fluent;
using Verification.Machine.Devicetree;

namespace Verification.Specs.KernelCode;

/// <summary>A devicetree as a boot finds it, beside the list of what it says to a kernel.</summary>
public sealed record BootTree(
    DevicetreeDocument Document, IReadOnlyList<ulong> HartIds, IReadOnlyList<DevicetreeRange> Memory, IReadOnlyList<DevicetreeRange> Reserved)
{
    public override string ToString() => Document.ToSource();
}

/// <summary>Arbitrary boot trees: what a kernel must find in them is drawn first, and the tree is written around it.</summary>
public static class AnyBootTree
{
    public static Arbitrary<BootTree> BootTrees() => Arb.From(
        from harts in Gen.Choose(0, 1 << 20).Select(id => (ulong)id).ListOf().Select(ids => ids.Distinct().ToList())
        from isEnabled in Gen.Elements(true, true, false).ListOf(harts.Count)
        from banks in Range.NonEmptyListOf()
        from header in Range.ListOf()
        from reserved in Range.ListOf()
        from initialRamdisk in Gen.Elements(false, true)
        from addressCells in Gen.Choose(1, 2)
        from hartCells in Gen.Choose(1, 2)
        from isMemoryTogether in Gen.Elements(false, true)
        from depth in Gen.Choose(0, 40)
        from strangers in Gen.Choose(0, 5)
        select Tree(
            harts, isEnabled, [.. banks], [.. header], [.. reserved], initialRamdisk, addressCells, hartCells, isMemoryTogether,
            depth, strangers));

    private static Gen<DevicetreeRange> Range =>
        from start in Gen.Choose(0, 1 << 20)
        from size in Gen.Choose(1, 1 << 12)
        select new DevicetreeRange((ulong)start << 10, (ulong)size << 8);

    private static BootTree Tree(
        List<ulong> harts, IReadOnlyList<bool> isEnabled, List<DevicetreeRange> banks, List<DevicetreeRange> header,
        List<DevicetreeRange> reserved, bool hasInitialRamdisk, int addressCells, int hartCells, bool isMemoryTogether, int depth, int strangers)
    {
        DevicetreeDocument document = new();
        DevicetreeNode root = document.Root;
        root.Set("#size-cells", (uint)addressCells).Set("#address-cells", (uint)addressCells);
        foreach (DevicetreeRange range in header) document.Reservations.Add(new MemoryReservation(range.Address, range.SizeBytes));

        DevicetreeNode deep = root.Add("soc");
        for (int level = 0; level < depth; level++) deep = deep.Add($"bridge@{level:x}").Set("reg", 1u).Set("device_type", "memory");
        for (int index = 0; index < strangers; index++)
            root.Add($"stranger@{index:x}").Set("reg", 0u, 0u, 0u, 0u).Set("status", "disabled").Add("cpu@0").Set("device_type", "cpu").Set("reg", 7u);

        DevicetreeNode cpus = root.Add("cpus").Set("#address-cells", (uint)hartCells).Set("#size-cells", 0u);
        cpus.Add("cpu-map").Add("cluster0").Add("core0").Set("cpu", 1u);
        List<ulong> usable = [];
        for (int index = 0; index < harts.Count; index++)
        {
            DevicetreeNode cpu = cpus.Add($"cpu@{harts[index]:x}").Set("device_type", "cpu");
            Cells(cpu, hartCells, harts[index]);
            cpu.Add("interrupt-controller").Set("reg", 9u);
            if (isEnabled[index]) usable.Add(harts[index]);
            if (!isEnabled[index]) cpu.Set("status", "disabled");
            else if (index % 3 == 0) cpu.Set("status", "okay");
        }

        if (isMemoryTogether)
        {
            Cells(root.Add("memory@0").Set("device_type", "memory"), addressCells, [.. banks.SelectMany(bank => new[] { bank.Address, bank.SizeBytes })]);
        }
        else
        {
            for (int index = 0; index < banks.Count; index++)
                Cells(root.Add($"memory@{index:x}").Set("device_type", "memory"), addressCells, banks[index].Address, banks[index].SizeBytes);
        }

        List<DevicetreeRange> expected = [.. header];
        if (reserved.Count > 0)
        {
            DevicetreeNode parent = root.Add("reserved-memory").Set("#address-cells", 2u).Set("#size-cells", 2u).Set("ranges");
            for (int index = 0; index < reserved.Count; index++)
                Cells(parent.Add($"region@{index:x}"), 2, reserved[index].Address, reserved[index].SizeBytes);
            expected.AddRange(reserved);
        }

        if (hasInitialRamdisk)
        {
            root.Add("chosen").Set("bootargs", "x").SetWide("linux,initrd-start", 0x1000).SetWide("linux,initrd-end", 0x3000);
            expected.Add(new DevicetreeRange(0x1000, 0x2000));
        }

        return new BootTree(document, usable, banks, expected);
    }

    private static void Cells(DevicetreeNode node, int cells, params ulong[] numbers)
    {
        if (cells == 2) node.SetWide("reg", numbers);
        else node.Set("reg", [.. numbers.Select(number => (uint)number)]);
    }
}
