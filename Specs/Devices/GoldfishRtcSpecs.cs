using Verification.Machine.Devices;
using Xunit;

namespace Verification.Specs.Devices;

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
