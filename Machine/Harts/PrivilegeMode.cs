namespace Verification.Machine.Harts;

/// <summary>Privilege modes, encoded as in <c>mstatus.MPP</c> (privileged specification 1.2).</summary>
public enum PrivilegeMode
{
    /// <summary>U-mode.</summary>
    User = 0,

    /// <summary>S-mode.</summary>
    Supervisor = 1,

    /// <summary>M-mode.</summary>
    Machine = 3,
}
