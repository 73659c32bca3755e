using Verification.Machine.Harts;

namespace Verification.Framework.Observing;

/// <summary>
/// The calls that each hart is in, followed from the instructions themselves, so that it needs no debug information and
/// no frame pointer, and holds on a stack that has been overwritten.
/// </summary>
public sealed class CallTrace
{
    // A chain this deep is a recursion: its outer end is what a report shows, and the count of the rest.
    private const int MostFrames = 10_000;
    private readonly Dictionary<ulong, List<CallFrame>> _frames = [];

    /// <summary>The calls that a hart is in, outermost first.</summary>
    public IReadOnlyList<CallFrame> Of(ulong hartId) => _frames.GetValueOrDefault(hartId) ?? [];

    /// <summary>A call, return or jump.</summary>
    public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
    {
        switch (kind)
        {
            case TransferKind.Call:
                Push(hart, new CallFrame(from, to, hart.GetRegister(2), hart.GetRegister(1), FrameEntry.Call));
                break;
            case TransferKind.Return:
                var frames = Frames(hart);
                int match = frames.FindLastIndex(f => f.Entry == FrameEntry.Call && f.ReturnAddress == to);
                if (match >= 0) frames.RemoveRange(match, frames.Count - match);
                break;
            case TransferKind.TrapReturn:
                var all = Frames(hart);
                int trap = all.FindLastIndex(f => f.Entry == FrameEntry.Trap);
                if (trap >= 0) all.RemoveRange(trap, all.Count - trap);
                break;
        }
    }

    /// <summary>A trap into the kernel.</summary>
    public void Trap(Hart hart, in TrapEvent trap) =>
        Push(hart, new CallFrame(trap.Pc, trap.Handler, hart.GetRegister(2), trap.Pc, FrameEntry.Trap));

    private void Push(Hart hart, CallFrame frame)
    {
        var frames = Frames(hart);
        if (frames.Count < MostFrames) frames.Add(frame);
    }

    private List<CallFrame> Frames(Hart hart)
    {
        if (!_frames.TryGetValue(hart.Id, out var frames)) _frames.Add(hart.Id, frames = []);
        return frames;
    }
}

/// <summary>One call that a hart is in.</summary>
/// <param name="CallSite">Address of the calling instruction, or of the instruction that trapped.</param>
/// <param name="Callee">Where it went.</param>
/// <param name="StackPointer"><c>sp</c> at the call.</param>
/// <param name="ReturnAddress">Where it goes on after the return.</param>
/// <param name="Entry">A call or a trap.</param>
public readonly record struct CallFrame(
    ulong CallSite, ulong Callee, ulong StackPointer, ulong ReturnAddress, FrameEntry Entry);

/// <summary>How a function was entered.</summary>
public enum FrameEntry
{
    /// <summary>By a jump that links.</summary>
    Call,

    /// <summary>By a trap.</summary>
    Trap,
}
