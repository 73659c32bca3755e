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
            if (outcome is not { } known) continue;
            terminator.Args = [function.Const(IrType.I32, known ? 1 : 0)];
            changed = true;
        }

        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                if (instr.Op != Op.ZeroExtend32 || !IsNonNegative(block, instr.Args[0], DepthLimit)) continue;
                instr.Op = Op.SignExtend32;
                changed = true;
            }
        }

        return changed;
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
            if (op == Op.Ge && left == value && ValueRange.Of(right).IsNonNegative) return true;
            if (op == Op.Lt && right == value && ValueRange.Of(left).Least >= -1) return true;
            if (op == Op.LtUnsigned && left == value && ValueRange.Of(right).IsNonNegative) return true;
            if (op == Op.Eq && left == value && ValueRange.Of(right).IsNonNegative) return true;
        }

        if (value.Op == Op.Add && value.Args[1].IsConst)
        {
            long step = value.Args[1].Immediate;
            // A sum of numbers that are not negative is not, unless it wraps; one less than a number above 0 is not.
            if (step > 0 && IsNonNegative(block, value.Args[0], depth - 1) && CannotWrap(block, value.Args[0], step)) return true;
            if (step == -1 && IsPositive(block, value.Args[0])) return true;
            if (step is < 0 and > int.MinValue && LeastOfCounter(value.Args[0]) >= -step) return true;
        }

        return value.Op == Op.Phi && IsCounterFromZero(value, depth - 1);
    }

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
            if (op == Op.Lt && right == value && ValueRange.Of(left).IsNonNegative) return true;
            if (op == Op.Ge && left == value && ValueRange.Of(right).Least > 0) return true;
            if (op == Op.Ne && left == value && right.Is(0) && IsNonNegative(block, value, 2)) return true;
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
            if (left != value) continue;
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
        Facts(block).Any(fact => (fact.Op == Op.Lt && fact.Right == value && ValueRange.Of(fact.Left).Least >= bound) ||
                                 (fact.Op == Op.Ge && fact.Left == value && ValueRange.Of(fact.Right).Least > bound));

    private static bool IsKnownAtLeastZero(Block block, Instr value) =>
        Facts(block).Any(fact => fact.Op == Op.Ge && fact.Left == value && ValueRange.Of(fact.Right).IsNonNegative);

    /// <summary>True if left is below right, as signed numbers, wherever the block is reached.</summary>
    private static bool IsLess(Block block, Instr left, Instr right, int depth)
    {
        if (ValueRange.Of(left).Greatest < ValueRange.Of(right).Least) return true;
        if (depth == 0) return false;
        if (left.Op == Op.SignExtend32 && right.Op == Op.SignExtend32) return IsLess(block, left.Args[0], right.Args[0], depth - 1);
        foreach ((Op op, Instr one, Instr other) in Facts(block))
        {
            if (op == Op.Lt && one == left && IsAtMost(block, other, right, depth - 1)) return true;
            if (op == Op.LtUnsigned && one == left && ValueRange.Of(other).IsNonNegative && IsAtMost(block, other, right, depth - 1)) return true;
        }

        if (left.Op == Op.Add && left.Args[1] is { IsConst: true, Immediate: < 0 } step && IsNonNegative(block, left.Args[0], 2) &&
            step.Immediate > int.MinValue)
            return IsAtMost(block, left.Args[0], right, depth - 1);
        return false;
    }

    private static bool IsAtMost(Block block, Instr left, Instr right, int depth)
    {
        if (left == right) return true;
        if (ValueRange.Of(left).Greatest <= ValueRange.Of(right).Least) return true;
        if (depth <= 0) return false;
        foreach ((Op op, Instr one, Instr other) in Facts(block))
        {
            if (op == Op.Ge && one == right && other == left) return true;
            if (op == Op.Lt && one == left && other == right) return true;
            if (op == Op.GeUnsigned && one == right && other == left && IsNonNegative(block, right, 2) && IsNonNegative(block, left, 2)) return true;
        }

        return false;
    }
}
