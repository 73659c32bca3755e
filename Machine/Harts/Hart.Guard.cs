namespace Verification.Machine.Harts;

// What translated code lets pass of a stack under observation, without telling. It is no state of the machine.
public sealed unsafe partial class Hart
{
    // More than the instructions of a block move sp by: so far from both ends of the address space nothing wraps around.
    private const ulong GuardMargin = 1 << 20;

    private Interests? _interests;
    private (ulong Low, ulong Deepest, ulong High)? _guard;

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

    // Code relies on it that sp is where the guard lets it be: where it is not (a trap from user mode, a restored state),
    // everything is told until the observer has looked.
    private void SelectGuard()
    {
        if (_interests is null) return;
        if (Privilege == PrivilegeMode.User || Privilege == PrivilegeMode.Machine && _interests.Stack != StackInterest.Privileged)
            GuardBetween(0, 1, ulong.MaxValue - 1);
        else if (_guard is { } guard && guard.Deepest >= GuardMargin && guard.High <= ulong.MaxValue - GuardMargin
            && State->X[2] >= guard.Deepest && State->X[2] <= guard.High)
            GuardBetween(guard.Low, guard.Deepest, guard.High);
        else
            GuardBetween(0, 0, 0);
    }

    // Floor and ceiling are the first values that do not pass; nothing passes below 0 and above it.
    private void GuardBetween(ulong low, ulong deepest, ulong high)
    {
        var isTold = high == 0;
        State->StackLow = low;
        State->StackSpan = high - low;
        State->StackWordLimit = high - low > 7 ? high - low - 7 : 0;
        State->StackFloor = isTold ? ulong.MaxValue : deepest - 1;
        State->StackCeiling = isTold ? 0 : high + 1;
    }
}
