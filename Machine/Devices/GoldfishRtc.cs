using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// Wall-clock time in nanoseconds with an alarm. Android's goldfish virtual hardware specification, section "Goldfish
/// RTC" (GOLDFISH-VIRTUAL-HARDWARE.TXT); QEMU's virt board has it at 0x101000.
/// </summary>
/// <remarks>
/// The time is virtual: it starts at <see cref="StartNanoseconds"/> and goes on with the board's timebase.
/// Not modelled: nothing.
/// </remarks>
public sealed class GoldfishRtc : IDevice, IAlarm
{
    /// <summary>2026-01-01 00:00:00 UTC, when every run of every machine begins, in nanoseconds since 1970.</summary>
    public const ulong StartNanoseconds = 1_767_225_600UL * 1_000_000_000;

    private const ulong NanosecondsPerTick = 100;

    private readonly IClock _clock;
    private readonly InterruptLine _line;
    private readonly uint _interrupt;
    private ulong _offset = StartNanoseconds;
    private ulong _alarm;
    private ulong _deadline = ulong.MaxValue;
    private uint _timeHigh;
    private bool _alarmRunning, _pending, _enabled;

    /// <summary>A clock at <paramref name="baseAddress"/>, on <paramref name="line"/>, which is the controller's source
    /// <paramref name="interrupt"/>.</summary>
    public GoldfishRtc(ulong baseAddress, uint interrupt, IClock clock, InterruptLine line)
    {
        Range = new AddressRange(baseAddress, 0x24);
        (_interrupt, _clock, _line) = (interrupt, clock, line);
    }

    /// <inheritdoc/>
    public string Name => "goldfish_rtc";

    /// <inheritdoc/>
    public AddressRange Range { get; }

    /// <inheritdoc/>
    public int WidestAccessBytes => 4;

    private ulong Now => unchecked(_clock.Ticks * NanosecondsPerTick + _offset);

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = 0;
        if (sizeBytes != 4) return false;
        switch (offset)
        {
            // Reading the low half latches the high one, so that a pair of reads is one instant.
            case 0x00:
                var now = Now;
                _timeHigh = (uint)(now >> 32);
                value = (uint)now;
                break;
            case 0x04: value = _timeHigh; break;
            case 0x08: value = (uint)_alarm; break;
            case 0x0c: value = (uint)(_alarm >> 32); break;
            case 0x10: value = _enabled ? 1u : 0; break;
            case 0x18: value = _alarmRunning ? 1u : 0; break;
        }
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        if (sizeBytes != 4) return false;
        var word = (uint)value;
        switch (offset)
        {
            // Each half takes effect at once; a running alarm goes on to the instant that it was set for.
            case 0x00: SetTime((Now & 0xffff_ffff_0000_0000) | word); break;
            case 0x04: SetTime((Now & 0xffff_ffff) | (ulong)word << 32); break;
            case 0x08:
                _alarm = (_alarm & 0xffff_ffff_0000_0000) | word;
                Arm();
                break;
            case 0x0c: _alarm = (_alarm & 0xffff_ffff) | (ulong)word << 32; break;
            case 0x10: _enabled = (word & 1) != 0; break;
            case 0x14:
                _alarmRunning = false;
                Wake(ulong.MaxValue);
                break;
            case 0x1c: _pending = false; break;
        }
        Drive();
        return true;
    }

    /// <inheritdoc/>
    public void Elapsed(ulong tick)
    {
        _deadline = ulong.MaxValue;
        if (_alarmRunning) Ring();
    }

    /// <inheritdoc/>
    public void Describe(BoardDescription description) => description.Soc.Add($"rtc@{Range.BaseAddress:x}")
        .Set("interrupts", _interrupt)
        .Set("interrupt-parent", description.InterruptController)
        .Set("reg", description.Registers(Range with { SizeBytes = 0x1000 }))
        .Set("compatible", "google,goldfish-rtc");

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _offset);
        transfer.Value(ref _alarm);
        transfer.Value(ref _deadline);
        transfer.Value(ref _timeHigh);
        transfer.Value(ref _alarmRunning);
        transfer.Value(ref _pending);
        transfer.Value(ref _enabled);
        _line.Transfer(transfer);
        if (transfer.IsRestoring) Wake(_deadline);
    }

    private void SetTime(ulong nanoseconds) => _offset = unchecked(_offset + nanoseconds - Now);

    private void Ring()
    {
        _alarmRunning = false;
        _pending = true;
        Drive();
    }

    /// <summary>An instant that has passed rings at once.</summary>
    private void Arm()
    {
        var now = Now;
        if (_alarm <= now)
        {
            Wake(ulong.MaxValue);
            Ring();
            return;
        }
        _alarmRunning = true;
        var ticks = (_alarm - now + NanosecondsPerTick - 1) / NanosecondsPerTick;
        Wake(ticks > ulong.MaxValue - _clock.Ticks ? ulong.MaxValue : _clock.Ticks + ticks);
    }

    private void Wake(ulong tick)
    {
        _deadline = tick;
        _clock.WakeAt(this, tick);
    }

    private void Drive() => _line.Set(_pending && _enabled);
}
