using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.Images;
using Verification.Machine.State;
using Verification.Specs.Devicetree;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.Boot;

public class BoardDevicetreeSpecs
{
    /// <summary>The differences that Machine/README.md lists.</summary>
    private static DevicetreeDocument WithoutListedDifferences(DevicetreeDocument tree)
    {
        tree.Root.RemoveChild("pmu");
        tree.Root.Child("chosen")!.RemoveProperty("rng-seed");
        foreach (var cpu in tree.Root.Child("cpus")!.Children) cpu.RemoveProperty("riscv,isa");
        return tree;
    }

    [RequiresToolTheory("qemu-system-riscv64")]
    [InlineData(1, "128M", null), InlineData(1, "1G", "console=ttyS0 root=/dev/vda"), InlineData(4, "2048M", null)]
    [InlineData(8, "4G", ""), InlineData(3, "129M", "x"), InlineData(10, "3G", null)]
    [InlineData(1, "128M", null, CoreInterruptor.Aclint), InlineData(9, "128M", null, CoreInterruptor.Aclint)]
    public void The_tree_is_that_of_qemu_node_by_node_in_order(int harts, string memory, string? append, CoreInterruptor interruptor = CoreInterruptor.Clint)
    {
        var file = Path.GetTempFileName();
        try
        {
            string[] kernel = append is null ? [] : ["-kernel", file, "-append", append];
            File.WriteAllBytes(file, new byte[64]);
            var dump = file + ".dtb";
            Assert.Equal("", Tool.Run("qemu-system-riscv64",
                ["-machine", $"virt,dumpdtb={dump},aclint={(interruptor == CoreInterruptor.Aclint ? "on" : "off")}", "-smp", $"{harts}", "-m", memory, .. kernel]).Output);
            var theirs = DevicetreeDocument.Parse(File.ReadAllBytes(dump));
            File.Delete(dump);
            using var board = new Board(new BoardConfiguration
            {
                Harts = Enumerable.Range(0, harts).Select(id => new HartConfiguration((ulong)id)).ToValueList(),
                Memory = [new(0x8000_0000, Bytes(memory))],
                Append = append,
                Interruptor = interruptor,
            });

            Assert.Equal(WithoutListedDifferences(theirs).ToSource(), WithoutListedDifferences(board.Devicetree).ToSource());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [RequiresToolFact("qemu-system-riscv64")]
    public void The_ramdisk_stands_in_the_tree_as_in_QEMUs()
    {
        var folder = Directory.CreateTempSubdirectory("tree-specs");
        try
        {
            var (kernel, initrd, dump) = (Path.Combine(folder.FullName, "k"), Path.Combine(folder.FullName, "i"), Path.Combine(folder.FullName, "d"));
            File.WriteAllBytes(kernel, new byte[64]);
            File.WriteAllBytes(initrd, new byte[5_000]);
            Assert.Equal("", Tool.Run("qemu-system-riscv64", ["-machine", $"virt,dumpdtb={dump}", "-smp", "2", "-m", "256M", "-kernel", kernel, "-initrd", initrd, "-append", "ro"]).Output);
            using var board = Board.Boot(new BoardConfiguration
            {
                Harts = [new(0), new(1)],
                Memory = [new(0x8000_0000, 256 << 20)],
                Initrd = new byte[5_000].ToValueList(),
                Append = "ro",
            }, KernelImage.FromRaw(new byte[64], 0x8020_0000));

            Assert.Equal(WithoutListedDifferences(DevicetreeDocument.Parse(File.ReadAllBytes(dump))).ToSource(), WithoutListedDifferences(board.Devicetree).ToSource());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(1, 1), InlineData(1, 2), InlineData(2, 1), InlineData(2, 2)]
    public void Addresses_take_the_cells_that_were_chosen_and_say_the_same(int addressCells, int sizeCells)
    {
        var tree = Tree(new() { AddressCells = addressCells, SizeCells = sizeCells });

        Assert.Equal([new DevicetreeRange(0x8000_0000, 128 << 20)], tree.Find("/memory@80000000")!.Registers());
        Assert.Equal([new DevicetreeRange(0x1000_0000, 0x100)], tree.Find("/soc/serial@10000000")!.Registers());
        Assert.Equal((addressCells + sizeCells) * 4, tree.Find("/soc/plic@c000000")!.Property("reg")!.SizeBytes);
    }

    [Fact]
    public void Memory_that_one_cell_cannot_express_is_refused_in_a_sentence()
    {
        using var board = new Board(new BoardConfiguration
        {
            Memory = [new(0x8000_0000, 1 << 20), new(0x1_0000_0000, 1 << 20)],
            Devicetree = new() { AddressCells = 1 },
        });
        Assert.Equal("0x100000000 does not fit one devicetree cell: choose two.", Assert.Throws<ArgumentException>(() => board.Devicetree).Message);
    }

    [Fact]
    public void Choices_add_reserved_memory_reservations_and_nodes()
    {
        var tree = Tree(new()
        {
            ReservedMemory = [new(new AddressRange(0x8100_0000, 0x1000), ReservedMapping.NoMap), new(new AddressRange(0x8200_0000, 0x10), ReservedMapping.Allowed)],
            HeaderReservations = [new(0x8300_0000, 0x40)],
            ExtraSource = "a@1 { b { c { deep = <1 2>; }; }; }; soc { extra = \"yes\"; };",
        });

        Assert.NotNull(tree.Find("/reserved-memory/reserved@81000000")!.Property("no-map"));
        Assert.Null(tree.Find("/reserved-memory/reserved@82000000")!.Property("no-map"));
        Assert.Equal([new DevicetreeRange(0x8200_0000, 0x10)], tree.Find("/reserved-memory/reserved@82000000")!.Registers());
        Assert.Equal([new MemoryReservation(0x8300_0000, 0x40)], tree.Reservations);
        Assert.Equal([1u, 2u], tree.Find("/a@1/b/c")!.Cells("deep")!);
        Assert.Equal("yes", tree.Find("/soc")!.Text("extra"));
        Assert.NotNull(tree.Find("/soc/serial@10000000"));
    }

    [Fact]
    public void Harts_come_in_their_order_with_their_status()
    {
        using var board = new Board(new BoardConfiguration
        {
            Harts = [new(7), new(0, HartStatus.Disabled), new(0x1_0000_0000)],
            BootHartId = 7,
        });
        var harts = board.Devicetree.Find("/cpus")!.Children.Where(node => node.GenericName == "cpu").ToList();

        Assert.Equal(["cpu@7", "cpu@0", "cpu@100000000"], harts.Select(node => node.Name));
        Assert.Equal(["okay", "disabled", "okay"], harts.Select(node => node.Text("status")));
        Assert.Equal([7UL, 0UL, 0x1_0000_0000UL], harts.Select(node => node.Number("reg")!.Value));
    }

    [Fact]
    public void The_users_own_blob_takes_the_place_of_the_boards()
    {
        var own = new DevicetreeDocument();
        own.Root.Set("model", "mine");
        using var board = Board.Boot(new BoardConfiguration { Devicetree = new() { Blob = own.ToBlob().ToValueList() } },
            KernelImage.FromRaw(new byte[4], 0x8020_0000));
        var blob = new byte[board.DevicetreeRange.SizeBytes];
        board.Memory.Read(board.DevicetreeAddress, blob);

        Assert.Equal(own.ToBlob(), blob);
        Assert.Equal("mine", board.Devicetree.Root.Text("model"));
    }

    [Fact]
    public void The_command_line_and_the_ramdisk_enter_the_users_own_blob()
    {
        var own = new DevicetreeDocument();
        own.Root.Set("model", "mine");
        using var board = Board.Boot(new BoardConfiguration
        {
            Devicetree = new() { Blob = own.ToBlob().ToValueList() },
            Append = "quiet",
            Initrd = [1, 2, 3],
        }, KernelImage.FromRaw(new byte[4], 0x8020_0000));
        var blob = new byte[board.DevicetreeRange.SizeBytes];
        board.Memory.Read(board.DevicetreeAddress, blob);
        var chosen = DevicetreeDocument.Parse(blob).Find("/chosen")!;

        Assert.Equal("quiet", chosen.Text("bootargs"));
        Assert.Equal((uint)board.InitrdRange.EndAddress, chosen.Cell("linux,initrd-end"));
    }

    private static DevicetreeDocument Tree(DevicetreeChoices choices)
    {
        using var board = new Board(new BoardConfiguration { Devicetree = choices });
        return board.Devicetree;
    }

    private static ulong Bytes(string size) =>
        ulong.Parse(size[..^1]) << (size[^1] == 'G' ? 30 : 20);
}
