using System.Globalization;
using Verification.Machine.State;

namespace Verification.Machine.Schedule;

/// <summary>The turns of a run, in order: printable, parsable, shrinkable.</summary>
/// <param name="Turns">Which hart executed how many instructions while another could have.</param>
public sealed record ScheduleRecord(ValueList<SchedulerChoice> Turns)
{
    /// <summary>No turn at all.</summary>
    public static ScheduleRecord Empty { get; } = new(ValueList<SchedulerChoice>.Empty);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">A sentence that says which turn is wrong.</exception>
    public static ScheduleRecord Parse(string text)
    {
        var turns = new List<SchedulerChoice>();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var cross = word.IndexOf('x');
            if (cross < 0 || !int.TryParse(word.AsSpan(0, cross), NumberStyles.None, CultureInfo.InvariantCulture, out var hart)
                || !ulong.TryParse(word.AsSpan(cross + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var quantum)
                || quantum == 0)
                throw new FormatException($"'{word}' is no turn: a turn is written as 0x1500, hart 0 for 1500 instructions.");
            turns.Add(new SchedulerChoice(hart, quantum));
        }
        return new ScheduleRecord([.. turns]);
    }

    /// <summary>
    /// Simpler records to try in place of this one, most promising first: halves of it, one turn less, and neighbours of one
    /// hart joined. Each is shorter, so that shrinking ends.
    /// </summary>
    public IEnumerable<ScheduleRecord> Shrink()
    {
        var turns = Turns.ToArray();
        for (var size = turns.Length / 2; size >= 1; size /= 2)
            for (var at = 0; at + size <= turns.Length; at += size)
                yield return new ScheduleRecord([.. Joined([.. turns[..at], .. turns[(at + size)..]])]);
    }

    /// <summary>As <c>0x1500 1x20 0x7</c>: hart, <c>x</c>, instructions.</summary>
    public override string ToString() => string.Join(' ', Turns.Select(turn => $"{turn.Hart}x{turn.Quantum}"));

    private static List<SchedulerChoice> Joined(IEnumerable<SchedulerChoice> turns)
    {
        var joined = new List<SchedulerChoice>();
        foreach (var turn in turns)
        {
            if (joined.Count > 0 && joined[^1].Hart == turn.Hart)
                joined[^1] = turn with { Quantum = joined[^1].Quantum + turn.Quantum };
            else joined.Add(turn);
        }
        return joined;
    }
}
