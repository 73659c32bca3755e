namespace Verification.Machine.Harts;

/// <summary>Whether a hart takes part in the run.</summary>
public enum HartRunState
{
    /// <summary>It executes instructions.</summary>
    Running,

    /// <summary>It waits in <c>wfi</c> until an interrupt that it has enabled is pending.</summary>
    Waiting,

    /// <summary>It does not exist for the guest until it is started (SBI HSM), or is disabled.</summary>
    Stopped,
}
