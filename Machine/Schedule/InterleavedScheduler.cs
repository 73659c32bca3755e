using Verification.Machine.State;

namespace Verification.Machine.Schedule;

/// <summary>A random hart for a random number of instructions.</summary>
internal sealed class InterleavedScheduler : IScheduler
{
    private readonly ScheduleChoice.Interleaved _choice;
    private CounterRandom _random;

    internal InterleavedScheduler(ScheduleChoice.Interleaved choice)
    {
        if (choice.QuantumMin == 0 || choice.QuantumMax < choice.QuantumMin)
            throw new ArgumentException($"A turn of {choice.QuantumMin} to {choice.QuantumMax} instructions is impossible.");
        _choice = choice;
        _random = new CounterRandom(choice.Seed);
    }

    public SchedulerChoice Next(ReadOnlySpan<int> runnable, ulong retired)
    {
        var hart = runnable[(int)_random.Below((ulong)runnable.Length)];
        var width = _choice.QuantumMax - _choice.QuantumMin + 1;
        return new SchedulerChoice(hart, _choice.QuantumMin + (width == 0 ? _random.Next() : _random.Below(width)));
    }

    public ulong RandomWord() => _random.Next();

    public void NewRun() => _random.Restart();

    public void Transfer(StateTransfer transfer) => _random.Transfer(transfer);
}
