namespace Verification.Machine.Harts;

// What translated code lets pass of a stack under observation, without telling. It is no state of the machine.
public sealed unsafe partial class Hart
{
    // More than the instructions of a block move sp by: so far from both ends of the address space nothing wraps around.
    private const ulong GuardMargin = 1 << 20;

    private Interests? _interests;
    private (ulong Low, ulong Deepest, ulong High)? _guard;
    private StackEnds? _ends;

    /// <summary>
    /// Lets pass untold, until the guard is dropped: instructions that adjust <c>sp</c> to a value between the deepest and the
    /// highest address, and accesses through <c>sp</c> or <c>s0</c> that stay between the lowest and the highest, or go
    /// through an <c>s0</c> that points elsewhere. Whatever sets <c>sp</c> anew is told all the same.
    /// </summary>
    /// <param name="lowAddress">The stack's end.</param>
    /// <param name="deepestAddress">The lowest value of <c>sp</c> that is no news.</param>
    /// <param name="highAddress">The stack's top.</param>
    public void GuardStack(ulong lowAddress, ulong deepestAddress, ulong highAddress)
    {
        _guard = (lowAddress, deepestAddress, highAddress);
        SelectGuard();
    }

    /// <summary>Tells everything of the stack again.</summary>
    public void DropStackGuard()
    {
        _guard = null;
        SelectGuard();
    }

    /// <summary>An observer with these interests sees the hart from now on.</summary>
    internal void BeginObservation(Interests interests)
    {
        _interests = interests;
        DropStackGuard();
    }

    // Code relies on it that sp is where the guard lets it be: where it is not (a trap from user mode, a restored state), all
    // that goes through sp is told until the observer has looked.
    private void SelectGuard()
    {
        if (_interests is null) return;
        var isIgnored = Privilege == PrivilegeMode.User || Privilege == PrivilegeMode.Machine && _interests.Stack != StackInterest.Privileged;
        var (low, deepest, high) = isIgnored ? (0, 1, ulong.MaxValue - 1) : _guard ?? (0, 0, ulong.MaxValue);
        var isTold = !isIgnored && (deepest < GuardMargin || high > ulong.MaxValue - GuardMargin || State->X[2] < deepest || State->X[2] > high);
        State->StackLow = low;
        State->StackSpan = high - low;
        // Without a guard each s0 points into the stack, and nothing lies there.
        State->StackWordLimit = (isIgnored || _guard is not null && !isTold) && high - low > 7 ? high - low - 7 : 0;
        // The first values that do not pass; nothing passes below the greatest and above 0.
        State->StackFloor = isTold ? ulong.MaxValue : deepest - 1;
        State->StackCeiling = isTold ? 0 : high + 1;
        _ends = isIgnored ? StackEnds.None : _guard is null || isTold ? null : new(low, high);
        SelectFrames();
    }

    // Where what goes through s0 need not be looked at: nowhere without a guard.
    private void SelectFrames()
    {
        if (_interests is null || _isSelectionDue) return;
        State->FrameTags = _ends is { } ends ? _dataContext.FrameTagsFor(ends) : FlatTag.NoPages;
    }
}
