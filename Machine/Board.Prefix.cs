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
        Settle(beginning);
        if (seedAddress is { } address) Memory.Write(address, BoardDevicetree.SeedOf(Configuration.Schedule));

        // One hart could run, so that each turn was its own: only how many were drawn depends on the schedule.
        _turn = default;
        for (var retired = 0UL; retired < _retired;)
        {
            if (_turn.Quantum == 0) _turn = _scheduler.Next(_runnable.Positions, retired);
            var executed = Math.Min(_turn.Quantum, _retired - retired);
            _turn = _turn with { Quantum = _turn.Quantum - executed };
            retired += executed;
        }
    }

    private void UseChoice()
    {
        if (!_seeksChoice) return;
        _beforeChoice ??= Retired;
        RequestStop(new StopReason.ObserverStop("a choice is used"));
    }
}
