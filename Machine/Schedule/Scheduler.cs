using Verification.Machine.State;

namespace Verification.Machine.Schedule;

/// <summary>Makes schedulers from their choices.</summary>
public static class Scheduler
{
    /// <summary>The scheduler that a choice describes.</summary>
    /// <exception cref="ArgumentException">A quantum is 0, or the range is empty.</exception>
    public static IScheduler Of(ScheduleChoice choice) => choice switch
    {
        ScheduleChoice.Interleaved interleaved => new InterleavedScheduler(interleaved),
        ScheduleChoice.RoundRobin roundRobin => new RoundRobinScheduler(roundRobin.Quantum),
        ScheduleChoice.Recorded recorded => new RecordedScheduler(recorded.Record),
        _ => throw new ArgumentException($"There is no scheduler for {choice}."),
    };
}

/// <summary>Random words by position: word n of a seed is a function of both, so that its state is a counter.</summary>
internal struct CounterRandom(ulong seed)
{
    private readonly ulong _start = StateHasher.Mix(seed);
    private ulong _counter;

    internal ulong Next() => StateHasher.Mix(_start + ++_counter * 0x9E3779B97F4A7C15);

    /// <summary>A word below <paramref name="bound"/>; the bias is below 2^-32 for the bounds that occur.</summary>
    internal ulong Below(ulong bound) => Math.BigMul(Next(), bound, out _);

    internal void Restart() => _counter = 0;

    internal void Transfer(StateTransfer transfer) => transfer.Value(ref _counter);
}
