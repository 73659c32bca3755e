namespace Verification.Machine.Translation;

/// <summary>Two shifts that make a rotation, as compilers write it where the instruction set has none.</summary>
internal static class Rotations
{
    /// <summary>What two words make together, if they are the two parts of a register that is rotated.</summary>
    internal static Expression? TryOf(Expression first, Expression second) => TryParts(first, second) ?? TryParts(second, first);

    /// <summary>A word of which the low half counts: a word of 32 bits that is rotated doubles it, and shifts.</summary>
    internal static Expression LowOf(Expression value) =>
        IsShift(value, Operator.ShiftRight, out var doubled, out var amount) && amount < 32
            && doubled is { Operator: Operator.Or, First: { } low, Second: { } second }
            && IsShift(second, Operator.ShiftLeft, out var high, out var distance) && distance == 32
            && IsHalf(low, Operator.ZeroExtend, out var word) && IsHalf(high, Operator.ZeroExtend, out var same) && AreSame(word, same)
            ? Expression.Unary(Operator.RotateRight32, word, amount) : value;

    // What goes out below comes in above.
    private static Expression? TryParts(Expression low, Expression high)
    {
        if (IsShift(low, Operator.ShiftRight, out var whole, out var down) && IsShift(high, Operator.ShiftLeft, out var again, out var up))
            return down + up == 64 && AreSame(whole, again) ? Expression.Unary(Operator.RotateRight, whole, down) : null;

        // srliw and slliw: the upper half of either is the sign, and the lower part has none.
        return IsHalf(low, Operator.SignExtend, out var below) && IsHalf(high, Operator.SignExtend, out var above)
            && IsShift(below, Operator.ShiftRight, out var unsigned, out var right) && IsHalf(unsigned, Operator.ZeroExtend, out var word)
            && IsShift(above, Operator.ShiftLeft, out var same, out var left) && right + left == 32 && AreSame(word, same)
            ? Expression.Unary(Operator.SignExtend, Expression.Unary(Operator.RotateRight32, word, right), 32) : null;
    }

    private static bool IsShift(Expression e, Operator shift, out Expression value, out ulong amount)
    {
        (value, amount) = (e.First ?? e, e.Second?.Value ?? 0);
        return e.Operator == shift && e.Second!.IsConstant;
    }

    private static bool IsHalf(Expression e, Operator extension, out Expression value)
    {
        value = e.First ?? e;
        return e.Operator == extension && e.Value == 32;
    }

    private static bool AreSame(Expression first, Expression second) =>
        first.Operator == Operator.Register && second.Operator == Operator.Register && first.Value == second.Value;
}
