using System.Buffers.Binary;
using System.Text;
using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Devices;

public class FinisherSpecs
{
    private readonly List<StopReason> _stops = [];
    private readonly Finisher _finisher;

    public FinisherSpecs() => _finisher = new Finisher(0x0010_0000, _stops.Add);

    [Fact]
    public void Its_three_words_pass_fail_and_reset()
    {
        _finisher.Word(0, 0x5555);
        _finisher.Word(0, 42u << 16 | 0x3333);
        _finisher.Word(0, 0x7777);

        Assert.Equal([new StopReason.PowerOff(0), new StopReason.PowerOff(42), new StopReason.Reset()], _stops);
    }

    [Fact]
    public void Other_words_and_places_do_nothing()
    {
        _finisher.Word(0, 0x1234);
        _finisher.Word(8, 0x5555);

        Assert.Empty(_stops);
        Assert.False(_finisher.Write(0, 1, 0x55));
        Assert.False(_finisher.Write(0, 8, 0x5555));
    }
}

public class GoldfishRtcSpecs
{
    private readonly ManualClock _clock = new();
    private readonly InterruptLine _line = Access.Wire();
    private readonly GoldfishRtc _rtc;

    public GoldfishRtcSpecs() => _rtc = new GoldfishRtc(0x0010_1000, 11, _clock, _line);

    [Fact]
    public void Time_starts_on_the_first_of_january_2026_and_goes_on_by_100_nanoseconds_a_tick()
    {
        var start = (DateTime.UnixEpoch.AddTicks((long)Now() / 100));
        Assert.Equal(new DateTime(2026, 1, 1), start);

        _clock.TurnTo(10_000_000);

        Assert.Equal(start.AddSeconds(1), DateTime.UnixEpoch.AddTicks((long)Now() / 100));
    }

    [Fact]
    public void The_high_half_is_of_the_instant_at_which_the_low_half_was_read()
    {
        SetTime(0x1_ffff_ffff);
        var low = _rtc.Word(0);
        _clock.TurnTo(10);

        Assert.Equal((0xffff_ffffu, 1u), (low, _rtc.Word(4)));
    }

    [Fact]
    public void An_alarm_interrupts_at_its_time_until_it_is_acknowledged()
    {
        SetTime(0);
        _rtc.Word(0x10, 1);
        _rtc.Word(0x0c, 0);
        _rtc.Word(0x08, 500);
        Assert.Equal(1u, _rtc.Word(0x18));
        _clock.TurnTo(4);
        Assert.False(_line.Level);
        _clock.TurnTo(5);

        Assert.True(_line.Level);
        Assert.Equal(0u, _rtc.Word(0x18));
        _rtc.Word(0x1c, 1);
        Assert.False(_line.Level);
    }

    [Fact]
    public void A_restored_clock_rings_when_the_saved_one_would_have()
    {
        SetTime(0);
        _rtc.Word(0x10, 1);
        _rtc.Word(0x08, 500);
        var line = Access.Wire();
        var copy = new GoldfishRtc(0x0010_1000, 11, _clock, line);
        copy.Restore(_rtc.Save());
        _clock.TurnTo(5);

        Assert.True(line.Level);
    }

    [Fact]
    public void A_cleared_or_masked_alarm_is_silent()
    {
        SetTime(0);
        _rtc.Word(0x08, 500);
        _clock.TurnTo(10);
        Assert.False(_line.Level);
        _rtc.Word(0x1c, 1);
        _rtc.Word(0x10, 1);
        _rtc.Word(0x08, 50_000);
        _rtc.Word(0x14, 1);
        _clock.TurnTo(1_000_000);

        Assert.False(_line.Level);
    }

    private ulong Now() => _rtc.Word(0) | (ulong)_rtc.Word(4) << 32;

    private void SetTime(ulong nanoseconds)
    {
        _rtc.Word(4, (uint)(nanoseconds >> 32));
        _rtc.Word(0, (uint)nanoseconds);
    }
}

public class FirmwareConfigurationSpecs
{
    private readonly PhysicalMemory _memory = new([new MemoryBank(0x8000_0000, 1 << 20)], MemoryFill.Zero);
    private readonly FirmwareConfiguration _device;

    public FirmwareConfigurationSpecs() => _device = new FirmwareConfiguration(0x1010_0000, _memory, 3);

    [Fact]
    public void Item_zero_is_the_signature_read_byte_by_byte_or_at_once()
    {
        Select(0);
        Assert.Equal("QEMU", Encoding.ASCII.GetString([.. Enumerable.Range(0, 4).Select(_ => _device.Byte(0))]));
        Select(0);
        Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian("QEMU"u8), _device.Word(0));
        Assert.Equal(0, _device.Byte(0));
    }

    [Fact]
    public void Direct_memory_access_selects_and_copies_an_item()
    {
        Request(5u << 16 | 8 | 2, 2, 0x8000_2000);

        Assert.Equal(0u, _memory.Read<uint>(0x8000_1000));
        Assert.Equal(3, _memory.Read<ushort>(0x8000_2000));
    }

    [Theory]
    [InlineData(2, 4, 0x1000UL)]
    [InlineData(2, 0xffff_ffffu, 0x8000_2000UL)]
    [InlineData(16, 4, 0x8000_2000UL)]
    public void A_request_that_cannot_be_done_sets_the_error_bit(uint control, uint lengthBytes, ulong address)
    {
        Request(control, lengthBytes, address);
        Assert.Equal(1u, BinaryPrimitives.ReverseEndianness(_memory.Read<uint>(0x8000_1000)));
    }

    private void Select(ushort key) => Assert.True(_device.Write(8, 2, BinaryPrimitives.ReverseEndianness(key)));

    private void Request(uint control, uint lengthBytes, ulong address)
    {
        Span<byte> request = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(request, control);
        BinaryPrimitives.WriteUInt32BigEndian(request[4..], lengthBytes);
        BinaryPrimitives.WriteUInt64BigEndian(request[8..], address);
        _memory.Write(0x8000_1000, request);
        _device.Long(16, BinaryPrimitives.ReverseEndianness(0x8000_1000UL));
    }
}

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
}
