using Verification.Machine.Devicetree;
using Xunit;

namespace Verification.Specs.Devicetree;

public sealed class DevicetreeNodeSpecs
{
    [Theory]
    [InlineData(2, 2, "000000010000000000000000000003E8")]
    [InlineData(1, 1, "80000000000003E8")]
    [InlineData(1, 0, "80000000")]
    [InlineData(2, 1, "0000000100000000000003E8")]
    public void Registers_follow_the_parents_cell_counts(int addressCells, int sizeCells, string bytes)
    {
        var address = addressCells == 2 ? 0x1_0000_0000ul : 0x8000_0000ul;
        var parent = DevicetreeNode.CreateRoot().Set("#address-cells", (uint)addressCells).Set("#size-cells", (uint)sizeCells);
        var node = parent.Add("memory");

        node.SetRegisters(new DevicetreeRange(address, sizeCells == 0 ? 0 : 1000u));

        Assert.Equal(bytes, Convert.ToHexString(node.Property("reg")!.Value));
        Assert.Equal([new DevicetreeRange(address, sizeCells == 0 ? 0 : 1000u)], node.Registers());
    }

    [Fact]
    public void A_number_too_large_for_its_cells_is_refused()
    {
        var node = DevicetreeNode.CreateRoot().Set("#address-cells", 1u).Set("#size-cells", 1u).Add("memory");

        Assert.Throws<ArgumentException>(() => node.SetRegisters(new DevicetreeRange(1ul << 32, 1)));
    }

    [Fact]
    public void A_value_that_is_not_what_it_is_asked_for_is_refused_in_a_sentence()
    {
        var node = DevicetreeNode.CreateRoot().SetBytes("x", [1, 2, 3]);

        Assert.Equal("The property 'x' of 3 bytes does not hold one 32-bit cell.", Refusal(() => node.Cell("x")));
        Assert.Equal("The property 'x' of 3 bytes does not hold a list of 32-bit cells.", Refusal(() => node.Cells("x")));
        Assert.Equal("The property 'x' of 3 bytes does not hold NUL-terminated strings.", Refusal(() => node.Text("x")));
        Assert.Equal("The property 'x' of 3 bytes does not hold a number of one or two cells.", Refusal(() => node.Number("x")));

        static string Refusal(Func<object?> read) => Assert.Throws<DevicetreeFormatException>(() => { read(); }).Message;
    }

    [Fact]
    public void Broad_nodes_keep_their_order_and_find_their_members()
    {
        var node = DevicetreeNode.CreateRoot();
        for (var i = 0; i < 100; i++) node.Set($"p{i}", (uint)i).Add($"n{i}");

        node.Set("p50", 1000u).RemoveProperty("p10");
        node.RemoveChild("n20");

        Assert.Equal(1000u, node.Cell("p50"));
        Assert.Null(node.Property("p10"));
        Assert.Equal("p11", node.Properties[10].Name);
        Assert.Null(node.Child("n20"));
        Assert.Equal("/n21", node.Child("n21")!.Path);
        Assert.Throws<ArgumentException>(() => node.Add("n30"));
    }
}
