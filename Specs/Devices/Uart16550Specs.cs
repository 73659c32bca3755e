using FsCheck.Xunit;
using Verification.Machine.Devices;
using Xunit;

namespace Verification.Specs.Devices;

public class Uart16550Specs
{
    private const ulong Data = 0, Enable = 1, Identify = 2, Fifo = 2, LineControl = 3, ModemControl = 4, LineStatus = 5, ModemStatus = 6, Scratch = 7;
    private readonly ManualClock _clock = new();
    private readonly InterruptLine _line = Access.Wire();
    private readonly Uart16550 _uart;

    public Uart16550Specs() => _uart = new Uart16550(0x1000_0000, 10, _clock, _line);

    [Fact]
    public void What_is_written_is_sent_and_the_transmitter_is_empty_again()
    {
        foreach (var value in "hi"u8) _uart.Byte(Data, value);

        Assert.Equal("hi"u8.ToArray(), _uart.Sent);
        Assert.Equal(0x60, _uart.Byte(LineStatus));
    }

    [Fact]
    public void The_divisor_latch_hides_data_and_enable()
    {
        _uart.Byte(LineControl, 0x83);
        _uart.Byte(Data, 3);
        _uart.Byte(Enable, 1);
        Assert.Equal((3, 1), (_uart.Byte(Data), _uart.Byte(Enable)));

        _uart.Byte(LineControl, 0x03);

        Assert.Equal(0, _uart.Byte(Enable));
        Assert.Empty(_uart.Sent);
    }

    [Fact]
    public void Received_data_interrupts_until_it_is_read()
    {
        _uart.Byte(Enable, 1);
        _uart.Arrive("x"u8);

        Assert.True(_line.Level);
        Assert.Equal(0x04, _uart.Byte(Identify));
        Assert.Equal(0x61, _uart.Byte(LineStatus));
        Assert.Equal((byte)'x', _uart.Byte(Data));
        Assert.False(_line.Level);
        Assert.Equal(0x01, _uart.Byte(Identify));
    }

    [Fact]
    public void A_handler_that_only_polls_the_line_status_is_not_called_for_ever()
    {
        var requests = 0;
        var uart = new Uart16550(0x1000_0000, 10, _clock, new InterruptLine(level => requests += level ? 1 : 0));
        uart.Byte(Enable, 0x02);
        Assert.Equal(1, requests);

        for (var poll = 0; poll < 3; poll++) uart.Byte(LineStatus);

        Assert.Equal(1, requests);
    }

    [Theory]
    [InlineData(0x01, 1), InlineData(0x41, 4), InlineData(0x81, 8), InlineData(0xc1, 14)]
    public void The_fifo_interrupts_at_its_trigger_level(byte control, int level)
    {
        _uart.Byte(Fifo, control);
        _uart.Byte(Enable, 1);
        _uart.Arrive(new byte[level - 1]);
        Assert.False(_line.Level);
        _uart.Arrive(new byte[1]);

        Assert.True(_line.Level);
        Assert.Equal(0xc4, _uart.Byte(Identify));
    }

    [Fact]
    public void Fewer_bytes_than_the_trigger_level_time_out_after_four_characters()
    {
        _uart.Byte(Fifo, 0xc1);
        _uart.Byte(Enable, 1);
        _uart.Arrive("a"u8);
        // 19200 baud at the divisor 12: a character of 10 bits takes 5208 ticks of 100 ns.
        _clock.TurnTo(20_000);
        Assert.False(_line.Level);
        _clock.TurnTo(21_000);

        Assert.Equal(0xcc, _uart.Byte(Identify));
        Assert.Equal((byte)'a', _uart.Byte(Data));
        Assert.False(_line.Level);
    }

    [Fact]
    public void A_restored_port_times_out_when_the_saved_one_would_have()
    {
        _uart.Byte(Fifo, 0xc1);
        _uart.Byte(Enable, 1);
        _uart.Arrive("a"u8);
        var copy = new Uart16550(0x1000_0000, 10, _clock, Access.Wire());
        copy.Restore(_uart.Save());
        _clock.TurnTo(21_000);

        Assert.Equal(0xcc, copy.Byte(Identify));
    }

    [Fact]
    public void The_empty_transmitter_interrupts_once_per_byte_and_is_acknowledged_by_reading_the_cause()
    {
        _uart.Byte(Enable, 2);
        Assert.Equal(0x02, _uart.Byte(Identify));
        Assert.False(_line.Level);

        _uart.Byte(Data, 1);

        Assert.True(_line.Level);
        Assert.Equal(0x02, _uart.Byte(Identify));
        Assert.Equal(0x01, _uart.Byte(Identify));
    }

    [Fact]
    public void What_overruns_in_loopback_is_lost_and_told()
    {
        _uart.Byte(4, 0x10);
        _uart.Byte(1, 4);
        _uart.Byte(0, 1);
        _uart.Byte(0, 2);

        Assert.True(_line.Level);
        Assert.Equal(0x06, _uart.Byte(2));
        Assert.Equal(0x63, _uart.Byte(5));
        Assert.Equal(0x61, _uart.Byte(5));
        Assert.False(_line.Level);
        Assert.Equal(2, _uart.Byte(0));
    }

    [Fact]
    public void Loopback_returns_bytes_and_modem_lines_and_sends_nothing()
    {
        _uart.Byte(Fifo, 1);
        _uart.Byte(ModemControl, 0x10);
        _uart.Byte(ModemStatus);
        _uart.Byte(Data, 0x5a);
        _uart.Byte(ModemControl, 0x1f);

        Assert.Equal(0x5a, _uart.Byte(Data));
        Assert.Empty(_uart.Sent);
        Assert.Equal(0xf0, _uart.Byte(ModemStatus) & 0xf0);
    }

    [Fact]
    public void The_scratch_register_keeps_its_byte()
    {
        _uart.Byte(Scratch, 0xa5);
        Assert.Equal(0xa5, _uart.Byte(Scratch));
    }

    [Property]
    public void Every_byte_arrives_once_and_in_order_however_slowly_it_is_read(byte[] bytes, bool fifo, byte reads)
    {
        var uart = new Uart16550(0, 10, new ManualClock(), Access.Wire());
        if (fifo) uart.Byte(Fifo, 1);
        var got = new List<byte>();
        uart.Arrive(bytes);
        for (var i = 0; i < reads && (uart.Byte(LineStatus) & 1) != 0; i++) got.Add(uart.Byte(Data));
        var copy = new Uart16550(0, 10, new ManualClock(), Access.Wire());
        copy.Restore(uart.Save());
        while ((copy.Byte(LineStatus) & 1) != 0) got.Add(copy.Byte(Data));

        Assert.Equal(bytes, got);
    }
}
