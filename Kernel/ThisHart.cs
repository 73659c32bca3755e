using System.Diagnostics.CodeAnalysis;
using Verification.Intrinsics;

namespace Verification.Kernel;

/// <summary>The hart that runs the calling code.</summary>
public static class ThisHart
{
    /// <summary>Its id, which the entry stub left in <c>tp</c>.</summary>
    public static ulong Id => Hart.ThreadPointer();

    /// <summary>Stops this hart for good.</summary>
    [DoesNotReturn]
    public static void Halt()
    {
        Interrupts.Disable();
        Firmware.StopHart();
        while (true) Hart.Wfi();
    }
}
