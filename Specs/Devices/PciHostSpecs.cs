using Verification.Machine;
using Verification.Machine.Devices;
using Xunit;

namespace Verification.Specs.Devices;

public class PciHostSpecs
{
    [Fact]
    public void Only_the_bridge_itself_answers()
    {
        var host = new PciHost(0x3000_0000, 32);

        Assert.Equal(0x0008_1b36u, host.Word(0));
        Assert.Equal(0x06, host.Byte(0x0b));
        Assert.Equal(0xffff_ffffu, host.Word(1 << 15));
        Assert.Equal(0xffff_ffffu, host.Word(1 << 20));
    }

    [Theory]
    [InlineData(0x300_0000UL), InlineData(0x4000_0000UL), InlineData(0x4_0000_0000UL)]
    public void Windows_without_cards_read_ones_and_lose_what_is_written(ulong address)
    {
        using var board = new Board(new BoardConfiguration());

        Assert.True(board.Bus.Write(address, 8, 5));
        Assert.True(board.Bus.Read(address, 8, out var value));
        Assert.Equal(ulong.MaxValue, value);
    }

    [Fact]
    public void The_high_window_lies_behind_all_memory()
    {
        using var board = new Board(new BoardConfiguration { Memory = [new(0x8000_0000, 16UL << 30)] });

        Assert.Equal([0x0300_0000u, 8u, 0u, 8u, 0u, 4u, 0u], board.Devicetree.Find("/soc/pci@30000000")!.Cells("ranges")!.TakeLast(7));
        Assert.True(board.Bus.Read(8UL << 32, 4, out _));
        Assert.False(board.Bus.Read(4UL << 32, 4, out _));
    }
}
