using Verification.Machine.State;

namespace Verification.Machine.Schedule;

/// <summary>One hart after the other, for turns of one length.</summary>
internal sealed class RoundRobinScheduler : IScheduler
{
    private readonly ulong _quantum;
    private CounterRandom _random;
    private int _last = -1;
    private int _place;

    internal RoundRobinScheduler(ulong quantum)
    {
        if (quantum == 0) throw new ArgumentException("A turn of 0 instructions is impossible.");
        _quantum = quantum;
    }

    public SchedulerChoice Next(ReadOnlySpan<int> runnable, ulong retired)
    {
        // Mostly the harts are those of the last turn.
        var place = (uint)_place < (uint)runnable.Length && runnable[_place] == _last ? _place + 1 : FirstAbove(_last, runnable);
        _place = place < runnable.Length ? place : 0;
        _last = runnable[_place];
        return new SchedulerChoice(_last, _quantum);
    }

    public ulong RandomWord() => _random.Next();

    public void NewRun()
    {
        _random.Restart();
        _last = -1;
    }

    public void Transfer(StateTransfer transfer)
    {
        _random.Transfer(transfer);
        transfer.Value(ref _last);
    }
    private static int FirstAbove(int hart, ReadOnlySpan<int> runnable)
    {
        var at = runnable.BinarySearch(hart + 1);
        return at < 0 ? ~at : at;
    }
}
