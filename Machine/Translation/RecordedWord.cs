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
        return right.IsZero ? left : left.IsConstant ? Binary(Operator.Add, right, left) : Binary(Operator.Add, left, right);
    }

    public static RecordedWord operator -(RecordedWord left, RecordedWord right)
    {
        if (left.IsConstant && right.IsConstant)
            return Constant(left.Value - right.Value);
        return right.IsZero ? left : Binary(Operator.Subtract, left, right);
    }

    public static RecordedWord operator *(RecordedWord left, RecordedWord right) => Binary(Operator.Multiply, left, right);

    public static RecordedWord operator &(RecordedWord left, RecordedWord right)
    {
        if (left.IsConstant && right.IsConstant)
            return Constant(left.Value & right.Value);
        return left.IsConstant ? Binary(Operator.And, right, left) : Binary(Operator.And, left, right);
    }

    public static RecordedWord operator |(RecordedWord left, RecordedWord right)
    {
        if (left.IsConstant && right.IsConstant)
            return Constant(left.Value | right.Value);
        if (left.IsZero)
            return right;
        return right.IsZero ? left : left.IsConstant ? Binary(Operator.Or, right, left) : Binary(Operator.Or, left, right);
    }

    public static RecordedWord operator ^(RecordedWord left, RecordedWord right)
    {
        if (left.IsConstant && right.IsConstant)
            return Constant(left.Value ^ right.Value);
        if (left.IsZero)
            return right;
        return right.IsZero ? left : left.IsConstant ? Binary(Operator.Xor, right, left) : Binary(Operator.Xor, left, right);
    }

    public static RecordedWord operator ~(RecordedWord value) =>
        value.IsConstant ? Constant(~value.Value) : new(Expression.Unary(Operator.Not, value.Expression));

    public static RecordedWord ShiftLeft(RecordedWord value, RecordedWord amount) =>
        Shift(Operator.ShiftLeft, value, amount, static (v, n) => v << n);

    public static RecordedWord ShiftRight(RecordedWord value, RecordedWord amount) =>
        Shift(Operator.ShiftRight, value, amount, static (v, n) => v >> n);

    public static RecordedWord ShiftRightArithmetic(RecordedWord value, RecordedWord amount) =>
        Shift(Operator.ShiftRightArithmetic, value, amount, static (v, n) => (ulong)((long)v >> n));

    public static RecordedWord Equal(RecordedWord left, RecordedWord right) =>
        left.IsConstant && right.IsConstant
            ? Constant(left.Value == right.Value ? 1ul : 0) : Binary(Operator.Equal, left, right);

    public static RecordedWord Less(RecordedWord left, RecordedWord right) =>
        left.IsConstant && right.IsConstant
            ? Constant((long)left.Value < (long)right.Value ? 1ul : 0) : Binary(Operator.Less, left, right);

    public static RecordedWord LessUnsigned(RecordedWord left, RecordedWord right) =>
        left.IsConstant && right.IsConstant
            ? Constant(left.Value < right.Value ? 1ul : 0) : Binary(Operator.LessUnsigned, left, right);

    public static RecordedWord Select(RecordedWord condition, RecordedWord ifTrue, RecordedWord ifFalse) =>
        condition.IsConstant
            ? condition.Value != 0 ? ifTrue : ifFalse
            : new(Expression.Select(condition.Expression, ifTrue.Expression, ifFalse.Expression));

    public static RecordedWord SignExtend(RecordedWord value, int bits) =>
        value.IsConstant
            ? Constant((ulong)((long)(value.Value << (64 - bits)) >> (64 - bits)))
            : new(Expression.Unary(Operator.SignExtend, value.Expression, (ulong)bits));

    public static RecordedWord ZeroExtend(RecordedWord value, int bits) =>
        value.IsConstant
            ? Constant(value.Value << (64 - bits) >> (64 - bits))
            : new(Expression.Unary(Operator.ZeroExtend, value.Expression, (ulong)bits));

    public static RecordedWord MultiplyHigh(RecordedWord left, RecordedWord right) =>
        Binary(Operator.MultiplyHigh, left, right);

    public static RecordedWord MultiplyHighUnsigned(RecordedWord left, RecordedWord right) =>
        Binary(Operator.MultiplyHighUnsigned, left, right);

    public static RecordedWord Divide(RecordedWord dividend, RecordedWord divisor) =>
        Binary(Operator.Divide, dividend, divisor);

    public static RecordedWord DivideUnsigned(RecordedWord dividend, RecordedWord divisor) =>
        Binary(Operator.DivideUnsigned, dividend, divisor);

    public static RecordedWord Remainder(RecordedWord dividend, RecordedWord divisor) =>
        Binary(Operator.Remainder, dividend, divisor);

    public static RecordedWord RemainderUnsigned(RecordedWord dividend, RecordedWord divisor) =>
        Binary(Operator.RemainderUnsigned, dividend, divisor);

    public static RecordedWord PopulationCount(RecordedWord value) => Unary(Operator.PopulationCount, value);

    public static RecordedWord LeadingZeroCount(RecordedWord value) => Unary(Operator.LeadingZeroCount, value);

    public static RecordedWord TrailingZeroCount(RecordedWord value) => Unary(Operator.TrailingZeroCount, value);

    public static RecordedWord ReverseBytes(RecordedWord value) => Unary(Operator.ReverseBytes, value);

    public static RecordedWord CarrylessMultiply(RecordedWord left, RecordedWord right) =>
        Binary(Operator.CarrylessMultiply, left, right);

    public static RecordedWord CarrylessMultiplyHigh(RecordedWord left, RecordedWord right) =>
        Binary(Operator.CarrylessMultiplyHigh, left, right);

    private bool IsConstant => Expression.IsConstant;

    private bool IsZero => Expression.IsConstant && Expression.Value == 0;

    private ulong Value => Expression.Value;

    private static RecordedWord Binary(Operator op, RecordedWord left, RecordedWord right) =>
        new(Expression.Binary(op, left.Expression, right.Expression));

    private static RecordedWord Unary(Operator op, RecordedWord value) => new(Expression.Unary(op, value.Expression));

    private static RecordedWord Shift(Operator op, RecordedWord value, RecordedWord amount, Func<ulong, int, ulong> fold)
    {
        if (amount.IsConstant && (amount.Value & 63) == 0)
            return value;
        return value.IsConstant && amount.IsConstant
            ? Constant(fold(value.Value, (int)(amount.Value & 63)))
            : Binary(op, value, amount);
    }
}
