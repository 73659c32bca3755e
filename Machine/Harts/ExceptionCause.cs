namespace Verification.Machine.Harts;

/// <summary>Exceptions, numbered as in <c>mcause</c> (privileged specification 3.1.15).</summary>
public enum ExceptionCause
{
    /// <summary>Jump to a misaligned address.</summary>
    InstructionAddressMisaligned = 0,

    /// <summary>Nothing executable there, or PMP forbids it.</summary>
    InstructionAccessFault = 1,

    /// <summary>No such instruction, or not here.</summary>
    IllegalInstruction = 2,

    /// <summary><c>ebreak</c>.</summary>
    Breakpoint = 3,

    /// <summary>Misaligned load.</summary>
    LoadAddressMisaligned = 4,

    /// <summary>Nothing to load there, or PMP forbids it.</summary>
    LoadAccessFault = 5,

    /// <summary>Misaligned store or atomic.</summary>
    StoreAddressMisaligned = 6,

    /// <summary>Nothing to store to there, or PMP forbids it.</summary>
    StoreAccessFault = 7,

    /// <summary><c>ecall</c> from U-mode.</summary>
    UserEnvironmentCall = 8,

    /// <summary><c>ecall</c> from S-mode.</summary>
    SupervisorEnvironmentCall = 9,

    /// <summary><c>ecall</c> from M-mode.</summary>
    MachineEnvironmentCall = 11,

    /// <summary>Page tables forbid the fetch.</summary>
    InstructionPageFault = 12,

    /// <summary>Page tables forbid the load.</summary>
    LoadPageFault = 13,

    /// <summary>Page tables forbid the store or atomic.</summary>
    StorePageFault = 15,
}
