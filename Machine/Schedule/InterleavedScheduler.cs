using Verification.Machine.State;

namespace Verification.Machine.Schedule;

/// <summary>A random hart for a random number of instructions.</summary>
internal sealed class InterleavedScheduler : IScheduler
{
    private readonly ulong _shortest;
    private readonly ulong _width;
    private CounterRandom _random;

    internal InterleavedScheduler(ScheduleChoice.Interleaved choice)
    {
        if (choice.QuantumMin == 0 || choice.QuantumMax < choice.QuantumMin)
            throw new ArgumentException($"A turn of {choice.QuantumMin} to {choice.QuantumMax} instructions is impossible.");
        (_shortest, _width) = (choice.QuantumMin, choice.QuantumMax - choice.QuantumMin + 1);
        _random = new CounterRandom(choice.Seed);
    }

    public SchedulerChoice Next(ReadOnlySpan<int> runnable, ulong retired)
    {
        var hart = runnable[(int)_random.Below((ulong)runnable.Length)];
        return new SchedulerChoice(hart, _shortest + (_width == 0 ? _random.Next() : _random.Below(_width)));
    }

    public ulong RandomWord() => _random.Next();

    public void NewRun() => _random.Restart();

    public void Transfer(StateTransfer transfer) => _random.Transfer(transfer);
}
