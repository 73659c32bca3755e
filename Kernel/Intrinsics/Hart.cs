namespace Verification.Intrinsics;

/// <summary>The hart that executes the call.</summary>
public static class Hart
{
    /// <summary>Waits until an interrupt that <c>sie</c> enables is pending: <c>wfi</c>. It may also return earlier.</summary>
    [Assembly("""
        wfi
        ret
        """)]
    public static void Wfi() => throw new PlatformNotSupportedException();

    /// <summary>Hints that the hart spins: <c>pause</c> (Zihintpause), a fence without effect where it isn't known.</summary>
    [Assembly("""
        pause
        ret
        """)]
    public static void Pause() => throw new PlatformNotSupportedException();

    /// <summary>The register <c>tp</c>, which compiled code never changes: the kernel's own word for each hart.</summary>
    [Assembly("""
        mv a0, tp
        ret
        """)]
    public static ulong ThreadPointer() => throw new PlatformNotSupportedException();
}
