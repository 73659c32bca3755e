namespace Verification.Machine.Harts;

/// <summary>
/// A way to execute instructions. All tiers do exactly the same to the machine's state; a slice may be split between them
/// at any instruction.
/// </summary>
internal abstract class ExecutionTier
{
    /// <summary>The calling thread will run slices.</summary>
    internal virtual void Begin()
    {
    }

    /// <summary>
    /// Executes at most <paramref name="budget"/> instructions, and fewer only when <see cref="LeaveReason.Slice"/> is raised.
    /// Between instructions it takes interrupts where <see cref="LeaveReason.Interrupts"/> asks to look for them.
    /// </summary>
    /// <returns>How many it executed; the hart's count has grown by as many.</returns>
    internal abstract ulong Run(Hart hart, ulong budget);
}
