using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;

namespace Verification.Machine;

/// <summary>The machine: harts, memory and devices, run as a pure function of configuration, image and choices.</summary>
public sealed partial class Board : IDisposable
{
    /// <summary>A board at power-on: memory is empty, and every hart is stopped.</summary>
    /// <exception cref="ArgumentException">A sentence that says what of the configuration is impossible.</exception>
    public Board(BoardConfiguration configuration) => throw new NotImplementedException();

    /// <summary>What was built.</summary>
    public BoardConfiguration Configuration => throw new NotImplementedException();

    /// <summary>The harts, in the order of the configuration.</summary>
    public IReadOnlyList<Hart> Harts => throw new NotImplementedException();

    /// <summary>The hart with this <c>mhartid</c>, or null.</summary>
    public Hart? FindHart(ulong id) => throw new NotImplementedException();

    /// <summary>Physical memory.</summary>
    public PhysicalMemory Memory => throw new NotImplementedException();

    /// <summary>The devices, by address.</summary>
    public Bus Bus => throw new NotImplementedException();

    /// <summary>Virtual time.</summary>
    public BoardClock Clock => throw new NotImplementedException();

    /// <summary>Ticks of the 10 MHz timebase since reset.</summary>
    public ulong Ticks => throw new NotImplementedException();

    /// <summary>Instructions executed by all harts.</summary>
    public ulong Retired => throw new NotImplementedException();

    /// <summary>Who serves S-mode's environment calls; null leaves them to M-mode.</summary>
    public ISupervisorFirmware? Firmware { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }

    /// <summary>A word whose first store of something else than 0 ends the run with <see cref="StopReason.HostExit"/> (<c>tohost</c>).</summary>
    public ulong? HostExitAddress { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }

    /// <summary>The turns that were taken since <see cref="RecordSchedule"/>.</summary>
    public ScheduleRecord ScheduleTaken => throw new NotImplementedException();

    /// <summary>Writes down each turn from now on.</summary>
    public void RecordSchedule() => throw new NotImplementedException();

    /// <summary>A word from the stream of choices.</summary>
    public ulong RandomWord() => throw new NotImplementedException();

    /// <summary>Ends the run after this instruction: devices and firmware call it.</summary>
    public void RequestStop(StopReason reason) => throw new NotImplementedException();

    /// <summary>Runs for exactly this many instructions, unless something ends the run earlier.</summary>
    public StopReason Run(ulong budget) => throw new NotImplementedException();

    /// <summary>Runs under an observer. The machine does exactly what it does without.</summary>
    public StopReason Run<TObserver>(ulong budget, TObserver observer) where TObserver : struct, IObserver =>
        throw new NotImplementedException();

    /// <summary>Remembers the whole machine.</summary>
    public BoardSnapshot Save() => throw new NotImplementedException();

    /// <summary>Makes the machine what it was.</summary>
    public void Restore(BoardSnapshot snapshot) => throw new NotImplementedException();

    /// <summary>A second machine in the same state.</summary>
    public Board Fork() => throw new NotImplementedException();

    /// <summary>A digest of all of the machine's state.</summary>
    public ulong StateHash() => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
