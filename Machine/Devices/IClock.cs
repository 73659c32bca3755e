namespace Verification.Machine.Devices;

/// <summary>The board's time: virtual, a function of the instructions executed. Devices know no other.</summary>
public interface IClock
{
    /// <summary>Ticks of the 10 MHz timebase since reset.</summary>
    ulong Ticks { get; }

    /// <summary>What <c>mtime</c> and <c>time</c> show: the ticks, until a guest writes <c>mtime</c>.</summary>
    ulong Time { get; set; }

    /// <summary>Sets the one deadline of <paramref name="alarm"/>, in place of its earlier one. A deadline that is not in the
    /// future elapses before the next instruction; <see cref="ulong.MaxValue"/> is none. Deadlines are state of who set
    /// them: after a restore each one sets its own anew.</summary>
    void WakeAt(IAlarm alarm, ulong tick);

    /// <summary>As <see cref="WakeAt"/>, for when <see cref="Time"/> shows this: a deadline that moves when time is written.</summary>
    void WakeAtTime(IAlarm alarm, ulong time);
}

/// <summary>Who is woken by the clock.</summary>
public interface IAlarm
{
    /// <summary>The deadline has come. It has been removed already.</summary>
    void Elapsed(ulong tick);
}
