namespace Verification.Machine.Translation;

/// <summary>Two shifts that make a rotation, as compilers write it where the instruction set has none.</summary>
internal static class Rotations
{
    /// <summary>What two words make together, if they are the two parts of a register that is rotated.</summary>
    internal static Expression? TryOf(Expression first, Expression second) => TryParts(first, second) ?? TryParts(second, first);

    /// <summary>A word of which the low half counts: a word of 32 bits that is rotated doubles it, and shifts.</summary>
    internal static Expression LowOf(Expression value) =>
        value is { Operator: Operator.ShiftRight, First: { Operator: Operator.Or, First: { } low, Second: { Operator: Operator.ShiftLeft, First: { } high, Second: { IsConstant: true, Value: 32 } } } }
            && low is { Operator: Operator.ZeroExtend, Value: 32, First: { } word } && high is { Operator: Operator.ZeroExtend, Value: 32, First: { } same }
            && value.Second is { IsConstant: true, Value: < 32 and var amount } && AreSame(word, same)
            ? Expression.Unary(Operator.RotateRight32, word, amount) : value;

    // What goes out below comes in above.
    private static Expression? TryParts(Expression low, Expression high)
    {
        if (low is { Operator: Operator.ShiftRight, First: { } whole, Second: { IsConstant: true, Value: var down } }
            && high is { Operator: Operator.ShiftLeft, First: { } again, Second: { IsConstant: true, Value: var up } }
            && down + up == 64 && AreSame(whole, again))
            return Expression.Unary(Operator.RotateRight, whole, down);

        // srliw and slliw: the upper half of either is the sign, and the lower part has none.
        if (low is { Operator: Operator.SignExtend, Value: 32, First: { Operator: Operator.ShiftRight, First: { Operator: Operator.ZeroExtend, Value: 32, First: { } word }, Second: { IsConstant: true, Value: var right } } }
            && high is { Operator: Operator.SignExtend, Value: 32, First: { Operator: Operator.ShiftLeft, First: { } same, Second: { IsConstant: true, Value: var left } } }
            && right + left == 32 && AreSame(word, same))
            return Expression.Unary(Operator.SignExtend, Expression.Unary(Operator.RotateRight32, word, right), 32);
        return null;
    }

    private static bool AreSame(Expression first, Expression second) =>
        first.Operator == Operator.Register && second.Operator == Operator.Register && first.Value == second.Value;
}
