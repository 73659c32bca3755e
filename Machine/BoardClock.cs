using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>
/// Virtual time: 100 executed instructions of whichever hart are one tick of the 10 MHz timebase (1 ns an instruction, as
/// QEMU's <c>-icount shift=0</c>); while no hart can run, time jumps to the next deadline.
/// </summary>
/// <remarks>
/// What a guest writes to <c>mtime</c> moves what <see cref="Time"/> shows, not the ticks that devices count.
/// Deadlines are not state of the clock: after a restore each alarm sets its own anew. Alarms of one tick elapse in no
/// particular order, and none may depend on another.
/// </remarks>
public sealed class BoardClock : IClock, IStateful
{
    /// <summary>Instructions to a tick.</summary>
    public const ulong InstructionsPerTick = 100;

    /// <summary>Ticks of the timebase in a second.</summary>
    public const ulong TicksPerSecond = 10_000_000;

    private readonly Dictionary<IAlarm, int> _slots = [];
    private readonly List<(IAlarm Alarm, ulong Tick, ulong? Time)> _alarms = [];
    private ulong _now;
    private ulong _timeOffset;
    private ulong _next = ulong.MaxValue;
    // The same in instructions; all ones when that is never.
    private ulong _due = ulong.MaxValue;
    private readonly Slice _slice;

    internal BoardClock(Slice slice) => _slice = slice;

    /// <inheritdoc/>
    public ulong Ticks => Now / InstructionsPerTick;

    /// <inheritdoc/>
    public ulong Time
    {
        get => unchecked(Ticks + _timeOffset);
        set
        {
            _timeOffset = unchecked(value - Ticks);
            for (var i = 0; i < _alarms.Count; i++)
                if (_alarms[i].Time is { } time) WakeAtTime(_alarms[i].Alarm, time);
        }
    }

    /// <summary>Time in instructions: those executed, and those that would have been while no hart could run.</summary>
    private ulong Now => _now + _slice.Executed;

    /// <summary>How many instructions may be executed before an alarm is due; 0 when one is.</summary>
    internal ulong InstructionsToDeadline => _due == ulong.MaxValue ? ulong.MaxValue : _due > _now ? _due - _now : 0;

    /// <inheritdoc/>
    public void WakeAt(IAlarm alarm, ulong tick) => Set(alarm, tick, null);

    /// <inheritdoc/>
    public void WakeAtTime(IAlarm alarm, ulong time)
    {
        if (time == ulong.MaxValue)
        {
            Set(alarm, ulong.MaxValue, null);
            return;
        }
        var left = time > Time ? time - Time : 0;
        Set(alarm, left > ulong.MaxValue - Ticks ? ulong.MaxValue : Ticks + left, time);
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _now);
        transfer.Value(ref _timeOffset);
        if (!transfer.IsRestoring) return;
        _slots.Clear();
        _alarms.Clear();
        SetNext(ulong.MaxValue);
    }

    /// <summary>Rings every alarm that is due, while no hart executes.</summary>
    internal void RingDue()
    {
        if (_now >= _due) RingAll();
    }

    private void RingAll()
    {
        while (_next <= Ticks)
        {
            var tick = _next;
            for (var i = 0; i < _alarms.Count; i++)
            {
                if (_alarms[i].Tick != tick) continue;
                _alarms[i] = (_alarms[i].Alarm, ulong.MaxValue, null);
                _alarms[i].Alarm.Elapsed(tick);
            }
            FindNext();
            // An alarm that was set again for a time that has passed waits for the next instruction.
            if (_next <= tick) return;
        }
    }

    /// <summary>Goes to the next deadline, since nothing happens before.</summary>
    /// <returns>False when there is none.</returns>
    internal bool SkipToDeadline()
    {
        if (_due == ulong.MaxValue) return false;
        _now = Math.Max(_now, _due);
        return true;
    }

    /// <summary>A slice of so many instructions is over.</summary>
    internal void Advance(ulong executed) => _now += executed;

    private void Set(IAlarm alarm, ulong tick, ulong? time)
    {
        if (!_slots.TryGetValue(alarm, out var slot))
        {
            if (tick == ulong.MaxValue && time is null) return;
            slot = _slots[alarm] = _alarms.Count;
            _alarms.Add((alarm, ulong.MaxValue, null));
        }
        var old = _alarms[slot].Tick;
        _alarms[slot] = (alarm, tick, time);
        if (tick < _next) SetNext(tick);
        else if (old == _next && tick != old) FindNext();
        if (_slice.IsOpen && tick <= (_now + _slice.Most - 1) / InstructionsPerTick) _slice.Cut();
    }

    private void FindNext()
    {
        var next = ulong.MaxValue;
        foreach (var (_, tick, _) in _alarms) next = Math.Min(next, tick);
        SetNext(next);
    }

    private void SetNext(ulong tick)
    {
        _next = tick;
        _due = tick > ulong.MaxValue / InstructionsPerTick ? ulong.MaxValue : tick * InstructionsPerTick;
    }
}
