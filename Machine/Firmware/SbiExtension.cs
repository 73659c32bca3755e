namespace Verification.Machine.Firmware;

/// <summary>The numbers of extensions in a7 (SBI specification 2.0).</summary>
public enum SbiExtension : uint
{
    /// <summary>Legacy: set timer (5.1).</summary>
    LegacySetTimer = 0,

    /// <summary>Legacy: write a character (5.2).</summary>
    LegacyPutCharacter = 1,

    /// <summary>Legacy: read a character (5.3).</summary>
    LegacyGetCharacter = 2,

    /// <summary>Legacy: clear the pending software interrupt (5.4).</summary>
    LegacyClearIpi = 3,

    /// <summary>Legacy: send software interrupts (5.5).</summary>
    LegacySendIpi = 4,

    /// <summary>Legacy: FENCE.I on other harts (5.6).</summary>
    LegacyRemoteFenceI = 5,

    /// <summary>Legacy: SFENCE.VMA on other harts (5.7).</summary>
    LegacyRemoteSfence = 6,

    /// <summary>Legacy: the same with an address space (5.8).</summary>
    LegacyRemoteSfenceAsid = 7,

    /// <summary>Legacy: power off (5.9).</summary>
    LegacyShutdown = 8,

    /// <summary>What there is (4).</summary>
    Base = 0x10,

    /// <summary>Timer (6).</summary>
    Time = 0x5449_4d45,

    /// <summary>Software interrupts (7).</summary>
    Ipi = 0x0073_5049,

    /// <summary>Fences on other harts (8).</summary>
    RemoteFence = 0x5246_4e43,

    /// <summary>Start, stop and suspend harts (9).</summary>
    HartState = 0x0048_534d,

    /// <summary>Power off and reset (10).</summary>
    SystemReset = 0x5352_5354,

    /// <summary>The debug console (12).</summary>
    DebugConsole = 0x4442_434e,
}
