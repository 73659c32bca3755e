using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Decides comparisons of indices by what is known where they stand: the branches that lead there, and the values that a
/// counter can have. A bounds check that always passes becomes a constant, and with it goes its panic.
/// </summary>
internal static class BoundsChecks
{
    private const int DepthLimit = 6;

    /// <summary>True if a comparison was decided.</summary>
    public static bool Run(Function function)
    {
        FlowOrder.Compute(function);
        bool changed = false;
        foreach (Block block in function.Blocks)
        {
            Instr terminator = block.Terminator;
            if (terminator.Op != Op.Branch) continue;
            Instr condition = terminator.Args[0];
            bool? outcome = condition.Op switch
            {
                Op.LtUnsigned when IsNonNegative(block, condition.Args[1], DepthLimit) &&
                                   IsNonNegative(block, condition.Args[0], DepthLimit) &&
                                   IsLess(block, condition.Args[0], condition.Args[1], DepthLimit) => true,
                Op.Lt when IsLess(block, condition.Args[0], condition.Args[1], DepthLimit) => true,
                Op.GeUnsigned when condition.Args[1].Op != Op.Const && IsNonNegative(block, condition.Args[0], DepthLimit) &&
                                   IsNonNegative(block, condition.Args[1], DepthLimit) &&
                                   IsLess(block, condition.Args[0], condition.Args[1], DepthLimit) => false,
                _ => null,
            };
            if (outcome is null) Ease(function, condition);
            if (outcome is not { } known) continue;
            terminator.Args = [function.Const(IrType.I32, known ? 1 : 0)];
            changed = true;
        }

        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                Op unsigned = instr.Op switch
                {
                    // What is not negative extends alike, divides alike and shifts alike, with and without a sign.
                    Op.ZeroExtend32 => Op.SignExtend32,
                    Op.Div when instr.Args[1] is { IsConst: true, Immediate: > 0 } => Op.DivUnsigned,
                    Op.Rem when instr.Args[1] is { IsConst: true, Immediate: > 0 } => Op.RemUnsigned,
                    _ => instr.Op,
                };
                if (unsigned == instr.Op || !IsNonNegative(block, instr.Args[0], DepthLimit)) continue;
                instr.Op = unsigned;
                changed = true;
            }
        }

        return changed;
    }

    // A number less a constant below another constant is the number below the sum of both, if nothing wraps.
    private static void Ease(Function function, Instr condition)
    {
        if (condition.Op is not (Op.Lt or Op.Ge) || condition.Args[0] is not { Op: Op.Add } sum || condition.Args[1] is not { IsConst: true } limit) return;
        if (sum.Args[1] is not { IsConst: true, Immediate: < 0 and > int.MinValue } step || limit.Immediate - step.Immediate > int.MaxValue) return;
        if (limit.Immediate < int.MinValue || !IsNonNegative(condition.Block!, sum.Args[0], DepthLimit)) return;
        condition.Args = [sum.Args[0], function.Const(sum.Type, limit.Immediate - step.Immediate)];
    }

    // What is said of a value holds for it with and without the note that it is not negative.
    private static bool Same(Instr left, Instr right) => left == right || Plain(left) == Plain(right);

    private static Instr Plain(Instr value)
    {
        while (value.Op == Op.NonNegative) value = value.Args[0];
        return value;
    }

    private static IEnumerable<(Op Op, Instr Left, Instr Right)> Facts(Block block)
    {
        for (Block? current = block; current is not null; current = current.Dominator)
        {
            if (ValueNumbering.Fact(current) is not { } fact || !fact.Condition.IsCompare) continue;
            Op op = fact.Holds ? fact.Condition.Op : Comparisons.Inverse(fact.Condition.Op)!.Value;
            yield return (op, fact.Condition.Args[0], fact.Condition.Args[1]);
        }
    }

    /// <summary>True if a value is at least 0 wherever the block is reached.</summary>
    private static bool IsNonNegative(Block block, Instr value, int depth)
    {
        if (ValueRange.Of(value).IsNonNegative || LeastOfCounter(value) >= 0) return true;
        if (depth == 0) return false;
        if (value.Op == Op.SignExtend32) return IsNonNegative(block, value.Args[0], depth - 1);
        foreach ((Op op, Instr left, Instr right) in Facts(block))
        {
            if (op == Op.Ge && Same(left, value) && ValueRange.Of(right).IsNonNegative) return true;
            if (op == Op.Lt && Same(right, value) && ValueRange.Of(left).Least >= -1) return true;
            if (op == Op.LtUnsigned && Same(left, value) && IsNonNegative(block, right, depth - 1)) return true;
            if (op == Op.GeUnsigned && Same(right, value) && IsNonNegative(block, left, depth - 1)) return true;
            if (op == Op.GeUnsigned && left.Op == Op.SignExtend32 && IsTermOf(right, value) && IsNonNegative(block, left.Args[0], depth - 1)) return true;
            if (op == Op.Eq && Same(left, value) && ValueRange.Of(right).IsNonNegative) return true;
        }

        if (value.Op == Op.Add && value.Args[1].IsConst)
        {
            long step = value.Args[1].Immediate;
            // A sum of numbers that are not negative is not, unless it wraps; one less than a number above 0 is not.
            if (step > 0 && IsNonNegative(block, value.Args[0], depth - 1) && CannotWrap(block, value.Args[0], step)) return true;
            if (step == -1 && IsPositive(block, value.Args[0])) return true;
            if (step is < 0 and > int.MinValue && LeastOfCounter(value.Args[0]) >= -step) return true;
        }

        if (value.Op == Op.Add && value.Args[1] is { IsConst: true, Immediate: < 0 and > int.MinValue } less && IsKnownAbove(block, value.Args[0], -less.Immediate - 1))
            return true;
        if (value is { Op: Op.Add, Type: IrType.I32 } && IsPartOfWhole(block, value, depth)) return true;
        // The difference of two numbers from 0 on, of which the second is not the greater, lies between 0 and the first.
        if (value.Op == Op.Sub && IsNonNegative(block, value.Args[1], depth - 1) && IsAtMost(block, value.Args[1], value.Args[0], depth - 1)) return true;
        return value.Op == Op.Phi && IsCounterFromZero(value, depth - 1);
    }

    // A sum of two words without a sign, made in 64 bits, is not below either of them.
    private static bool IsTermOf(Instr sum, Instr value) =>
        sum is { Op: Op.Add, Type: IrType.I64 } && (IsWord(sum.Args[0], value) || IsWord(sum.Args[1], value)) &&
        IsWord(sum.Args[0], null) && IsWord(sum.Args[1], null);

    private static bool IsWord(Instr extended, Instr? value) =>
        (extended.Op == Op.ZeroExtend32 || (extended.Op == Op.SignExtend32 && ValueRange.Of(extended).IsNonNegative) || extended is { IsConst: true, Immediate: >= 0 and <= uint.MaxValue }) &&
        (value is null || (!extended.IsConst && Same(extended.Args[0], value)));

    // A counter that only grows is nowhere below what it starts from.
    private static long LeastOfCounter(Instr value)
    {
        long least = ValueRange.Of(value).Least;
        if (value.Op != Op.Phi) return least;
        long start = long.MaxValue;
        foreach (Instr arg in value.Args)
        {
            bool isStep = arg.Op == Op.Add && arg.Args[0] == value && arg.Args[1] is { IsConst: true, Immediate: > 0 } step &&
                          CannotWrap(arg.Block!, value, step.Immediate);
            if (isStep) continue;
            start = Math.Min(start, ValueRange.Of(arg).Least);
        }

        return Math.Max(least, start == long.MaxValue ? least : start);
    }

    private static bool IsPositive(Block block, Instr value)
    {
        if (ValueRange.Of(value).Least > 0) return true;
        foreach ((Op op, Instr left, Instr right) in Facts(block))
        {
            if (op == Op.Lt && Same(right, value) && ValueRange.Of(left).IsNonNegative) return true;
            if (op == Op.Ge && Same(left, value) && ValueRange.Of(right).Least > 0) return true;
            if (op == Op.Ne && Same(left, value) && right.Is(0) && IsNonNegative(block, value, 2)) return true;
        }

        return false;
    }

    // value + step does not pass the greatest number if value is below some other number by enough.
    internal static bool CannotWrap(Block block, Instr value, long step)
    {
        if (step < 0) return IsNonNegative(block, value, 2) || IsKnownAbove(block, value, int.MinValue - step);
        long greatest = value.Type == IrType.I32 ? int.MaxValue : long.MaxValue;
        if (ValueRange.Of(value).Greatest <= greatest - step) return true;
        foreach ((Op op, Instr left, Instr right) in Facts(block))
        {
            // Not above a number less a constant: as far from the greatest number as that constant says.
            if (op == Op.Ge && Same(right, value) && left is { Op: Op.Add, Args: [var whole, { IsConst: true, Immediate: < 0 } less] } &&
                -less.Immediate >= step && less.Immediate > int.MinValue && IsNonNegative(block, whole, 2))
                return true;
            if (!Same(left, value)) continue;
            if (op == Op.Lt && (step == 1 || ValueRange.Of(right).Greatest <= greatest - step + 1)) return true;
            if (op == Op.LtUnsigned && ValueRange.Of(right) is { IsNonNegative: true } limit &&
                (step == 1 || limit.Greatest <= greatest - step + 1)) return true;
        }

        return false;
    }

    // A phi that starts at 0 or above and only grows, without wrapping.
    private static bool IsCounterFromZero(Instr phi, int depth)
    {
        if (depth <= 0) return false;
        Block header = phi.Block!;
        for (int index = 0; index < phi.Args.Length; index++)
        {
            Instr arg = phi.Args[index];
            Block from = header.Predecessors[index];
            if (arg == phi) continue;
            if (arg.Op == Op.Add && arg.Args[0] == phi && arg.Args[1].IsConst)
            {
                long step = arg.Args[1].Immediate;
                if (step > 0 && CannotWrap(arg.Block!, phi, step)) continue;
                if (step == -1 && (IsKnownAbove(arg.Block!, phi, 0) || IsKnownAtLeastZero(from, arg))) continue;
                return false;
            }

            if (FlowOrder.Dominates(header, from) || !IsNonNegative(from, arg, depth - 1)) return false;
        }

        return true;
    }

    private static bool IsKnownAbove(Block block, Instr value, long bound) =>
        Facts(block).Any(fact => (fact.Op == Op.Lt && Same(fact.Right, value) && ValueRange.Of(fact.Left).Least >= bound) ||
                                 (fact.Op == Op.Ge && Same(fact.Left, value) && ValueRange.Of(fact.Right).Least > bound) ||
                                 (fact.Op == Op.GeUnsigned && Same(fact.Left, value) && ValueRange.Of(fact.Right) is { IsNonNegative: true } least &&
                                  least.Least > bound && IsNonNegative(block, value, 2)));

    private static bool IsKnownAtLeastZero(Block block, Instr value) =>
        Facts(block).Any(fact => fact.Op == Op.Ge && Same(fact.Left, value) && ValueRange.Of(fact.Right).IsNonNegative);

    /// <summary>True if left is below right, as signed numbers, wherever the block is reached.</summary>
    private static bool IsLess(Block block, Instr left, Instr right, int depth)
    {
        if (ValueRange.Of(left).Greatest < ValueRange.Of(right).Least) return true;
        if (depth == 0) return false;
        if (left.Op == Op.SignExtend32 && right.Op == Op.SignExtend32) return IsLess(block, left.Args[0], right.Args[0], depth - 1);
        foreach ((Op op, Instr one, Instr other) in Facts(block))
        {
            if (op == Op.Lt && Same(one, left) && IsAtMost(block, other, right, depth - 1)) return true;
            if (op == Op.LtUnsigned && Same(one, left) && IsNonNegative(block, other, depth - 1) && IsAtMost(block, other, right, depth - 1)) return true;
        }

        if (left is { Op: Op.And } masked)
        {
            // A mask that is not negative is an upper bound.
            if (IsNonNegative(block, masked.Args[1], depth - 1) && IsLess(block, masked.Args[1], right, depth - 1)) return true;
            if (IsNonNegative(block, masked.Args[0], depth - 1) && IsLess(block, masked.Args[0], right, depth - 1)) return true;
        }

        if (left is { Op: Op.ShrUnsigned, Args: [var shifted, { IsConst: true }] } && IsNonNegative(block, shifted, depth - 1) &&
            IsLess(block, shifted, right, depth - 1))
            return true;
        if (left is { Op: Op.Add, Type: IrType.I32 } sum && (IsSumBelow(block, sum.Args[0], sum.Args[1], right, depth) || IsSumBelow(block, sum.Args[1], sum.Args[0], right, depth)))
            return true;

        if (left.Op == Op.Add && left.Args[1] is { IsConst: true, Immediate: < 0 } step && IsNonNegative(block, left.Args[0], 2) &&
            step.Immediate > int.MinValue)
            return IsAtMost(block, left.Args[0], right, depth - 1);
        return false;
    }

    private static bool IsPartOfWhole(Block block, Instr sum, int depth)
    {
        foreach ((Op op, Instr one, _) in Facts(block))
        {
            if (op != Op.Ge || one.Op is not (Op.Sub or Op.Add)) continue;
            if (IsSumBelow(block, sum.Args[0], sum.Args[1], one.Args[0], depth) || IsSumBelow(block, sum.Args[1], sum.Args[0], one.Args[0], depth)) return true;
        }

        return false;
    }

    // start <= whole - part and offset < part, and nothing negative among them: start + offset < whole.
    private static bool IsSumBelow(Block block, Instr start, Instr offset, Instr whole, int depth)
    {
        foreach ((Op op, Instr one, Instr other) in Facts(block))
        {
            if (op != Op.Ge || !Same(other, start) || one.Type != IrType.I32) continue;
            bool isBelow = one switch
            {
                { Op: Op.Sub } => Same(one.Args[0], whole) && IsNonNegative(block, one.Args[1], depth - 1) && IsLess(block, offset, one.Args[1], depth - 1),
                { Op: Op.Add, Args: [_, { IsConst: true, Immediate: < 0 and > int.MinValue } step] } =>
                    Same(one.Args[0], whole) && IsBelow(block, offset, -step.Immediate),
                _ => false,
            };
            if (isBelow && IsNonNegative(block, whole, depth - 1) && IsNonNegative(block, start, depth - 1) && IsNonNegative(block, offset, depth - 1))
                return true;
        }

        return false;
    }

    private static bool IsBelow(Block block, Instr value, long bound) =>
        ValueRange.Of(value).Greatest < bound ||
        Facts(block).Any(fact => fact.Op == Op.Lt && Same(fact.Left, value) && ValueRange.Of(fact.Right).Greatest <= bound);

    private static bool IsAtMost(Block block, Instr left, Instr right, int depth)
    {
        if (Same(left, right)) return true;
        if (ValueRange.Of(left).Greatest <= ValueRange.Of(right).Least) return true;
        if (depth <= 0) return false;
        if (left.Op == Op.SignExtend32 && right.Op == Op.SignExtend32) return IsAtMost(block, left.Args[0], right.Args[0], depth - 1);
        if (left.Op == Op.Sub && IsNonNegative(block, left.Args[1], depth - 1) && IsNonNegative(block, left.Args[0], depth - 1) &&
            IsAtMost(block, left.Args[0], right, depth - 1))
            return true;
        foreach ((Op op, Instr one, Instr other) in Facts(block))
        {
            if (op == Op.GeUnsigned && IsTermOf(other, left) && one.Op == Op.SignExtend32 && Same(one.Args[0], right) && IsNonNegative(block, right, depth - 1))
                return true;
            if (op == Op.Ge && Same(one, right) && Same(other, left)) return true;
            if (op == Op.Lt && Same(one, left) && Same(other, right)) return true;
            if (op == Op.GeUnsigned && Same(one, right) && Same(other, left) && IsNonNegative(block, right, 2) && IsNonNegative(block, left, 2)) return true;
        }

        return false;
    }
}
