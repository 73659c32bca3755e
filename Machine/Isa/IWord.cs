namespace Verification.Machine.Isa;

/// <summary>
/// A 64-bit value in the meaning of an instruction. The interpreter passes a wrapped <see cref="ulong"/> and computes; a
/// translator passes a node of its intermediate code and records. Conditions are words too: 0 or 1.
/// </summary>
/// <remarks>Every operation is total, with the results that the RISC-V unprivileged specification gives for corner cases.</remarks>
/// <typeparam name="TWord">The implementing type itself.</typeparam>
public interface IWord<TWord> where TWord : struct, IWord<TWord>
{
    /// <summary>A constant.</summary>
    static abstract TWord Constant(ulong value);

    /// <summary>Sum, modulo 2^64.</summary>
    static abstract TWord operator +(TWord left, TWord right);

    /// <summary>Difference, modulo 2^64.</summary>
    static abstract TWord operator -(TWord left, TWord right);

    /// <summary>Low 64 bits of the product.</summary>
    static abstract TWord operator *(TWord left, TWord right);

    /// <summary>Bitwise and.</summary>
    static abstract TWord operator &(TWord left, TWord right);

    /// <summary>Bitwise or.</summary>
    static abstract TWord operator |(TWord left, TWord right);

    /// <summary>Bitwise exclusive or.</summary>
    static abstract TWord operator ^(TWord left, TWord right);

    /// <summary>Bitwise complement.</summary>
    static abstract TWord operator ~(TWord value);

    /// <summary>Shift left by the low 6 bits of <paramref name="amount"/>.</summary>
    static abstract TWord ShiftLeft(TWord value, TWord amount);

    /// <summary>Logical shift right by the low 6 bits of <paramref name="amount"/>.</summary>
    static abstract TWord ShiftRight(TWord value, TWord amount);

    /// <summary>Arithmetic shift right by the low 6 bits of <paramref name="amount"/>.</summary>
    static abstract TWord ShiftRightArithmetic(TWord value, TWord amount);

    /// <summary>1 where the words are equal.</summary>
    static abstract TWord Equal(TWord left, TWord right);

    /// <summary>1 where <paramref name="left"/> is less, both read as signed.</summary>
    static abstract TWord Less(TWord left, TWord right);

    /// <summary>1 where <paramref name="left"/> is less, both read as unsigned.</summary>
    static abstract TWord LessUnsigned(TWord left, TWord right);

    /// <summary><paramref name="ifTrue"/> where <paramref name="condition"/> is not 0. Both sides are evaluated.</summary>
    static abstract TWord Select(TWord condition, TWord ifTrue, TWord ifFalse);

    /// <summary>The low <paramref name="bits"/> bits (8, 16 or 32), sign-extended.</summary>
    static abstract TWord SignExtend(TWord value, int bits);

    /// <summary>The low <paramref name="bits"/> bits (8, 16 or 32), zero-extended.</summary>
    static abstract TWord ZeroExtend(TWord value, int bits);

    /// <summary>High 64 bits of the signed product.</summary>
    static abstract TWord MultiplyHigh(TWord left, TWord right);

    /// <summary>High 64 bits of the unsigned product.</summary>
    static abstract TWord MultiplyHighUnsigned(TWord left, TWord right);

    /// <summary>Signed quotient; by 0 all ones; of the most negative value by -1 that value (M extension, table 11).</summary>
    static abstract TWord Divide(TWord dividend, TWord divisor);

    /// <summary>Unsigned quotient; by 0 all ones.</summary>
    static abstract TWord DivideUnsigned(TWord dividend, TWord divisor);

    /// <summary>Signed remainder; by 0 the dividend; of the most negative value by -1 zero.</summary>
    static abstract TWord Remainder(TWord dividend, TWord divisor);

    /// <summary>Unsigned remainder; by 0 the dividend.</summary>
    static abstract TWord RemainderUnsigned(TWord dividend, TWord divisor);

    /// <summary>Number of one bits.</summary>
    static abstract TWord PopulationCount(TWord value);

    /// <summary>Number of zero bits above the highest one; 64 for 0.</summary>
    static abstract TWord LeadingZeroCount(TWord value);

    /// <summary>Number of zero bits below the lowest one; 64 for 0.</summary>
    static abstract TWord TrailingZeroCount(TWord value);

    /// <summary>Bytes in reverse order.</summary>
    static abstract TWord ReverseBytes(TWord value);

    /// <summary>Low 64 bits of the carry-less product (Zbc).</summary>
    static abstract TWord CarrylessMultiply(TWord left, TWord right);

    /// <summary>High 64 bits of the 128-bit carry-less product (Zbc <c>clmulh</c>).</summary>
    static abstract TWord CarrylessMultiplyHigh(TWord left, TWord right);
}
