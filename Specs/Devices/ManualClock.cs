using Verification.Machine.Devices;

namespace Verification.Specs.Devices;

/// <summary>A clock that a spec turns by hand.</summary>
internal sealed class ManualClock : IClock
{
    private readonly List<(IAlarm Alarm, ulong Tick)> _deadlines = [];

    public ulong Ticks { get; private set; }

    public ulong Time { get; set; }

    public void WakeAt(IAlarm alarm, ulong tick)
    {
        _deadlines.RemoveAll(deadline => deadline.Alarm == alarm);
        if (tick != ulong.MaxValue) _deadlines.Add((alarm, tick));
    }

    public void WakeAtTime(IAlarm alarm, ulong time) =>
        WakeAt(alarm, time == ulong.MaxValue || time <= Time ? time : Ticks + (time - Time));

    public void TurnTo(ulong tick)
    {
        Time += tick - Ticks;
        Ticks = tick;
        while (_deadlines.Find(deadline => deadline.Tick <= tick) is { Alarm: not null } due)
        {
            _deadlines.Remove(due);
            due.Alarm.Elapsed(due.Tick);
        }
    }
}
