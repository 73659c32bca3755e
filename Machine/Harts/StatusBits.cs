namespace Verification.Machine.Harts;

/// <summary>Bits of <c>mstatus</c> (privileged specification 3.1.6).</summary>
internal static class StatusBits
{
    internal const ulong Sie = 1UL << 1;
    internal const ulong Mie = 1UL << 3;
    internal const ulong Spie = 1UL << 5;
    internal const ulong Mpie = 1UL << 7;
    internal const ulong Spp = 1UL << 8;
    internal const ulong Mpp = 3UL << 11;
    internal const ulong Fs = 3UL << 13;
    internal const ulong Mprv = 1UL << 17;
    internal const ulong Sum = 1UL << 18;
    internal const ulong Mxr = 1UL << 19;
    internal const ulong Tvm = 1UL << 20;
    internal const ulong Tw = 1UL << 21;
    internal const ulong Tsr = 1UL << 22;
    internal const ulong Uxl64 = 2UL << 32;
    internal const ulong Sxl64 = 2UL << 34;
    internal const ulong Sd = 1UL << 63;

    /// <summary>What S-mode sees and writes of it, as <c>sstatus</c>.</summary>
    internal const ulong SupervisorWritable = Sie | Spie | Spp | Fs | Sum | Mxr;

    /// <summary>Which address space and which permissions loads and stores go by, and who may change them.</summary>
    internal const ulong Views = Mpp | Mprv | Sum | Mxr | Tvm;

    internal const int MppShift = 11;
    internal const int FsShift = 13;
}
