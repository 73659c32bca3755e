using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Machine.Schedule;

namespace Verification.Framework.Booting;

/// <summary>
/// Boots of machines that differ in their schedules alone: what they have in common is booted once, watched as ever, and each
/// machine goes on from there. The results are those of <see cref="KernelBoot"/>.
/// </summary>
public sealed class SharedBoot
{
    // Below this, a fork costs as much as it saves.
    private const ulong LeastInstructions = 2_000;

    // A beginning that does not end here is long enough; a kernel that hangs in it has none.
    private const ulong MostInstructions = 2_000_000;

    private readonly KernelDescription _kernel;
    private readonly BootLimits _limits;
    private readonly SchedulePrefix _prefix;
    private readonly BootWatch _watch;
    private readonly BootRun<BootObserver> _run;

    private SharedBoot(KernelDescription kernel, BootLimits limits, SchedulePrefix prefix, BootWatch watch, BootRun<BootObserver> run) =>
        (_kernel, _limits, _prefix, _watch, _run) = (kernel, limits, prefix, watch, run);

    /// <summary>How many instructions are common.</summary>
    public ulong Instructions => _prefix.Instructions;

    /// <summary>Boots the beginning.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="machine">One of the machines.</param>
    /// <param name="limits">How long a boot may go on.</param>
    /// <returns>Nothing where there is little in common.</returns>
    /// <exception cref="KernelDescriptionException">The description does not fit the image.</exception>
    /// <exception cref="ArgumentException">The machine is impossible, or the image does not fit into it.</exception>
    public static SharedBoot? TryBegin(KernelDescription kernel, BoardConfiguration machine, BootLimits limits)
    {
        var prefix = SchedulePrefix.Find(machine, kernel.Image, Math.Min(MostInstructions, limits.BudgetInstructions));
        if (prefix.Instructions < LeastInstructions) return null;
        using var board = KernelBoot.Start(kernel, machine);
        var watch = new BootWatch(kernel, board, BreachPolicy.Stop);
        var run = new BootRun<BootObserver>(kernel, board, watch, new BootObserver(watch), limits);
        if (run.RunTo(prefix.Instructions) is not null) return null;
        prefix.EndsAt(board);
        return new SharedBoot(kernel, limits, prefix, watch, run);
    }

    /// <summary>Whether a machine begins like this.</summary>
    public bool IsOf(BoardConfiguration machine) => _prefix.IsOf(machine);

    /// <summary>Boots the machine with another schedule.</summary>
    public BootResult Run(ScheduleChoice schedule) => Run(schedule, Digested.Always);

    internal BootResult Run(ScheduleChoice schedule, Digested digested)
    {
        using var board = _prefix.Continue(schedule);
        var watch = _watch.Fork();
        var (verdict, failure) = _run.Fork(board, watch, new BootObserver(watch)).ToVerdict();
        return KernelBoot.Result(_kernel, board, watch, _limits, verdict, failure, digested);
    }
}
