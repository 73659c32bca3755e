using Verification.Machine.State;

namespace Verification.Machine.Schedule;

/// <summary>The turns of a run, in order: printable, parsable, shrinkable.</summary>
/// <param name="Turns">Which hart executed how many instructions.</param>
public sealed record ScheduleRecord(ValueList<SchedulerChoice> Turns)
{
    /// <summary>No turn at all.</summary>
    public static ScheduleRecord Empty { get; } = new(ValueList<SchedulerChoice>.Empty);

    /// <summary>As <c>0x1500 1x20 0x7</c>: hart, <c>x</c>, instructions.</summary>
    public override string ToString() => string.Join(' ', Turns.Select(turn => $"{turn.Hart}x{turn.Quantum}"));
}
