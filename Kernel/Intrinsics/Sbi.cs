namespace Verification.Intrinsics;

/// <summary>Calls to the supervisor execution environment (RISC-V SBI specification, chapter 3, "Binary Encoding").</summary>
public static class Sbi
{
    /// <summary>
    /// Calls function <paramref name="function"/> of extension <paramref name="extension"/>: <c>ecall</c> with the
    /// extension in <c>a7</c> and the function in <c>a6</c>. A legacy call answers in <see cref="SbiResult.Error"/>.
    /// </summary>
    [Assembly("""
        mv t0, a0
        mv t1, a1
        mv a0, a2
        mv a1, a3
        mv a2, a4
        mv a3, a5
        mv a4, a6
        mv a5, a7
        mv a6, t1
        mv a7, t0
        ecall
        ret
        """)]
    public static SbiResult Call(
        ulong extension, ulong function,
        ulong argument0 = 0, ulong argument1 = 0, ulong argument2 = 0,
        ulong argument3 = 0, ulong argument4 = 0, ulong argument5 = 0) => throw new PlatformNotSupportedException();
}
