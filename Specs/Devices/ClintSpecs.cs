using FsCheck;
using FsCheck.Xunit;
using Verification.Machine.Devices;
using Xunit;

namespace Verification.Specs.Devices;

public class ClintSpecs
{
    private readonly ManualClock _clock = new();
    private readonly List<ClintHart> _harts = [.. new ulong[] { 0, 1, 7, 4094 }.Select(id => new ClintHart(id, Access.Wire(), Access.Wire()))];
    private readonly Clint _clint;
    private int _timeWrites;

    public ClintSpecs() => _clint = new Clint(0x0200_0000, _clock, _harts, () => _timeWrites++);

    [Fact]
    public void Msip_is_one_bit_per_hart_and_drives_that_harts_software_interrupt()
    {
        _clint.Word(4 * 7, 0xffff_ffff);

        Assert.Equal(1u, _clint.Word(4 * 7));
        Assert.Equal([false, false, true, false], _harts.Select(hart => hart.Software.Level));

        _clint.Word(4 * 7, 0);
        Assert.All(_harts, hart => Assert.False(hart.Software.Level));
    }

    [Fact]
    public void The_timer_interrupt_is_pending_exactly_while_mtime_has_reached_mtimecmp()
    {
        _clint.Long(0x4000 + 8, 100);
        _clock.TurnTo(99);
        Assert.False(_harts[1].Timer.Level);
        _clock.TurnTo(100);
        Assert.True(_harts[1].Timer.Level);
        _clint.Long(0x4000 + 8, 101);
        Assert.False(_harts[1].Timer.Level);
        _clint.Long(0x4000 + 8, 7);
        Assert.True(_harts[1].Timer.Level);
    }

    [Fact]
    public void A_comparator_can_be_written_and_read_by_halves()
    {
        _clint.Word(0x4000, 0x1234_5678);
        _clint.Word(0x4004, 0x9abc_def0);

        Assert.Equal(0x9abc_def0_1234_5678, _clint.Long(0x4000));
        Assert.Equal(0x9abc_def0, _clint.Word(0x4004));
    }

    [Fact]
    public void Mtime_shows_the_timebase_until_it_is_written_and_goes_on_from_there()
    {
        _clock.TurnTo(0x1_0000_0002);
        Assert.Equal((0x1_0000_0002UL, 1u), (_clint.Long(0xbff8), _clint.Word(0xbffc)));

        _clint.Long(0xbff8, 1000);
        _clock.TurnTo(0x1_0000_0012);
        Assert.Equal((1016UL, 1), (_clint.Long(0xbff8), _timeWrites));

        _clint.Word(0xbffc, 7);
        Assert.Equal(0x7_0000_03f8UL, _clint.Long(0xbff8));
    }

    [Fact]
    public void Comparators_are_measured_against_what_was_written_to_mtime()
    {
        _clint.Long(0x4000, 100);
        _clint.Long(0x4000 + 8, 5000);
        _clint.Long(0xbff8, 4000);
        Assert.Equal((true, false), (_harts[0].Timer.Level, _harts[1].Timer.Level));
        _clock.TurnTo(999);
        Assert.False(_harts[1].Timer.Level);
        _clock.TurnTo(1000);
        Assert.True(_harts[1].Timer.Level);

        _clint.Long(0xbff8, 0);
        Assert.Equal((false, false), (_harts[0].Timer.Level, _harts[1].Timer.Level));
    }

    [Fact]
    public void Registers_of_harts_that_do_not_exist_read_zero_and_ignore_writes()
    {
        _clint.Word(4 * 3, 1);
        _clint.Long(0x4000 + 8 * 3, 1);

        Assert.Equal(0u, _clint.Word(4 * 3));
        Assert.Equal(0UL, _clint.Long(0x4000 + 8 * 3));
    }

    [Theory]
    [InlineData(0x0000, 1), InlineData(0x0000, 2), InlineData(0x0000, 8), InlineData(0x4000, 1), InlineData(0xbff8, 2)]
    [InlineData(0xc000, 4)]
    public void Other_widths_and_places_are_access_faults(ulong offset, int sizeBytes)
    {
        Assert.False(_clint.Read(offset, sizeBytes, out _));
        Assert.False(_clint.Write(offset, sizeBytes, 0));
    }

    [Fact]
    public void A_restored_controller_fires_when_the_saved_one_would_have()
    {
        _clint.Long(0x4000, 100);
        _clint.Long(0x4000 + 8, 20);
        _clock.TurnTo(50);
        var saved = _clint.Save();
        _clint.Long(0x4000, 60);
        _clint.Restore(saved);
        _clock.TurnTo(99);
        Assert.Equal((false, true), (_harts[0].Timer.Level, _harts[1].Timer.Level));
        _clock.TurnTo(100);

        Assert.True(_harts[0].Timer.Level);
    }

    [Property]
    public void Timers_fire_in_the_order_of_their_comparators(NonEmptyArray<ushort> comparators)
    {
        var clock = new ManualClock();
        var harts = comparators.Get.Take(64).Select((_, id) => new ClintHart((ulong)id, Access.Wire(), Access.Wire())).ToList();
        var clint = new Clint(0, clock, harts, () => { });
        for (var i = 0; i < harts.Count; i++) clint.Long(0x4000 + (ulong)i * 8, comparators.Get[i]);

        foreach (var now in comparators.Get.Order())
        {
            clock.TurnTo(now);
            for (var i = 0; i < harts.Count; i++) Assert.Equal(comparators.Get[i] <= now, harts[i].Timer.Level);
        }
    }
}
