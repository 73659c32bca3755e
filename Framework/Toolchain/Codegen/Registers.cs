namespace Verification.Toolchain.Codegen;

/// <summary>The registers of the psABI and who keeps them.</summary>
internal static class Registers
{
    public const int Zero = 0;
    public const int ReturnAddress = 1;
    public const int StackPointer = 2;
    public const int FirstArgument = 10;
    public const int ArgumentCount = 8;

    /// <summary>Used by frame accesses too far for an immediate; not allocated where those can happen.</summary>
    public const int FrameScratch = 31;

    /// <summary>
    /// Integer registers in the order of preference: those that callees may change first, among them those that the
    /// compressed encodings reach. gp and tp belong to the program as a whole.
    /// </summary>
    public static readonly int[] Integer =
        [15, 14, 13, 12, 11, 10, 16, 17, 5, 6, 7, 28, 29, 30, 31, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];

    /// <summary>Floating-point registers, likewise.</summary>
    public static readonly int[] Float =
        [47, 46, 45, 44, 43, 42, 48, 49, 32, 33, 34, 35, 36, 37, 38, 39, 60, 61, 62, 63, 40, 41, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59];

    /// <summary>Registers that a call may change.</summary>
    public static readonly int[] CallerSaved =
        [1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31,
         32, 33, 34, 35, 36, 37, 38, 39, 42, 43, 44, 45, 46, 47, 48, 49, 60, 61, 62, 63];

    private static readonly bool[] s_isInteger = Marked(Integer), s_isFloat = Marked(Float);

    /// <summary>True for a register of <see cref="Integer"/> or of <see cref="Float"/>.</summary>
    public static bool IsAllocatable(int register, bool isFloat) => (isFloat ? s_isFloat : s_isInteger)[register];

    /// <summary>True if a method that uses the register has to give it back unchanged.</summary>
    public static bool IsCalleeSaved(int register) =>
        register is 8 or 9 or (>= 18 and <= 27) or 40 or 41 or (>= 50 and <= 59);

    private static bool[] Marked(int[] registers)
    {
        bool[] marks = new bool[MachineInstr.FirstVirtual];
        foreach (int register in registers) marks[register] = true;
        return marks;
    }
}
