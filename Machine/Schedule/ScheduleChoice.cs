namespace Verification.Machine.Schedule;

/// <summary>How harts are interleaved: a value that can be printed, parsed and made simpler.</summary>
public abstract record ScheduleChoice
{
    private protected ScheduleChoice()
    {
    }

    /// <summary>The default: random turns of 1,000 to 20,000 instructions, from seed 0.</summary>
    public static ScheduleChoice Default { get; } = new Interleaved(0, 1_000, 20_000);

    /// <summary>A random hart for a random number of instructions, from a seed.</summary>
    /// <param name="Seed">Start of the random stream.</param>
    /// <param name="QuantumMin">Shortest turn, in instructions; at least 1.</param>
    /// <param name="QuantumMax">Longest turn, in instructions.</param>
    public sealed record Interleaved(ulong Seed, ulong QuantumMin, ulong QuantumMax) : ScheduleChoice
    {
        /// <inheritdoc/>
        public override string ToString() => $"interleaved:{Seed}:{QuantumMin}-{QuantumMax}";
    }

    /// <summary>One hart after the other.</summary>
    /// <param name="Quantum">Length of each turn, in instructions; at least 1.</param>
    public sealed record RoundRobin(ulong Quantum) : ScheduleChoice
    {
        /// <inheritdoc/>
        public override string ToString() => $"round-robin:{Quantum}";
    }

    /// <summary>The turns that are written down, then round robin.</summary>
    /// <param name="Record">The turns.</param>
    public sealed record Recorded(ScheduleRecord Record) : ScheduleChoice
    {
        /// <inheritdoc/>
        public override string ToString() => $"recorded:{Record}";
    }
}
