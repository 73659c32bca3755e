using Verification.Machine.Devices;
using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>
/// Virtual time: 100 executed instructions of whichever hart are one tick of the 10 MHz timebase (1 ns an instruction, as
/// QEMU's <c>-icount shift=0</c>); while no hart can run, time jumps to the next deadline.
/// </summary>
public sealed class BoardClock : IClock, IStateful
{
    /// <summary>Instructions to a tick.</summary>
    public const ulong InstructionsPerTick = 100;

    /// <summary>Ticks of the timebase in a second.</summary>
    public const ulong TicksPerSecond = 10_000_000;

    /// <inheritdoc/>
    public ulong Ticks => throw new NotImplementedException();

    /// <inheritdoc/>
    public void WakeAt(IAlarm alarm, ulong tick) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer) => throw new NotImplementedException();
}
