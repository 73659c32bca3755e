using Verification.Machine.Devices;
using Xunit;

namespace Verification.Specs.Devices;

public class CfiFlashSpecs
{
    private readonly CfiFlash _flash = new("flash", 0x2000_0000, 32 << 20, new byte[] { 1, 2, 3, 4 });

    [Fact]
    public void The_array_is_read_as_it_was_given()
    {
        Assert.Equal(0x0403_0201u, _flash.Word(0));
        Assert.Equal(0u, _flash.Word(0x100_0000));
    }

    [Fact]
    public void A_query_answers_qry_in_both_chips()
    {
        _flash.Word(0x55 * 4, 0x0098_0098);

        Assert.Equal("QRY", string.Concat(new ulong[] { 0x10, 0x11, 0x12 }.Select(i => (char)_flash.Byte(i * 4))));
        Assert.Equal(0x0051_0051u, _flash.Word(0x10 * 4));
        _flash.Word(0, 0x00ff_00ff);
        Assert.Equal(0x0403_0201u, _flash.Word(0));
    }

    [Fact]
    public void A_hart_executes_from_the_array()
    {
        var code = Verification.Machine.Isa.Assembler.Assemble("li a0, 42\n1: j 1b").Bytes;
        var board = Verification.Specs.Harts.Guest.Load("li t0, 0x22000000\n jr t0", Verification.Specs.Harts.Guest.Bare with
        {
            Devices = [new Verification.Machine.DeviceConfiguration.Flash(1, [.. code])],
        });
        board.Run(10);

        Assert.Equal(42UL, board.Harts[0].GetRegister(10));
        Assert.Equal(0x2200_0004UL, board.Harts[0].Pc & ~3UL);
    }

    [Fact]
    public void A_buffer_is_programmed_by_its_confirmation_and_holds_its_own_block_alone()
    {
        _flash.Word(0x40000, 0x20);
        _flash.Word(0x40000, 0xd0);
        Buffer(0x40100, 0xff);
        _flash.Word(0, 0xff);
        Assert.Equal(0xffff_ffffu, _flash.Word(0x40100));
        Buffer(0x40100, 0xd0);
        Assert.Equal(0x0080_0080u, _flash.Word(0x40100));
        _flash.Word(0, 0xff);
        Assert.Equal((0x1111_1111u, 0x2222_2222u), (_flash.Word(0x40100), _flash.Word(0x40104)));

        void Buffer(ulong at, uint last)
        {
            _flash.Word(at, 0xe8);
            _flash.Word(at, 1);
            _flash.Word(at, 0x1111_1111);
            _flash.Word(at + 4, 0x2222_2222);
            _flash.Word(at, last);
        }
    }

    [Fact]
    public void Erasing_sets_a_sector_to_ones_and_programming_clears_bits()
    {
        _flash.Word(0x40000, 0x0020_0020);
        _flash.Word(0x40000, 0x00d0_00d0);
        Assert.Equal(0x0080_0080u, _flash.Word(0x40000));
        _flash.Word(0x40010, 0x0040_0040);
        _flash.Word(0x40010, 0x1234_5678);
        _flash.Word(0x40010, 0x0040_0040);
        _flash.Word(0x40010, 0xffff_0000);
        _flash.Word(0, 0x00ff_00ff);

        Assert.Equal(0x1234_0000u, _flash.Word(0x40010));
        Assert.Equal(0xffff_ffffu, _flash.Word(0x40014));
        Assert.Equal(0x0403_0201u, _flash.Word(0));
    }
}
