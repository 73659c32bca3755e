namespace Verification.Machine.Harts;

/// <summary>Interrupts, numbered as in <c>mcause</c> and by their bit in <c>mip</c>.</summary>
public enum InterruptCause
{
    /// <summary>SSIP.</summary>
    SupervisorSoftware = 1,

    /// <summary>MSIP.</summary>
    MachineSoftware = 3,

    /// <summary>STIP.</summary>
    SupervisorTimer = 5,

    /// <summary>MTIP.</summary>
    MachineTimer = 7,

    /// <summary>SEIP.</summary>
    SupervisorExternal = 9,

    /// <summary>MEIP.</summary>
    MachineExternal = 11,
}
