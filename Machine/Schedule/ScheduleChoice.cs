using System.Globalization;

namespace Verification.Machine.Schedule;

/// <summary>How harts are interleaved: a value that can be printed, parsed and made simpler.</summary>
public abstract record ScheduleChoice
{
    private protected ScheduleChoice()
    {
    }

    /// <summary>The default: random turns of 1,000 to 20,000 instructions, from seed 0.</summary>
    public static ScheduleChoice Default { get; } = new Interleaved(0, 1_000, 20_000);

    /// <summary>Reads what <c>ToString</c> writes.</summary>
    /// <exception cref="FormatException">A sentence that says what is wrong.</exception>
    public static ScheduleChoice Parse(string text)
    {
        var parts = text.Split(':', 2);
        if (parts is ["recorded", var record]) return new Recorded(ScheduleRecord.Parse(record));
        if (parts is ["round-robin", var quantum] && TryNumber(quantum, out var turn) && turn > 0) return new RoundRobin(turn);
        if (parts is ["interleaved", var rest] && rest.Split(':', '-') is [var seed, var shortest, var longest]
            && TryNumber(seed, out var start) && TryNumber(shortest, out var min) && TryNumber(longest, out var max)
            && min > 0 && max >= min)
            return new Interleaved(start, min, max);
        throw new FormatException($"'{text}' is no schedule: say interleaved:SEED:MIN-MAX, round-robin:N or recorded:0x100 1x20.");
    }

    private static bool TryNumber(string text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

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
