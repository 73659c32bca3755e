using Verification.Machine.Harts;
using Verification.Machine.Schedule;
using Verification.Machine.State;

namespace Verification.Machine;

// What a board does for SchedulePrefix: it finds the first use of a choice, and begins behind it.
public sealed partial class Board
{
    private bool _seeksChoice;
    private ulong? _beforeChoice;

    /// <summary>Runs up to the first use of a choice, or so many instructions.</summary>
    /// <returns>How many instructions come before it. The board is no good for anything else.</returns>
    internal ulong RunBeforeChoice(ulong? seedAddress, ulong most)
    {
        if (_runnable.Count != 1) return 0;
        _seeksChoice = true;
        if (seedAddress is { } address) _code.WatchChoice(address, BoardDevicetree.SeedBytes, UseChoice);
        Run(most);
        return _beforeChoice ?? Retired;
    }

    /// <summary>Makes an unused board what it is behind the common beginning.</summary>
    internal void StartBehind(BoardSnapshot beginning, ulong? seedAddress)
    {
        Memory.Restore(beginning.Memory);
        var reader = new StateReader(beginning.State);
        Transfer(reader, Scheduler.Of(beginning.Configuration.Schedule));
        if (!reader.IsAtEnd) throw new InvalidOperationException("The beginning holds more state than the machine has.");
        Settle(beginning.HostInterface);
        if (seedAddress is { } address) Memory.Write(address, BoardDevicetree.SeedOf(Configuration.Schedule));
    }

    private void UseChoice()
    {
        if (!_seeksChoice) return;
        _beforeChoice ??= Retired;
        RequestStop(new StopReason.ObserverStop("a choice is used"));
    }
}
