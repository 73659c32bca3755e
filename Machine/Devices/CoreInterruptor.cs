namespace Verification.Machine.Devices;

/// <summary>What gives the harts their timer and software interrupts (<c>-machine virt,aclint=</c>).</summary>
public enum CoreInterruptor
{
    /// <summary>A CLINT, one device for both.</summary>
    Clint,

    /// <summary>Its registers as two devices of the ACLINT specification, MTIMER and MSWI, and its SSWI for S-mode.</summary>
    Aclint,
}
