namespace Verification.Machine.Translation.X64;

// Comparisons leave the flags; conditions and choices make words of them.
internal sealed partial class ExpressionCompiler
{
    /// <summary>Leaves the flags as the condition asks, and answers under which host condition it holds.</summary>
    internal Condition Compare(Expression condition, Live live = Live.None)
    {
        if (live == Live.None)
            _slotsUsed = FirstFreeSlot;
        switch (condition)
        {
            case { Operator: Operator.Xor, First: { } inner, Second: { Operator: Operator.Constant, Value: 1 } }
                when IsCondition(inner):
                return (Condition)((int)Compare(inner, live) ^ 1);
            case { Operator: Operator.Equal, First: { } a, Second: { Operator: Operator.Constant, Value: 0 } }
                when IsCondition(a):
                return (Condition)((int)Compare(a, live) ^ 1);
            case { Operator: Operator.Equal }:
                CompareOperands(condition.First!, condition.Second!, live);
                return Condition.Equal;
            case { Operator: Operator.Less }:
                CompareOperands(condition.First!, condition.Second!, live);
                return Condition.Less;
            case { Operator: Operator.LessUnsigned }:
                CompareOperands(condition.First!, condition.Second!, live);
                return Condition.Below;
            default:
                CompareOperands(condition, Expression.Constant(0), live);
                return Condition.NotEqual;
        }
    }

    private static bool IsCondition(Expression e) => e.Operator is Operator.Equal or Operator.Less or Operator.LessUnsigned
        || e is { Operator: Operator.Xor, First: { } inner, Second: { Operator: Operator.Constant, Value: 1 } } && IsCondition(inner);

    private void EvaluateCondition(Expression e, R target, Live live)
    {
        var condition = Compare(e, live | Live.Nested);
        var result = LiveOf(target) != Live.None ? target : Take(live);
        code.SetCondition(condition, result);
        code.ZeroExtend(target, result, 8);
    }

    private void EvaluateSelect(Expression e, R target, Live live)
    {
        var free = Take(live | LiveOf(target));
        Evaluate(e.Second!, free, live | Live.Nested);
        Evaluate(e.Third!, target, live | LiveOf(free) | Live.Nested);
        var condition = Compare(e.First!, live | LiveOf(free) | LiveOf(target) | Live.Nested);
        code.MoveIf(condition, target, free);
    }

    private void CompareOperands(Expression first, Expression second, Live live)
    {
        if (HostRegister(first) is { } left)
        {
            CompareWith(left, second, live);
        }
        else if (IsLeaf(first) && !first.IsConstant && second.IsSmall)
        {
            code.OpMemory(Alu.Compare, MemoryBase(first), MemoryOffset(first), (int)second.Value);
        }
        else if (IsLeaf(first) && !first.IsConstant && HostRegister(second) is { } right)
        {
            code.OpMemory(Alu.Compare, MemoryBase(first), MemoryOffset(first), right);
        }
        else
        {
            var free = Take(live);
            if (!IsLeaf(second) && TryTake(live | LiveOf(free)) is null)
            {
                var slot = Spill(second, free, live);
                Evaluate(first, free, live);
                code.OpFrom(Alu.Compare, free, R.Rsp, slot);
                return;
            }

            Evaluate(first, free, live);
            CompareWith(free, second, live | LiveOf(free));
        }
    }

    private void CompareWith(R left, Expression second, Live live)
    {
        if (second is { Operator: Operator.Constant, Value: 0 })
        {
            code.Test(left, left);
        }
        else if (second.IsSmall)
        {
            code.Op(Alu.Compare, left, (int)second.Value);
        }
        else if (HostRegister(second) is { } right)
        {
            code.Op(Alu.Compare, left, right);
        }
        else if (IsLeaf(second) && !second.IsConstant)
        {
            code.OpFrom(Alu.Compare, left, MemoryBase(second), MemoryOffset(second));
        }
        else
        {
            var free = Take(live);
            Evaluate(second, free, live);
            code.Op(Alu.Compare, left, free);
        }
    }
}
