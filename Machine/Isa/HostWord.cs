using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Verification.Machine.Isa;

/// <summary>The word of an interpreter: a host integer, computed with at once.</summary>
/// <param name="value">The 64 bits.</param>
public readonly struct HostWord(ulong value) : IWord<HostWord>, IEquatable<HostWord>
{
    /// <summary>The 64 bits.</summary>
    public readonly ulong Value = value;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord Constant(ulong value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord operator +(HostWord left, HostWord right) => new(left.Value + right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord operator -(HostWord left, HostWord right) => new(left.Value - right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord operator *(HostWord left, HostWord right) => new(left.Value * right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord operator &(HostWord left, HostWord right) => new(left.Value & right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord operator |(HostWord left, HostWord right) => new(left.Value | right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord operator ^(HostWord left, HostWord right) => new(left.Value ^ right.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord operator ~(HostWord value) => new(~value.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord ShiftLeft(HostWord value, HostWord amount) => new(value.Value << (int)amount.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord ShiftRight(HostWord value, HostWord amount) => new(value.Value >> (int)amount.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord ShiftRightArithmetic(HostWord value, HostWord amount) =>
        new((ulong)((long)value.Value >> (int)amount.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord Equal(HostWord left, HostWord right) => new(left.Value == right.Value ? 1UL : 0UL);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord Less(HostWord left, HostWord right) => new((long)left.Value < (long)right.Value ? 1UL : 0UL);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord LessUnsigned(HostWord left, HostWord right) => new(left.Value < right.Value ? 1UL : 0UL);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord Select(HostWord condition, HostWord ifTrue, HostWord ifFalse) =>
        new(condition.Value != 0 ? ifTrue.Value : ifFalse.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord SignExtend(HostWord value, int bits) =>
        new((ulong)((long)(value.Value << (64 - bits)) >> (64 - bits)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord ZeroExtend(HostWord value, int bits) => new(value.Value << (64 - bits) >> (64 - bits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord MultiplyHigh(HostWord left, HostWord right) =>
        new((ulong)Math.BigMul((long)left.Value, (long)right.Value, out _));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HostWord MultiplyHighUnsigned(HostWord left, HostWord right) =>
        new(Math.BigMul(left.Value, right.Value, out _));

    /// <inheritdoc/>
    public static HostWord Divide(HostWord dividend, HostWord divisor) => divisor.Value switch
    {
        0 => new(ulong.MaxValue),
        ulong.MaxValue => new(0 - dividend.Value), // -1: the host would trap on the most negative dividend
        _ => new((ulong)((long)dividend.Value / (long)divisor.Value)),
    };

    /// <inheritdoc/>
    public static HostWord DivideUnsigned(HostWord dividend, HostWord divisor) =>
        divisor.Value == 0 ? new(ulong.MaxValue) : new(dividend.Value / divisor.Value);

    /// <inheritdoc/>
    public static HostWord Remainder(HostWord dividend, HostWord divisor) => divisor.Value switch
    {
        0 => dividend,
        ulong.MaxValue => new(0),
        _ => new((ulong)((long)dividend.Value % (long)divisor.Value)),
    };

    /// <inheritdoc/>
    public static HostWord RemainderUnsigned(HostWord dividend, HostWord divisor) =>
        divisor.Value == 0 ? dividend : new(dividend.Value % divisor.Value);

    /// <inheritdoc/>
    public static HostWord PopulationCount(HostWord value) => new((ulong)BitOperations.PopCount(value.Value));

    /// <inheritdoc/>
    public static HostWord LeadingZeroCount(HostWord value) => new((ulong)BitOperations.LeadingZeroCount(value.Value));

    /// <inheritdoc/>
    public static HostWord TrailingZeroCount(HostWord value) => new((ulong)BitOperations.TrailingZeroCount(value.Value));

    /// <inheritdoc/>
    public static HostWord ReverseBytes(HostWord value) => new(BinaryPrimitives.ReverseEndianness(value.Value));

    /// <inheritdoc/>
    public static HostWord CarrylessMultiply(HostWord left, HostWord right)
    {
        ulong product = 0, shifted = left.Value;
        for (var rest = right.Value; rest != 0; rest >>= 1, shifted <<= 1)
            product ^= (rest & 1) != 0 ? shifted : 0;
        return new(product);
    }

    /// <inheritdoc/>
    public static HostWord CarrylessMultiplyHigh(HostWord left, HostWord right)
    {
        ulong product = 0;
        for (var i = 1; i < 64; i++)
            product ^= (right.Value >> i & 1) != 0 ? left.Value >> (64 - i) : 0;
        return new(product);
    }

    /// <inheritdoc/>
    public bool Equals(HostWord other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HostWord other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"0x{Value:x}";
}
