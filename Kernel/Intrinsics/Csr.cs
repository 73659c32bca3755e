namespace Verification.Intrinsics;

/// <summary>
/// Control and status registers (RISC-V privileged specification, chapter 2). The register's number must be a constant
/// where the method is called: it is part of the instruction. Each call is compiled to one instruction.
/// </summary>
public static class Csr
{
    /// <summary>Supervisor status register.</summary>
    public const int Sstatus = 0x100;

    /// <summary>Supervisor interrupt-enable register.</summary>
    public const int Sie = 0x104;

    /// <summary>Supervisor trap-vector base address.</summary>
    public const int Stvec = 0x105;

    /// <summary>Supervisor counter enable.</summary>
    public const int Scounteren = 0x106;

    /// <summary>Scratch register for supervisor trap handlers.</summary>
    public const int Sscratch = 0x140;

    /// <summary>Supervisor exception program counter.</summary>
    public const int Sepc = 0x141;

    /// <summary>Supervisor trap cause.</summary>
    public const int Scause = 0x142;

    /// <summary>Supervisor trap value: a bad address or instruction.</summary>
    public const int Stval = 0x143;

    /// <summary>Supervisor interrupt pending.</summary>
    public const int Sip = 0x144;

    /// <summary>Supervisor address translation and protection.</summary>
    public const int Satp = 0x180;

    /// <summary>Cycle counter.</summary>
    public const int Cycle = 0xC00;

    /// <summary>Timer, in ticks of the platform's timebase.</summary>
    public const int Time = 0xC01;

    /// <summary>Instructions-retired counter.</summary>
    public const int Instret = 0xC02;

    /// <summary>Reads a register: <c>csrr</c>.</summary>
    public static ulong Read(int number) => throw new PlatformNotSupportedException();

    /// <summary>Writes a register: <c>csrw</c>.</summary>
    public static void Write(int number, ulong value) => throw new PlatformNotSupportedException();

    /// <summary>Writes a register and gives its old value: <c>csrrw</c>.</summary>
    public static ulong Swap(int number, ulong value) => throw new PlatformNotSupportedException();

    /// <summary>Sets the bits of <paramref name="mask"/> and gives the register's old value: <c>csrrs</c>.</summary>
    public static ulong Set(int number, ulong mask) => throw new PlatformNotSupportedException();

    /// <summary>Clears the bits of <paramref name="mask"/> and gives the register's old value: <c>csrrc</c>.</summary>
    public static ulong Clear(int number, ulong mask) => throw new PlatformNotSupportedException();
}
