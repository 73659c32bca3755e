using System.Globalization;
using Verification.Framework.Kernels;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Machine.Harts;

namespace Verification.Framework.Booting;

/// <summary>
/// Runs a started machine to a verdict, slice by slice: after each slice it looks at the console, and where nothing new
/// stands there it tries to prove a hang.
/// </summary>
internal sealed class BootRun<TObserver>(
    KernelDescription kernel, Board board, BootWatch watch, TObserver observer, BootLimits limits)
    where TObserver : struct, IObserver
{
    private const ulong FirstSlice = 50_000;
    private const ulong LongestSlice = 4_000_000;
    private const ulong ProofSlice = 2_000;
    // Enough for loops of some thousand instructions, and soon over where the machine is alive.
    private const ulong ProofInstructionsPerHart = 50_000;
    private const int ProofDisturbances = 64;

    private ulong _start = board.Retired;
    private ulong _slice = FirstSlice;
    private ulong _left = FirstSlice;
    private ulong? _markerAt;
    private int _consoleLength;

    /// <summary>Runs until there is a verdict.</summary>
    public (BootVerdict Verdict, BootFailure? Failure) ToVerdict() => RunTo(ulong.MaxValue)!.Value;

    /// <summary>Runs until the board has executed so many instructions.</summary>
    /// <returns>The verdict, if it comes before.</returns>
    public (BootVerdict Verdict, BootFailure? Failure)? RunTo(ulong retired)
    {
        while (board.Retired < retired)
        {
            ulong before = board.Retired;
            ulong most = Math.Min(_left, Remaining);
            var reason = board.Run(Math.Min(most, retired - before), observer);
            if (reason is not StopReason.Budget) return AtEnd(reason);
            _left -= board.Retired - before;
            if (board.Retired - before < most) continue;
            _left = _slice = Math.Min(_slice * 2, LongestSlice);
            if (Panicked() is { } panic) return (BootVerdict.Failed, panic);
            if (MarkerIsThere()) _markerAt ??= board.Retired;
            if (Remaining == 0) return OutOfBudget();
            if (!ConsoleGrew() && ProveHang() is { } end) return end;
        }

        return null;
    }

    /// <summary>The same run, as far as it has come, of another machine in the same state.</summary>
    public BootRun<TObserver> Fork(Board other, BootWatch otherWatch, TObserver otherObserver) =>
        new(kernel, other, otherWatch, otherObserver, limits)
        {
            _start = _start,
            _slice = _slice,
            _left = _left,
            _markerAt = _markerAt,
            _consoleLength = _consoleLength,
        };

    private ulong Remaining
    {
        get
        {
            ulong left = _start + limits.BudgetInstructions - board.Retired;
            if (_markerAt is not { } at || kernel.Ending != GoodEnding.AnyRest) return left;
            ulong settled = at + limits.AfterMarkerInstructions;
            return Math.Min(left, settled > board.Retired ? settled - board.Retired : 0);
        }
    }

    private (BootVerdict, BootFailure?) AtEnd(StopReason reason) => reason switch
    {
        StopReason.ObserverStop stop => (BootVerdict.Failed, Found(stop.Finding)),
        _ when Panicked() is { } panic => (BootVerdict.Failed, panic),
        StopReason.PowerOff { Code: 0 } => AtRest(Ended.ByPowerOff),
        StopReason.PowerOff off => (BootVerdict.Failed, new BootFailure.EndedEarly($"switched the machine off with failure code {off.Code}")),
        StopReason.Reset => (BootVerdict.Failed, new BootFailure.EndedEarly("asked for a reset")),
        StopReason.HostExit { Code: 1 } => (BootVerdict.Passed, null),
        StopReason.HostExit exit => (BootVerdict.Failed, new BootFailure.EndedEarly($"stored {exit.Code} to tohost: case {exit.Code >> 1} failed")),
        StopReason.Idle => AtRest(Ended.ByWaiting),
        _ => throw new InvalidOperationException($"no verdict is known for {reason}"),
    };

    /// <summary>The machine does nothing any more: is that what a good boot comes to?</summary>
    private (BootVerdict, BootFailure?) AtRest(Ended end)
    {
        if (kernel.Marker is { } marker && !MarkerIsThere())
            return (BootVerdict.Failed, end == Ended.ByPowerOff
                ? new BootFailure.EndedEarly($"switched the machine off without having printed \"{marker}\"")
                : new BootFailure.Rest(Positions()));
        if (kernel.Marker is null && end != Ended.ByPowerOff)
            return (BootVerdict.DidNotFinish, new BootFailure.Rest(Positions()));
        if (kernel.Ending == GoodEnding.PowerOff && end != Ended.ByPowerOff)
            return (BootVerdict.Failed, new BootFailure.Incomplete("the machine was not switched off"));
        if (Complete() is { } missing) return (BootVerdict.Failed, missing);
        return new AllocatorDrain<TObserver>(kernel, board, watch, observer).Run() is { } finding
            ? (BootVerdict.Failed, Found(finding)) : (BootVerdict.Passed, null);
    }

    /// <summary>Every started hart accounted for, every lock free.</summary>
    private BootFailure? Complete()
    {
        foreach (var (watched, owner) in watch.Locks?.Owners ?? [])
            if (owner is { } holder) return new BootFailure.Incomplete($"hart {holder} still holds the lock {watched.Symbol}");
        string[] printed = board.ConsoleOutput.Split('\n');
        foreach (var hart in board.Configuration.Harts.Where(h => h.Status == HartStatus.Okay && kernel.HartLines.Count > 0))
        {
            var lines = kernel.HartLines.Select(l => string.Format(CultureInfo.InvariantCulture, l, hart.Id)).ToList();
            if (!lines.Exists(l => printed.Any(p => p.StartsWith(l, StringComparison.Ordinal))))
                return new BootFailure.Incomplete($"hart {hart.Id} never printed \"{lines[0]}\"");
        }

        return null;
    }

    private (BootVerdict, BootFailure?) OutOfBudget()
    {
        ulong used = board.Retired - _start;
        if (_markerAt is not null && kernel.Ending == GoodEnding.AnyRest) return (BootVerdict.Passed, null);
        string why = _markerAt is not null ? $"\"{kernel.Marker}\" was printed, but the machine was not switched off"
            : kernel.Marker is { } marker ? $"\"{marker}\" was never printed, and no hang could be proven"
            : "the machine was never switched off, and no marker is known that would tell a good boot";
        return (BootVerdict.DidNotFinish, new BootFailure.BudgetEnded(used, why));
    }

    private BootFailure Found(object finding) => finding switch
    {
        StackBreach breach => new BootFailure.OutOfStack(breach),
        LockBreach breach => new BootFailure.Lock(breach),
        PageBreach breach => new BootFailure.Page(breach),
        BootFailure failure => failure,
        PanicEntry entry => new BootFailure.Panic(entry.HartId, MessageAfter(entry)),
        _ => throw new InvalidOperationException($"no failure is known for {finding}"),
    };

    /// <summary>Lets a kernel that has entered its panic function print the message.</summary>
    private string MessageAfter(PanicEntry entry)
    {
        int before = board.ConsoleOutput.Length;
        ulong end = board.Retired + limits.AfterPanicInstructions;
        while (board.Retired < end && board.Run(Math.Min(10_000, end - board.Retired)) is StopReason.Budget)
            if (board.ConsoleOutput.AsSpan(before).Contains('\n')) break;
        string text = board.ConsoleOutput[before..].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
        return text.Length > 0 ? text : $"{entry.Symbol} was called, and printed nothing";
    }

    private BootFailure? Panicked()
    {
        foreach (string line in board.ConsoleOutput.Split('\n'))
            if (kernel.PanicTexts.Any(t => line.Contains(t, StringComparison.OrdinalIgnoreCase)))
                return new BootFailure.Panic(null, line.Trim());
        return null;
    }

    private bool MarkerIsThere() =>
        kernel.Marker is { } marker && board.ConsoleOutput.Contains(marker, StringComparison.Ordinal);

    private bool ConsoleGrew()
    {
        int before = _consoleLength;
        _consoleLength = board.ConsoleOutput.Length;
        return _consoleLength > before;
    }

    private (BootVerdict, BootFailure?)? ProveHang()
    {
        // On a fork: the proof must not use up the boot's own instructions, nor hide a step from its observers.
        using var fork = board.LookAhead();
        var proof = new HangProof(fork);
        ulong most = ProofInstructionsPerHart * (ulong)board.Harts.Count(h => h.RunState == HartRunState.Running);
        ulong end = fork.Retired + most;
        while (fork.Retired < end && proof.Disturbances < ProofDisturbances)
            if (fork.Run(ProofSlice, new HangObserver(proof)) is not StopReason.Budget) break;
        if (proof.Finding is not { } finding) return null;
        if (_markerAt is not null && kernel.Ending == GoodEnding.AnyRest) return (BootVerdict.Passed, null);
        bool isUnknown = kernel.Marker is null
            && finding.Loops.All(l => l.HartId != board.Configuration.BootHartId || l.Reads.Count == 0);
        return (isUnknown ? BootVerdict.DidNotFinish : BootVerdict.Failed, new BootFailure.Hang(finding));
    }

    private List<HartAtRest> Positions() =>
        [.. board.Harts.Select(h => new HartAtRest(h.Id, h.RunState, h.Pc, h.Retired))];

    private enum Ended
    {
        ByPowerOff,
        ByWaiting,
    }
}
