using System.Runtime.CompilerServices;

namespace Verification.Machine.Isa.Tables;

/// <summary>
/// Phrases that the meanings in the tables share. Those that take sizes are always inlined, so that an access in a meaning
/// is compiled for its size.
/// </summary>
internal abstract class Vocabulary<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    protected static TWord Zero => TWord.Constant(0);

    protected static TWord One => TWord.Constant(1);

    protected static TWord Immediate(in Instruction i) => TWord.Constant((ulong)i.Immediate);

    /// <summary>The result of the <c>*w</c> instructions: 32 bits, sign-extended.</summary>
    protected static TWord Low32(TWord value) => TWord.SignExtend(value, 32);

    protected static TWord Unsigned32(TWord value) => TWord.ZeroExtend(value, 32);

    protected static TWord Not(TWord condition) => condition ^ One;

    /// <summary>Shift amounts of the <c>*w</c> instructions are 5 bits.</summary>
    protected static TWord Amount32(TWord value) => value & TWord.Constant(31);

    protected static TWord Address(TMachine m, in Instruction i) => m.X(i.Rs1) + Immediate(in i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void LoadSigned(TMachine m, in Instruction i, int sizeBytes)
    {
        if (m.Load(sizeBytes, Address(m, in i), out var value))
            m.X(i.Rd, TWord.SignExtend(value, 8 * sizeBytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void LoadUnsigned(TMachine m, in Instruction i, int sizeBytes)
    {
        if (m.Load(sizeBytes, Address(m, in i), out var value))
            m.X(i.Rd, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Update32(TMachine m, in Instruction i, Func<TWord, TWord, TWord> update)
    {
        if (m.Update(4, m.X(i.Rs1), m.X(i.Rs2), update, out var old))
            m.X(i.Rd, Low32(old));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void Update64(TMachine m, in Instruction i, Func<TWord, TWord, TWord> update)
    {
        if (m.Update(8, m.X(i.Rs1), m.X(i.Rs2), update, out var old))
            m.X(i.Rd, old);
    }

    /// <summary>A floating-point operation on registers with a floating-point result.</summary>
    protected static void Float1(TMachine m, in Instruction i, FloatOperation operation)
    {
        if (m.Float(operation, in i, m.F(i.Rs1), Zero, Zero, out var result))
            m.F(i.Rd, result);
    }

    /// <inheritdoc cref="Float1"/>
    protected static void Float2(TMachine m, in Instruction i, FloatOperation operation)
    {
        if (m.Float(operation, in i, m.F(i.Rs1), m.F(i.Rs2), Zero, out var result))
            m.F(i.Rd, result);
    }

    /// <inheritdoc cref="Float1"/>
    protected static void Float3(TMachine m, in Instruction i, FloatOperation operation)
    {
        if (m.Float(operation, in i, m.F(i.Rs1), m.F(i.Rs2), m.F(i.Rs3), out var result))
            m.F(i.Rd, result);
    }

    /// <summary>A floating-point operation of one operand with an integer result.</summary>
    protected static void FloatToInteger1(TMachine m, in Instruction i, FloatOperation operation)
    {
        if (m.Float(operation, in i, m.F(i.Rs1), Zero, Zero, out var result))
            m.X(i.Rd, result);
    }

    /// <summary>A comparison.</summary>
    protected static void FloatToInteger2(TMachine m, in Instruction i, FloatOperation operation)
    {
        if (m.Float(operation, in i, m.F(i.Rs1), m.F(i.Rs2), Zero, out var result))
            m.X(i.Rd, result);
    }

    /// <summary>A conversion of an integer register.</summary>
    protected static void IntegerToFloat(TMachine m, in Instruction i, FloatOperation operation)
    {
        if (m.Float(operation, in i, m.X(i.Rs1), Zero, Zero, out var result))
            m.F(i.Rd, result);
    }

    /// <summary>A value narrower than the register, as the register holds it: ones above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static TWord Box(TWord value, int bits) => value | TWord.Constant(ulong.MaxValue << bits);

    /// <summary>The value in a register, or the canonical NaN where the register holds no boxed value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static TWord Unbox(TWord register, int bits, ulong canonicalNaN)
    {
        var box = TWord.Constant(ulong.MaxValue << bits);
        return TWord.Select(
            TWord.Equal(register & box, box), TWord.ZeroExtend(register, bits), TWord.Constant(canonicalNaN));
    }

    protected static bool FloatIsOn(TMachine m, in Instruction i) => m.Perform(HartOperation.RequireFloat, in i);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void LoadFloat(TMachine m, in Instruction i, int sizeBytes)
    {
        if (FloatIsOn(m, in i) && m.Load(sizeBytes, Address(m, in i), out var value))
            m.F(i.Rd, sizeBytes == 8 ? value : Box(value, 8 * sizeBytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void StoreFloat(TMachine m, in Instruction i, int sizeBytes)
    {
        if (FloatIsOn(m, in i))
            m.Store(sizeBytes, Address(m, in i), m.F(i.Rs2));
    }
}
