namespace Verification.Machine.Harts;

/// <summary>Why a run ended.</summary>
public abstract record StopReason
{
    private protected StopReason()
    {
    }

    /// <summary>The budget was used up: exactly that many instructions were executed.</summary>
    public sealed record Budget : StopReason;

    /// <summary>The guest switched the machine off: finisher, SBI shutdown or syscon.</summary>
    /// <param name="Code">0 for success; the finisher's failure code otherwise.</param>
    public sealed record PowerOff(uint Code) : StopReason;

    /// <summary>The guest asked for a reset.</summary>
    public sealed record Reset : StopReason;

    /// <summary>No hart can ever run again: all wait or are stopped, and no deadline is set.</summary>
    public sealed record Idle : StopReason;

    /// <summary>A test program told its result through the watched word <c>tohost</c>.</summary>
    /// <param name="Code">The word that was stored: 1 is success, otherwise (number of the failing case * 2) | 1.</param>
    public sealed record HostExit(ulong Code) : StopReason;

    /// <summary>An observer wanted it so: <see cref="Hart.RequestStop"/>.</summary>
    /// <param name="Finding">What the observer has to say.</param>
    public sealed record ObserverStop(object Finding) : StopReason;
}
