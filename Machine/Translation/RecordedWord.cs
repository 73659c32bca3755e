using System.Numerics;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation;

/// <summary>The word that a translator passes into meanings: it records what is done, folding what is constant.</summary>
internal readonly struct RecordedWord(Expression expression) : IWord<RecordedWord>
{
    internal Expression Expression { get; } = expression;

    public static RecordedWord Constant(ulong value) => new(Expression.Constant(value));

    public static RecordedWord operator +(RecordedWord left, RecordedWord right)
    {
        if (left.IsConstant && right.IsConstant)
            return Constant(left.Value + right.Value);
        if (left.IsZero)
            return right;
        return right.IsZero ? left : left.IsConstant ? Node(Operator.Add, right, left) : Node(Operator.Add, left, right);
    }

    public static RecordedWord operator -(RecordedWord left, RecordedWord right)
    {
        if (left.IsConstant && right.IsConstant)
            return Constant(left.Value - right.Value);
        return right.IsZero ? left : Node(Operator.Subtract, left, right);
    }

    public static RecordedWord operator *(RecordedWord left, RecordedWord right) => Node(Operator.Multiply, left, right);

    public static RecordedWord operator &(RecordedWord left, RecordedWord right)
    {
        if (left.IsConstant && right.IsConstant)
            return Constant(left.Value & right.Value);
        if (left.IsConstant)
            (left, right) = (right, left);
        return right is { IsConstant: true, Value: byte.MaxValue or ushort.MaxValue or uint.MaxValue }
            ? ZeroExtend(left, 64 - BitOperations.LeadingZeroCount(right.Value)) : Node(Operator.And, left, right);
    }

    public static RecordedWord operator |(RecordedWord left, RecordedWord right)
    {
        if (left.IsConstant && right.IsConstant)
            return Constant(left.Value | right.Value);
        if (left.IsZero)
            return right;
        if (Rotations.TryOf(left.Expression, right.Expression) is { } rotation)
            return new(rotation);
        return right.IsZero ? left : left.IsConstant ? Node(Operator.Or, right, left) : Node(Operator.Or, left, right);
    }

    public static RecordedWord operator ^(RecordedWord left, RecordedWord right)
    {
        if (left.IsConstant && right.IsConstant)
            return Constant(left.Value ^ right.Value);
        if (left.IsZero)
            return right;
        return right.IsZero ? left : left.IsConstant ? Node(Operator.Xor, right, left) : Node(Operator.Xor, left, right);
    }

    public static RecordedWord operator ~(RecordedWord value) =>
        value.IsConstant ? Constant(~value.Value) : new(Expression.Unary(Operator.Not, value.Expression));

    public static RecordedWord ShiftLeft(RecordedWord value, RecordedWord amount) =>
        Shift(Operator.ShiftLeft, value, amount, static (v, n) => v << n);

    public static RecordedWord ShiftRight(RecordedWord value, RecordedWord amount) =>
        Extension(value, amount, ZeroExtend, ShiftRight) ?? Shift(Operator.ShiftRight, value, amount, static (v, n) => v >> n);

    public static RecordedWord ShiftRightArithmetic(RecordedWord value, RecordedWord amount) =>
        Extension(value, amount, SignExtend, ShiftRightArithmetic)
            ?? Shift(Operator.ShiftRightArithmetic, value, amount, static (v, n) => (ulong)((long)v >> n));

    public static RecordedWord Equal(RecordedWord left, RecordedWord right) =>
        left.IsConstant && right.IsConstant
            ? Constant(left.Value == right.Value ? 1ul : 0) : Node(Operator.Equal, left, right);

    public static RecordedWord Less(RecordedWord left, RecordedWord right) =>
        left.IsConstant && right.IsConstant
            ? Constant((long)left.Value < (long)right.Value ? 1ul : 0) : Node(Operator.Less, left, right);

    public static RecordedWord LessUnsigned(RecordedWord left, RecordedWord right) =>
        left.IsConstant && right.IsConstant
            ? Constant(left.Value < right.Value ? 1ul : 0) : Node(Operator.LessUnsigned, left, right);

    public static RecordedWord Select(RecordedWord condition, RecordedWord ifTrue, RecordedWord ifFalse) =>
        condition.IsConstant
            ? condition.Value != 0 ? ifTrue : ifFalse
            : new(Expression.Select(condition.Expression, ifTrue.Expression, ifFalse.Expression));

    public static RecordedWord SignExtend(RecordedWord value, int bits) =>
        value.IsConstant
            ? Constant((ulong)((long)(value.Value << (64 - bits)) >> (64 - bits)))
            : new(Expression.Unary(Operator.SignExtend, bits == 32 ? Rotations.LowOf(value.Expression) : value.Expression, (ulong)bits));

    public static RecordedWord ZeroExtend(RecordedWord value, int bits) =>
        value.IsConstant
            ? Constant(value.Value << (64 - bits) >> (64 - bits))
            : new(Expression.Unary(Operator.ZeroExtend, value.Expression, (ulong)bits));

    public static RecordedWord MultiplyHigh(RecordedWord left, RecordedWord right) =>
        Node(Operator.MultiplyHigh, left, right);

    public static RecordedWord MultiplyHighUnsigned(RecordedWord left, RecordedWord right) =>
        Node(Operator.MultiplyHighUnsigned, left, right);

    public static RecordedWord Divide(RecordedWord dividend, RecordedWord divisor) =>
        Node(Operator.Divide, dividend, divisor);

    public static RecordedWord DivideUnsigned(RecordedWord dividend, RecordedWord divisor) =>
        Node(Operator.DivideUnsigned, dividend, divisor);

    public static RecordedWord Remainder(RecordedWord dividend, RecordedWord divisor) =>
        Node(Operator.Remainder, dividend, divisor);

    public static RecordedWord RemainderUnsigned(RecordedWord dividend, RecordedWord divisor) =>
        Node(Operator.RemainderUnsigned, dividend, divisor);

    public static RecordedWord PopulationCount(RecordedWord value) => Unary(Operator.PopulationCount, value);

    public static RecordedWord LeadingZeroCount(RecordedWord value) => Unary(Operator.LeadingZeroCount, value);

    public static RecordedWord TrailingZeroCount(RecordedWord value) => Unary(Operator.TrailingZeroCount, value);

    public static RecordedWord ReverseBytes(RecordedWord value) => Unary(Operator.ReverseBytes, value);

    public static RecordedWord CarrylessMultiply(RecordedWord left, RecordedWord right) =>
        Node(Operator.CarrylessMultiply, left, right);

    public static RecordedWord CarrylessMultiplyHigh(RecordedWord left, RecordedWord right) =>
        Node(Operator.CarrylessMultiplyHigh, left, right);

    /// <summary>Applies an operation of one operand to another word than it was recorded with.</summary>
    /// <param name="op">Complement, an extension or a rotation.</param>
    /// <param name="value">The word.</param>
    /// <param name="bits">The width of an extension, the distance of a rotation.</param>
    internal static RecordedWord Unary(Operator op, RecordedWord value, int bits) => op switch
    {
        Operator.Not => ~value,
        Operator.SignExtend => SignExtend(value, bits),
        Operator.ZeroExtend => ZeroExtend(value, bits),
        Operator.RotateRight or Operator.RotateRight32 => new(Expression.Unary(op, value.Expression, (ulong)bits)),
        _ => throw new ArgumentOutOfRangeException(nameof(op)),
    };

    /// <summary>Applies an operation of two operands, as if it were recorded with them.</summary>
    internal static RecordedWord Binary(Operator op, RecordedWord left, RecordedWord right) => op switch
    {
        Operator.Add => left + right,
        Operator.Subtract => left - right,
        Operator.And => left & right,
        Operator.Or => left | right,
        Operator.Xor => left ^ right,
        Operator.ShiftLeft => ShiftLeft(left, right),
        Operator.ShiftRight => ShiftRight(left, right),
        Operator.ShiftRightArithmetic => ShiftRightArithmetic(left, right),
        _ => Node(op, left, right),
    };

    private bool IsConstant => Expression.IsConstant;

    private bool IsZero => Expression.IsConstant && Expression.Value == 0;

    private ulong Value => Expression.Value;

    private static RecordedWord Node(Operator op, RecordedWord left, RecordedWord right) =>
        new(Expression.Binary(op, left.Expression, right.Expression));

    private static RecordedWord Unary(Operator op, RecordedWord value) => new(Expression.Unary(op, value.Expression));

    // Shifted up and down again, a word is extended, and shifted by the difference.
    private static RecordedWord? Extension(RecordedWord value, RecordedWord amount, Func<RecordedWord, int, RecordedWord> extend,
        Func<RecordedWord, RecordedWord, RecordedWord> shiftRight)
    {
        if (value.Expression is not { Operator: Operator.ShiftLeft, First: { } first, Second: { IsConstant: true, Value: var up } }
            || up is not (32 or 48 or 56) || !amount.IsConstant)
            return null;
        var (extended, down) = (extend(new(first), 64 - (int)up), amount.Value & 63);
        return down <= up ? ShiftLeft(extended, Constant(up - down)) : shiftRight(extended, Constant(down - up));
    }

    private static RecordedWord Shift(Operator op, RecordedWord value, RecordedWord amount, Func<ulong, int, ulong> fold)
    {
        if (amount.IsConstant && (amount.Value & 63) == 0)
            return value;
        return value.IsConstant && amount.IsConstant
            ? Constant(fold(value.Value, (int)(amount.Value & 63)))
            : Node(op, value, amount);
    }
}
