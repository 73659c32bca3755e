namespace Verification.Machine;

/// <summary>A hart of the board.</summary>
/// <param name="Id">Its <c>mhartid</c>.</param>
/// <param name="Status">Whether the devicetree says that it can be used.</param>
public sealed record HartConfiguration(ulong Id, HartStatus Status = HartStatus.Okay);

/// <summary>The <c>status</c> of a cpu node.</summary>
public enum HartStatus
{
    /// <summary>It can be used.</summary>
    Okay,

    /// <summary>It stands in the devicetree, but never executes.</summary>
    Disabled,
}
