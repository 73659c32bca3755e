namespace Verification.Machine.Harts;

// What translated code lets pass of a stack under observation, without telling. It is no state of the machine.
public sealed unsafe partial class Hart
{
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

    private void SelectGuard()
    {
        if (_interests is null) return;
        var isIgnored = Privilege == PrivilegeMode.User || Privilege == PrivilegeMode.Machine && _interests.Stack != StackInterest.Privileged;
        var (low, deepest, high) = isIgnored ? (0, 0, ulong.MaxValue - 8) : _guard ?? (0, 0, 0);
        var isTold = !isIgnored && _guard is null;
        State->StackLow = low;
        State->StackSpan = high - low;
        State->StackWordLimit = high - low > 7 ? high - low - 7 : 0;
        State->StackPointerLow = deepest;
        // One more than the span, so that 0 lets nothing pass.
        State->StackPointerLimit = isTold ? 0 : high - deepest + 1;
    }
}
