using Verification.Machine.State;

namespace Verification.Machine.Schedule;

/// <summary>
/// Repeats turns that were written down. A turn of a hart that can't run is left out, and behind the record it goes on
/// round robin: so a record that was made shorter is still a schedule.
/// </summary>
internal sealed class RecordedScheduler(ScheduleRecord record) : IScheduler
{
    private const ulong QuantumBehind = 10_000;

    private readonly RoundRobinScheduler _behind = new(QuantumBehind);
    private int _position;

    public SchedulerChoice Next(ReadOnlySpan<int> runnable, ulong retired)
    {
        while (_position < record.Turns.Count)
        {
            var turn = record.Turns[_position++];
            if (turn.Quantum != 0 && runnable.BinarySearch(turn.Hart) >= 0) return turn;
        }
        return _behind.Next(runnable, retired);
    }

    public ulong RandomWord() => _behind.RandomWord();

    public void NewRun()
    {
        _position = 0;
        _behind.NewRun();
    }

    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _position);
        _behind.Transfer(transfer);
    }
}
