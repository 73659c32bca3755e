using Verification.Framework.Booting;
using Verification.Framework.Observing;
using Verification.Machine;
using Verification.Machine.Harts;

namespace Verification.Framework.Explaining;

/// <summary>
/// Why a boot failed, found out by running the same machine again with every observer attached. Since a run is a pure
/// function of its machine, the second one fails at the same instruction; it then goes on, to see what came of it.
/// </summary>
internal sealed class Explanation
{
    private const ulong AftermathInstructions = 20_000_000;

    private Explanation(BootResult result, Evidence evidence, IReadOnlyList<CallFrame> chain,
        IReadOnlyList<(ulong HartId, IReadOnlyList<HartEvent> Events)> events, BootFailure? aftermath, string aftermathConsole, ulong stackPointer, StackRange? stack)
    {
        (Result, Evidence, Chain, Events) = (result, evidence, chain, events);
        (Aftermath, AftermathConsole, StackPointer, Stack) = (aftermath, aftermathConsole, stackPointer, stack);
    }

    public BootResult Result { get; }

    public Evidence Evidence { get; }

    /// <summary>The calls that the failing hart was in.</summary>
    public IReadOnlyList<CallFrame> Chain { get; }

    /// <summary><c>sp</c> of the failing hart.</summary>
    public ulong StackPointer { get; }

    /// <summary>The stack that the failing hart was on, or has left.</summary>
    public StackRange? Stack { get; }

    /// <summary>What each hart did last before the failure.</summary>
    public IReadOnlyList<(ulong HartId, IReadOnlyList<HartEvent> Events)> Events { get; }

    /// <summary>How the machine would have ended, had nobody stopped it at a breach of its stack.</summary>
    public BootFailure? Aftermath { get; }

    /// <summary>What it printed after the breach.</summary>
    public string AftermathConsole { get; }

    /// <summary>Runs a failed boot again.</summary>
    /// <exception cref="InvalidOperationException">The second run went another way: the model is not deterministic.</exception>
    public static Explanation Of(BootResult result)
    {
        using var board = KernelBoot.Start(result.Kernel, result.Machine);
        var watch = new BootWatch(result.Kernel, board, BreachPolicy.Stop);
        var evidence = new Evidence();
        var observer = new ExplainingObserver(watch, evidence);
        var (verdict, failure) = new BootRun<ExplainingObserver>(result.Kernel, board, watch, observer, result.Limits).ToVerdict();
        if (verdict != result.Verdict || board.Retired != result.Instructions || board.StateHash() != result.StateHash)
            throw new InvalidOperationException(
                $"the second run of the same machine ended after {board.Retired:N0} instructions in another state than the first one, after {result.Instructions:N0}");

        var hart = HartOf(failure) is { } id ? board.FindHart(id) : board.Harts.FirstOrDefault(h => h.RunState == HartRunState.Running);
        IReadOnlyList<CallFrame> chain = hart is null ? [] : [.. evidence.Calls.Of(hart.Id)];
        ulong stackPointer = failure is BootFailure.OutOfStack o ? o.Breach.StackPointer : hart?.GetRegister(2) ?? 0;
        var stack = failure is BootFailure.OutOfStack left ? left.Breach.Stack : hart is null ? null : watch.Stacks.StackOf(hart);
        var events = evidence.Events.HartIds.Select(h => (h, (IReadOnlyList<HartEvent>)[.. evidence.Events.Of(h)])).ToList();
        string console = board.ConsoleOutput;

        BootFailure? aftermath = null;
        if (failure is BootFailure.OutOfStack)
        {
            watch.ForgetRules();
            var limits = result.Limits with { BudgetInstructions = AftermathInstructions };
            (_, aftermath) = new BootRun<ExplainingObserver>(result.Kernel, board, watch, observer, limits).ToVerdict();
        }

        return new Explanation(result, evidence, chain, events, aftermath, board.ConsoleOutput[console.Length..], stackPointer, stack);
    }

    private static ulong? HartOf(BootFailure? failure) => failure switch
    {
        BootFailure.OutOfStack f => f.Breach.HartId,
        BootFailure.Lock f => f.Breach.HartId,
        BootFailure.Page f => f.Breach.Page.HartId,
        BootFailure.Panic f => f.HartId,
        BootFailure.FaultLoop f => f.HartId,
        BootFailure.Hang f => f.Finding.Loops.Select(l => (ulong?)l.HartId).FirstOrDefault(),
        _ => null,
    };
}
