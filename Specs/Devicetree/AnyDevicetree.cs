using FsCheck;
using FsCheck.Fluent;
using Verification.Machine.Devicetree;

namespace Verification.Specs.Devicetree;

/// <summary>Arbitrary trees and arbitrary forms of their blobs.</summary>
public static class AnyDevicetree
{
    private static readonly string[] PropertyNames =
        ["reg", "compatible", "#address-cells", "status", "interrupts-extended", "interrupts", "extended", "x", "linux,phandle,", "a.b_c+d?e", "ns"];

    private static readonly Gen<byte[]> Value = Gen.OneOf(
        Gen.Constant(Array.Empty<byte>()),
        Gen.Elements("okay\0", "a\0b\0", "\0", "\0\0\0", "a\0\0\0b\0", "tab\t\"quote\\\0", "not terminated", "7\07\0", "caf\u00e9\0")
            .Select(text => text.Select(character => (byte)character).ToArray()),
        Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(),
        Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(16));

    public static Arbitrary<DevicetreeDocument> Documents() => Arb.From(
        from root in Node(DevicetreeNode.CreateRoot, 4)
        from reservations in Gen.Choose(0, 3).SelectMany(count => Gen.ListOf(Reservation, count))
        from boot in Gen.Choose(0, 512)
        select Document(root, reservations, (uint)boot));

    public static Arbitrary<DevicetreeBlobOptions> Forms() => Arb.From(
        from version in Gen.Choose(16, 17)
        from padding in Gen.Choose(0, 100)
        from gap in Gen.Choose(0, 20)
        from order in Gen.Elements(Enum.GetValues<BlobBlockOrder>())
        from sharing in Gen.Elements(Enum.GetValues<BlobStringSharing>())
        from nops in Gen.Choose(0, 3)
        from seed in Gen.Choose(0, int.MaxValue)
        select new DevicetreeBlobOptions
        {
            Version = version,
            PaddingBytes = padding,
            GapBytes = gap,
            Order = order,
            StringSharing = sharing,
            MaximumNops = nops,
            NopSeed = (ulong)seed,
        });

    private static Gen<MemoryReservation> Reservation =>
        from address in Gen.Choose(0, int.MaxValue)
        from size in Gen.Choose(1, int.MaxValue)
        select new MemoryReservation((ulong)address << 20, (ulong)size);

    private static Gen<DevicetreeNode> Node(Func<DevicetreeNode> make, int depth) =>
        from properties in Gen.Zip(Gen.Elements(PropertyNames), Value).ListOf()
        from count in Gen.Choose(0, depth == 0 ? 0 : 3)
        from children in Gen.ListOf(Gen.Elements("cpu@0", "cpu@1", "memory", "soc", "l2-cache", "z@80000000,1")
            .SelectMany(name => Node(() => new DevicetreeNode(name), depth - 1)), count)
        select Fill(make(), properties, children);

    private static DevicetreeNode Fill(
        DevicetreeNode node, IEnumerable<(string Name, byte[] Value)> properties, IEnumerable<DevicetreeNode> children)
    {
        foreach (var (name, value) in properties) node.SetBytes(name, value);
        foreach (var child in children)
        {
            if (node.Child(child.Name) is null) node.Add(child);
        }

        return node;
    }

    private static DevicetreeDocument Document(DevicetreeNode root, IEnumerable<MemoryReservation> reservations, uint boot)
    {
        var document = new DevicetreeDocument(root) { BootCpuId = boot };
        document.Reservations.AddRange(reservations);
        return document;
    }
}
