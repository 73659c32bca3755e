using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>This hart's supervisor interrupts: <c>sstatus.SIE</c> and, of the sources, the software interrupt.</summary>
public static class Interrupts
{
    private const ulong StatusEnable = 1 << 1;
    private const ulong SoftwareBit = 1 << 1;

    /// <summary>Switches interrupts off. True if they were on.</summary>
    public static bool Disable() => (Csr.Clear(Csr.Sstatus, StatusEnable) & StatusEnable) != 0;

    /// <summary>Switches interrupts on.</summary>
    public static void Enable() => Csr.Set(Csr.Sstatus, StatusEnable);

    /// <summary>Lets software interrupts, which other harts send, through to this hart.</summary>
    public static void AcceptSoftware() => Csr.Set(Csr.Sie, SoftwareBit);

    /// <summary>Answers a software interrupt.</summary>
    public static void ClearSoftware() => Csr.Clear(Csr.Sip, SoftwareBit);
}
