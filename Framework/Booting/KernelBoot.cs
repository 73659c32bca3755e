using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Machine.Devices;

namespace Verification.Framework.Booting;

/// <summary>Boots a kernel on a machine, watched from its first instruction on.</summary>
public static class KernelBoot
{
    /// <summary>Boots until there is a verdict. Same kernel, machine and limits: same result, state hash included.</summary>
    /// <exception cref="KernelDescriptionException">The description does not fit the image.</exception>
    /// <exception cref="ArgumentException">The machine is impossible, or the image does not fit into it.</exception>
    public static BootResult Run(KernelDescription kernel, BoardConfiguration machine, BootLimits? limits = null) =>
        Run(kernel, machine, limits ?? new BootLimits(), Digested.Always);

    internal static BootResult Run(KernelDescription kernel, BoardConfiguration machine, BootLimits limits, Digested digested)
    {
        using var board = Start(kernel, machine);
        var watch = new BootWatch(kernel, board, BreachPolicy.Stop);
        var run = new BootRun<BootObserver>(kernel, board, watch, new BootObserver(watch), limits);
        var (verdict, failure) = run.ToVerdict();
        return Result(kernel, board, watch, limits, verdict, failure, digested);
    }

    /// <summary>The machine with the kernel in place, before the first instruction.</summary>
    public static Board Start(KernelDescription kernel, BoardConfiguration machine) => Board.Boot(machine, kernel.Image);

    internal static BootResult Result(KernelDescription kernel, Board board, BootWatch watch, BootLimits limits,
        BootVerdict verdict, BootFailure? failure, Digested digested)
    {
        var result = new BootResult
        {
            Kernel = kernel,
            Machine = board.Configuration,
            Limits = limits,
            Verdict = verdict,
            Failure = failure,
            Console = board.ConsoleOutput,
            Instructions = board.Retired,
            Ticks = board.Ticks,
            Stacks = [.. watch.Stacks.Depths],
            Harts = [.. board.Harts.Select(h => new HartAtRest(h.Id, h.RunState, h.Pc, h.Retired))],
        };
        return verdict == BootVerdict.Passed && digested == Digested.WhenFailed ? result : result with { StateHash = board.StateHash() };
    }
}

/// <summary>Whose state at the end is digested: a campaign's good boots are many, and nobody asks.</summary>
internal enum Digested
{
    Always,
    WhenFailed,
}
