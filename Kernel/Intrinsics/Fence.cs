namespace Verification.Intrinsics;

/// <summary>Fences (RISC-V unprivileged specification, sections 2.7 and "Zifencei"; privileged specification, 4.2.1).</summary>
public static class Fence
{
    /// <summary>Orders all earlier loads and stores before all later ones: <c>fence rw, rw</c>.</summary>
    [Assembly("""
        fence rw, rw
        ret
        """)]
    public static void Memory() => throw new PlatformNotSupportedException();

    /// <summary>Orders memory and devices alike: <c>fence iorw, iorw</c>.</summary>
    [Assembly("""
        fence iorw, iorw
        ret
        """)]
    public static void Device() => throw new PlatformNotSupportedException();

    /// <summary>Makes this hart's stores visible to its instruction fetches: <c>fence.i</c>.</summary>
    [Assembly("""
        fence.i
        ret
        """)]
    public static void Instruction() => throw new PlatformNotSupportedException();

    /// <summary>Forgets all cached address translations of this hart: <c>sfence.vma</c>.</summary>
    [Assembly("""
        sfence.vma
        ret
        """)]
    public static void VirtualMemory() => throw new PlatformNotSupportedException();
}
