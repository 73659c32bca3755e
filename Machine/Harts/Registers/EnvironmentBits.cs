namespace Verification.Machine.Harts.Registers;

/// <summary>Bits of <c>menvcfg</c> and <c>senvcfg</c> (privileged specification 3.1.18 and 4.1.10).</summary>
internal static class EnvironmentBits
{
    /// <summary>Fences of I/O order memory too: no effect on a machine that is in order anyway.</summary>
    internal const ulong Fiom = 1;

    /// <summary><c>cbo.inval</c>: 0 traps, 1 flushes, 3 invalidates; 2 is reserved.</summary>
    internal const ulong Cbie = 3UL << 4;

    /// <summary><c>cbo.clean</c> and <c>cbo.flush</c> are allowed.</summary>
    internal const ulong Cbcfe = 1UL << 6;

    /// <summary><c>cbo.zero</c> is allowed.</summary>
    internal const ulong Cbze = 1UL << 7;

    /// <summary>Hardware updates accessed and dirty bits (Svadu).</summary>
    internal const ulong Adue = 1UL << 61;

    /// <summary>Page-based memory types are on (Svpbmt).</summary>
    internal const ulong Pbmte = 1UL << 62;

    /// <summary><c>stimecmp</c> is on (Sstc).</summary>
    internal const ulong Stce = 1UL << 63;

    internal const ulong ForUser = Fiom | Cbie | Cbcfe | Cbze;
    internal const ulong ForSupervisor = ForUser | Adue | Pbmte | Stce;
}
