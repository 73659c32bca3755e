using Verification.Machine.State;

namespace Verification.Machine.Schedule;

/// <summary>Decides which hart executes, and for how long: the only source of nondeterminism that a guest can see.</summary>
public interface IScheduler : IStateful
{
    /// <summary>Chooses among the harts that can run; not asked while there is but one.</summary>
    /// <param name="runnable">Positions of the harts, ascending; at least two.</param>
    /// <param name="retired">Instructions executed by all harts so far.</param>
    SchedulerChoice Next(ReadOnlySpan<int> runnable, ulong retired);

    /// <summary>A word for whatever else a device or the model draws.</summary>
    ulong RandomWord();

    /// <summary>Starts anew, as at reset.</summary>
    void NewRun();
}

/// <summary>A decision: which hart, and how many instructions at most.</summary>
/// <param name="Hart">Position of the hart.</param>
/// <param name="Quantum">
/// Instructions until the next decision, of those that it executes while another hart could; at least 1.
/// </param>
public readonly record struct SchedulerChoice(int Hart, ulong Quantum);
