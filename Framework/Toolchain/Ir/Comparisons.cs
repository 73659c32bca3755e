namespace Verification.Toolchain.Ir;

/// <summary>Simplification of comparisons.</summary>
internal static class Comparisons
{
    /// <summary>The comparison that holds exactly when this one does not.</summary>
    public static Op? Inverse(Op op) => op switch
    {
        Op.Eq => Op.Ne,
        Op.Ne => Op.Eq,
        Op.Lt => Op.Ge,
        Op.Ge => Op.Lt,
        Op.LtUnsigned => Op.GeUnsigned,
        Op.GeUnsigned => Op.LtUnsigned,
        _ => null,
    };

    /// <summary>Simplifies a comparison.</summary>
    public static Instr Simplify(Function function, Instr instr)
    {
        Instr left = instr.Args[0];
        Instr right = instr.Args[1];
        if (left == right) return function.Const(IrType.I32, instr.Op is Op.Eq or Op.Ge or Op.GeUnsigned ? 1 : 0);
        if (left.IsConst && !right.IsConst && Swap(function, instr, left, right)) return instr;
        if (Address(function, instr, left, right) is { } known) return known;
        if (right.Is(0) && instr.Op is Op.Eq or Op.Ne && right.Is(0))
        {
            if (left.IsCompare)
            {
                if (instr.Op == Op.Ne) return left;
                return Simplifier.To(instr, Inverse(left.Op)!.Value, left.Args[0], left.Args[1]);
            }

            if (left.Op is Op.FEq or Op.FLt or Op.FLe && instr.Op == Op.Ne) return left;
            if (left.Op is Op.SignExtend32 or Op.ZeroExtend32)
                return Simplifier.To(instr, instr.Op, left.Args[0], function.Const(left.Args[0].Type, 0));
            if (left.Op is Op.Sub or Op.Xor) return Simplifier.To(instr, instr.Op, left.Args[0], left.Args[1]);
        }

        // Both extended alike: the extensions keep the order.
        if (left.Op == Op.SignExtend32 && right.Op == Op.SignExtend32)
            return Simplifier.To(instr, instr.Op, left.Args[0], right.Args[0]);
        if (left.Op == Op.ZeroExtend32 && right.Op == Op.ZeroExtend32)
            return Simplifier.To(instr, Unsigned(instr.Op), left.Args[0], right.Args[0]);
        if (left.Op == Op.SignExtend32 && right.IsConst && right.Immediate == (int)right.Immediate)
            return Simplifier.To(instr, instr.Op, left.Args[0], function.Const(IrType.I32, right.Immediate));
        if (left.Op == Op.ZeroExtend32 && right.IsConst && right.Immediate == (uint)right.Immediate)
            return Simplifier.To(instr, Unsigned(instr.Op), left.Args[0], function.Const(IrType.I32, right.Immediate));
        if (instr.Op is Op.Eq or Op.Ne && right.IsConst && left.Op == Op.Add && left.Args[1].IsConst)
            return Simplifier.To(instr, instr.Op, left.Args[0], function.Const(left.Type, right.Immediate - left.Args[1].Immediate));
        return ByRange(function, instr, left, right);
    }

    private static Op Unsigned(Op op) => op switch
    {
        Op.Lt => Op.LtUnsigned,
        Op.Ge => Op.GeUnsigned,
        _ => op,
    };

    // Constants stand on the right; there is no "greater", so the bound moves by one.
    private static bool Swap(Function function, Instr instr, Instr left, Instr right)
    {
        long constant = left.Immediate;
        long greatest = left.Type == IrType.I32 ? int.MaxValue : long.MaxValue;
        Instr next = function.Const(left.Type, unchecked(constant + 1));
        switch (instr.Op)
        {
            case Op.Lt when constant != greatest:
                Simplifier.To(instr, Op.Ge, right, next);
                return true;
            case Op.Ge when constant != greatest:
                Simplifier.To(instr, Op.Lt, right, next);
                return true;
            case Op.LtUnsigned when constant != -1:
                Simplifier.To(instr, Op.GeUnsigned, right, next);
                return true;
            case Op.GeUnsigned when constant != -1:
                Simplifier.To(instr, Op.LtUnsigned, right, next);
                return true;
            default:
                return false;
        }
    }

    private static Instr? Address(Function function, Instr instr, Instr left, Instr right)
    {
        if (instr.Op is not (Op.Eq or Op.Ne) || !right.Is(0)) return null;
        // Nothing of ours lies at address 0.
        return left.Op is Op.SlotAddress ? function.Const(IrType.I32, instr.Op == Op.Ne ? 1 : 0) : null;
    }

    private static Instr ByRange(Function function, Instr instr, Instr left, Instr right)
    {
        ValueRange one = ValueRange.Of(left);
        ValueRange other = ValueRange.Of(right);
        bool bothNonNegative = one.IsNonNegative && other.IsNonNegative;
        bool? outcome = null;
        switch (instr.Op)
        {
            case Op.Lt or Op.Ge:
                if (one.Greatest < other.Least) outcome = instr.Op == Op.Lt;
                else if (one.Least >= other.Greatest) outcome = instr.Op == Op.Ge;
                break;
            case Op.LtUnsigned or Op.GeUnsigned:
                if (right.Is(0)) outcome = instr.Op == Op.GeUnsigned;
                else if (bothNonNegative && one.Greatest < other.Least) outcome = instr.Op == Op.LtUnsigned;
                else if (bothNonNegative && one.Least >= other.Greatest) outcome = instr.Op == Op.GeUnsigned;
                else if (right.Is(1)) return Simplifier.To(instr, instr.Op == Op.LtUnsigned ? Op.Eq : Op.Ne, left, function.Const(left.Type, 0));
                break;
            case Op.Eq or Op.Ne:
                if (one.Greatest < other.Least || other.Greatest < one.Least) outcome = instr.Op == Op.Ne;
                break;
        }

        return outcome is { } known ? function.Const(IrType.I32, known ? 1 : 0) : instr;
    }
}
