using Verification.Framework.Booting;
using Verification.Framework.Observing;

namespace Verification.Framework.Explaining;

/// <summary>The calls that a failing hart was in, each with the stack that its frame took.</summary>
internal sealed record StackChain(IReadOnlyList<StackChain.Call> Lines, StackRange? Stack)
{
    /// <summary>A function at one of its instructions.</summary>
    /// <param name="Pc">The instruction: a call, or the place of the failure.</param>
    /// <param name="FrameBytes">What the function had taken of the stack; unknown where the stack changed meanwhile.</param>
    /// <param name="Note">What is to be said besides.</param>
    internal sealed record Call(ulong Pc, long? FrameBytes, string? Note);

    /// <summary>The chain of an explained failure, outermost first.</summary>
    public static StackChain Of(Explanation explanation, CodePlaces places)
    {
        (ulong? end, ulong? pc) = explanation.Result.Failure switch
        {
            BootFailure.OutOfStack f => (explanation.StackPointer, f.Breach.Pc),
            BootFailure.Lock f => (explanation.StackPointer, f.Breach.Pc),
            BootFailure.Page f => (explanation.StackPointer, f.Breach.Page.Pc),
            BootFailure.FaultLoop f => (null, f.First.Pc),
            BootFailure.Hang f => (explanation.StackPointer, f.Finding.Loops[0].Instructions.FirstOrDefault()),
            BootFailure.Panic => (explanation.StackPointer, null),
            _ => ((ulong?)null, (ulong?)null),
        };
        var frames = explanation.Chain.ToList();
        if (explanation.Result.Failure is BootFailure.FaultLoop fault)
        {
            int trapped = frames.FindIndex(f => f.Entry == FrameEntry.Trap && f.CallSite == fault.First.Pc);
            if (trapped >= 0)
            {
                end = frames[trapped].StackPointer;
                frames.RemoveRange(trapped, frames.Count - trapped);
            }
        }

        var stack = explanation.Stack;
        var lines = new List<Call>();
        ulong? entry = stack?.HighAddress;
        foreach (var frame in frames)
        {
            lines.Add(new Call(frame.CallSite, Size(entry, frame.StackPointer, stack), frame.Entry == FrameEntry.Trap ? "trapped here" : null));
            entry = frame.StackPointer;
        }

        if (pc is { } here && end is { } lowest) lines.Add(new Call(here, Size(entry, lowest, stack), null));
        return new StackChain(lines, stack);
    }

    private static long? Size(ulong? entry, ulong stackPointer, StackRange? stack)
    {
        if (entry is not { } high || high < stackPointer || high - stackPointer > 1 << 30) return null;
        return stack is null || high <= stack.HighAddress ? (long)(high - stackPointer) : null;
    }
}
