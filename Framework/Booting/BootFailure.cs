using Verification.Framework.Observing;
using Verification.Machine.Harts;

namespace Verification.Framework.Booting;

/// <summary>What went wrong in a boot.</summary>
public abstract record BootFailure
{
    private BootFailure()
    {
    }

    /// <summary>A stack was left.</summary>
    public sealed record OutOfStack(StackBreach Breach) : BootFailure;

    /// <summary>A rule of locking was broken.</summary>
    public sealed record Lock(LockBreach Breach) : BootFailure;

    /// <summary>A rule of the page allocator was broken.</summary>
    public sealed record Page(PageBreach Breach) : BootFailure;

    /// <summary>The kernel gave up.</summary>
    /// <param name="HartId">Which hart did; none when only its text was seen.</param>
    /// <param name="Text">The console's line.</param>
    public sealed record Panic(ulong? HartId, string Text) : BootFailure;

    /// <summary>A trap's handler traps itself, for ever.</summary>
    /// <param name="HartId">The hart.</param>
    /// <param name="First">The trap that began it.</param>
    /// <param name="FirstRetired">Instructions that the hart had retired then.</param>
    public sealed record FaultLoop(ulong HartId, TrapEvent First, ulong FirstRetired) : BootFailure;

    /// <summary>No hart can ever do anything again that it has not done.</summary>
    public sealed record Hang(HangFinding Finding) : BootFailure;

    /// <summary>All harts wait or are stopped, nothing can wake one, and the boot was not done.</summary>
    public sealed record Rest(IReadOnlyList<HartAtRest> Harts) : BootFailure;

    /// <summary>The machine was switched off, or asked for a reset, before the boot was done or with an error.</summary>
    /// <param name="What">What the guest did.</param>
    public sealed record EndedEarly(string What) : BootFailure;

    /// <summary>The marker was printed, but something is missing from a good boot.</summary>
    /// <param name="What">What is missing.</param>
    public sealed record Incomplete(string What) : BootFailure;

    /// <summary>The budget ended.</summary>
    /// <param name="Instructions">It.</param>
    /// <param name="Why">Why nothing better can be said.</param>
    public sealed record BudgetEnded(ulong Instructions, string Why) : BootFailure;
}
