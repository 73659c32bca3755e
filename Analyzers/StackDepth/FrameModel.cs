using System;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// How the sum of a method's values becomes a frame size. An upper bound of what our compiler lays out: every value
/// that could live across a call gets a saved register, and when those run out eight bytes of its own.
/// </summary>
internal static class FrameModel
{
    /// <summary>Callee-saved integer registers besides ra: s0 to s11 (RISC-V ELF psABI, "Integer Register Convention").</summary>
    public const int SavedRegisters = 12;

    /// <summary>Callee-saved floating-point registers: fs0 to fs11.</summary>
    public const int SavedFloatRegisters = 12;

    /// <summary>The psABI keeps sp a multiple of 16.</summary>
    public const int AlignmentBytes = 16;

    /// <summary>How many intermediate results of expressions share one place that outlives a call.</summary>
    public const int ResultsPerPlace = 2;

    /// <summary>Argument registers; further arguments lie in the caller's frame.</summary>
    public const int ArgumentRegisters = 8;

    /// <summary>
    /// A method the compiler makes without C# source (a record's equality, an automatic property): saved registers and
    /// two copies of its type.
    /// </summary>
    public static long SynthesisedBytes(TypeLayout container) => RoundUp(8 * (1 + SavedRegisters) + 2 * container.FrameBytes);

    /// <summary>ra, and each value's saved register or spill slot: the two cost the same eight bytes.</summary>
    public static long RegisterBytes(long scalars, long floats, long results) =>
        8 + 8 * (scalars + floats + (results + ResultsPerPlace - 1) / ResultsPerPlace);

    /// <summary>The stack arguments of the widest call.</summary>
    public static long OutgoingBytes(int arguments) => 8L * Math.Max(0, arguments - ArgumentRegisters);

    /// <summary>Rounds a frame to the stack's alignment.</summary>
    public static long RoundUp(long bytes) => (bytes + AlignmentBytes - 1) / AlignmentBytes * AlignmentBytes;
}
