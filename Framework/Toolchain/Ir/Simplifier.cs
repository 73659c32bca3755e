namespace Verification.Toolchain.Ir;

/// <summary>
/// Algebraic simplification of one operation. Either an equal value that exists already is returned, or the operation
/// itself, possibly changed in place to a cheaper form of the same value.
/// </summary>
internal static class Simplifier
{
    /// <summary>Simplifies a pure operation, a load's or a store's address; others are returned as they are.</summary>
    public static Instr Simplify(Function function, Instr instr)
    {
        // Each rule may open the way for another; the forms shrink, so few rounds suffice.
        for (int round = 0; round < 8; round++)
        {
            Op op = instr.Op;
            Instr[] args = instr.Args;
            Instr result = Once(function, instr);
            if (result != instr) return result;
            if (instr.Op == op && ReferenceEquals(args, instr.Args)) return instr;
        }

        return instr;
    }

    private static Instr Once(Function function, Instr instr)
    {
        switch (instr.Op)
        {
            case Op.Load or Op.Store:
                FoldAddress(instr);
                return instr;
        }

        if (!instr.IsPure) return instr;
        Instr[] args = instr.Args;
        if (args.Length == 1)
        {
            if (args[0].IsConst &&
                ConstantFolding.Unary(instr.Op, instr.Type, args[0].Type, args[0].Immediate) is { } folded)
                return function.Const(instr.Type, folded);
            return Conversions.Simplify(function, instr);
        }

        if (args.Length != 2) return instr;
        if (args[0].IsConst && args[1].IsConst &&
            ConstantFolding.Binary(instr.Op, instr.Type, args[0].Type, args[0].Immediate, args[1].Immediate) is { } value)
            return function.Const(instr.Type, value);
        if (IsCommutative(instr.Op) && (args[0].IsConst || (args[0].IsFloating && !args[1].IsFloating)))
        {
            args = instr.Args = [args[1], args[0]];
        }

        if (instr.IsCompare) return Comparisons.Simplify(function, instr);
        return instr.Op switch
        {
            Op.Add => Add(function, instr, args[0], args[1]),
            Op.Sub => Sub(function, instr, args[0], args[1]),
            Op.Mul => Mul(function, instr, args[0], args[1]),
            Op.And => And(function, instr, args[0], args[1]),
            Op.Or => Or(function, instr, args[0], args[1]),
            Op.Xor => Xor(function, instr, args[0], args[1]),
            Op.Shl or Op.Shr or Op.ShrUnsigned => Shift(function, instr, args[0], args[1]),
            Op.DivUnsigned or Op.RemUnsigned or Op.Div or Op.Rem => Division(function, instr, args[0], args[1]),
            Op.RotateLeft when args[1].IsConst => To(instr, Op.RotateRight, args[0], function.Const(IrType.I32, -args[1].Immediate & (instr.Type == IrType.I32 ? 31 : 63))),
            _ => instr,
        };
    }

    private static bool IsCommutative(Op op) =>
        op is Op.Add or Op.Mul or Op.MulHigh or Op.MulHighUnsigned or Op.And or Op.Or or Op.Xor or Op.Eq or Op.Ne;

    /// <summary>Changes an operation in place.</summary>
    internal static Instr To(Instr instr, Op op, params Instr[] args)
    {
        instr.Op = op;
        instr.Args = args;
        return instr;
    }

    private static void FoldAddress(Instr instr)
    {
        Instr address = instr.Args[0];
        while (address.Op == Op.Add && address.Args[1].IsConst && Fits(instr.Immediate + address.Args[1].Immediate))
        {
            instr.Immediate += address.Args[1].Immediate;
            address = address.Args[0];
            instr.Args = [address, .. instr.Args[1..]];
        }
    }

    private static bool Fits(long offset) => offset is >= -2048 and <= 2040;

    private static Instr Add(Function function, Instr instr, Instr left, Instr right)
    {
        if (right.Is(0)) return left;
        if (right.IsConst)
        {
            if (left.Op == Op.Add && left.Args[1].IsConst)
                return To(instr, Op.Add, left.Args[0], function.Const(instr.Type, left.Args[1].Immediate + right.Immediate));
            if (left.Op == Op.SlotAddress) return function.Address((Slot)left.Reference!, left.Immediate + right.Immediate);
            if (left.Op == Op.SymbolAddress) return function.Symbol((string)left.Reference!, left.Immediate + right.Immediate);
        }

        if (left.Op == Op.Sub && left.Args[1] == right) return left.Args[0];
        if (right.Op == Op.Sub && right.Args[1] == left) return right.Args[0];
        if (left.Op == Op.Sub && left.Args[0].Is(0)) return To(instr, Op.Sub, right, left.Args[1]);
        if (right.Op == Op.Sub && right.Args[0].Is(0)) return To(instr, Op.Sub, left, right.Args[1]);
        if (left == right) return To(instr, Op.Shl, left, function.Const(IrType.I32, 1));
        return instr;
    }

    private static Instr Sub(Function function, Instr instr, Instr left, Instr right)
    {
        if (right.Is(0)) return left;
        if (left == right) return function.Const(instr.Type, 0);
        if (right.IsConst) return To(instr, Op.Add, left, function.Const(instr.Type, -right.Immediate));
        if (left.Op == Op.Add && left.Args[0] == right) return left.Args[1];
        if (left.Op == Op.Add && left.Args[1] == right) return left.Args[0];
        // What a quotient leaves.
        if (right is { Op: Op.Mul, Args: [{ Op: Op.Div or Op.DivUnsigned } quotient, var divisor] } && quotient.Args[0] == left && quotient.Args[1] == divisor)
            return To(instr, quotient.Op == Op.Div ? Op.Rem : Op.RemUnsigned, left, divisor);
        if (right.Op == Op.Sub && left.Is(0)) return To(instr, Op.Sub, right.Args[1], right.Args[0]);
        return instr;
    }

    private static Instr Mul(Function function, Instr instr, Instr left, Instr right)
    {
        if (!right.IsConst) return instr;
        if (right.Is(0)) return right;
        if (right.Is(1)) return left;
        if (right.Is(-1)) return To(instr, Op.Sub, function.Const(instr.Type, 0), left);
        if (System.Numerics.BitOperations.IsPow2(right.Immediate))
            return To(instr, Op.Shl, left, function.Const(IrType.I32, System.Numerics.BitOperations.TrailingZeroCount(right.Immediate)));
        if (left.Op == Op.Mul && left.Args[1].IsConst)
            return To(instr, Op.Mul, left.Args[0], function.Const(instr.Type, left.Args[1].Immediate * right.Immediate));
        return instr;
    }

    private static Instr And(Function function, Instr instr, Instr left, Instr right)
    {
        if (left == right) return left;
        if (!right.IsConst) return instr;
        if (right.Is(0)) return right;
        if (right.Is(-1)) return left;
        if (left.Op == Op.And && left.Args[1].IsConst)
            return To(instr, Op.And, left.Args[0], function.Const(instr.Type, left.Args[1].Immediate & right.Immediate));
        // A mask of low bits says nothing about a value that has no others.
        ValueRange range = ValueRange.Of(left);
        if (range.IsNonNegative && right.Immediate > 0 && System.Numerics.BitOperations.IsPow2(right.Immediate + 1) &&
            range.Greatest <= right.Immediate)
            return left;
        if (right.Is(255)) return Conversions.LowBits(function, instr, left, Op.ZeroExtend8);
        if (right.Is(65535)) return Conversions.LowBits(function, instr, left, Op.ZeroExtend16);
        return instr;
    }

    private static Instr Or(Function function, Instr instr, Instr left, Instr right)
    {
        if (left == right || right.Is(0)) return left;
        if (right.Is(-1)) return right;
        if (right.IsConst && left.Op == Op.Or && left.Args[1].IsConst)
            return To(instr, Op.Or, left.Args[0], function.Const(instr.Type, left.Args[1].Immediate | right.Immediate));
        if (!function.RecognisesRotations) return instr;
        if (Rotation(instr, left, right) is { } count) return To(instr, Op.RotateRight, left.Args[0], function.Const(IrType.I32, count));
        if (Rotation(instr, right, left) is { } other) return To(instr, Op.RotateRight, right.Args[0], function.Const(IrType.I32, other));
        return instr;
    }

    private static long? Rotation(Instr instr, Instr right, Instr left)
    {
        if (right.Op != Op.ShrUnsigned || left.Op != Op.Shl || right.Args[0] != left.Args[0]) return null;
        if (!right.Args[1].IsConst || !left.Args[1].IsConst) return null;
        int bits = instr.Type == IrType.I32 ? 32 : 64;
        return right.Args[1].Immediate + left.Args[1].Immediate == bits ? right.Args[1].Immediate : null;
    }

    private static Instr Xor(Function function, Instr instr, Instr left, Instr right)
    {
        if (right.Is(0)) return left;
        if (left == right) return function.Const(instr.Type, 0);
        if (right.IsConst && left.Op == Op.Xor && left.Args[1].IsConst)
            return To(instr, Op.Xor, left.Args[0], function.Const(instr.Type, left.Args[1].Immediate ^ right.Immediate));
        if (right.Is(1) && left.IsCompare && Comparisons.Inverse(left.Op) is { } inverse) return To(instr, inverse, left.Args[0], left.Args[1]);
        return instr;
    }

    private static Instr Shift(Function function, Instr instr, Instr left, Instr right)
    {
        int mask = instr.Type == IrType.I32 ? 31 : 63;
        if (!right.IsConst)
        {
            // The instruction takes the low bits of the count by itself.
            if (right.Op == Op.And && right.Args[1].IsConst && (right.Args[1].Immediate & mask) == mask)
                return To(instr, instr.Op, left, right.Args[0]);
            return instr;
        }

        int count = (int)right.Immediate & mask;
        if (count != right.Immediate) return To(instr, instr.Op, left, function.Const(IrType.I32, count));
        if (count == 0) return left;
        if (left.Is(0)) return left;
        if (left.Op == instr.Op && left.Args[1].IsConst)
        {
            int total = count + ((int)left.Args[1].Immediate & mask);
            if (total <= mask) return To(instr, instr.Op, left.Args[0], function.Const(IrType.I32, total));
            if (instr.Op != Op.Shr) return function.Const(instr.Type, 0);
        }

        if (instr.Op == Op.Shr && ValueRange.Of(left).IsNonNegative) return To(instr, Op.ShrUnsigned, left, right);
        return instr;
    }

    private static Instr Division(Function function, Instr instr, Instr left, Instr right)
    {
        if (!right.IsConst || right.Is(0)) return instr;
        bool isSigned = instr.Op is Op.Div or Op.Rem;
        long divisor = right.Immediate;
        bool isRemainder = instr.Op is Op.Rem or Op.RemUnsigned;
        if (divisor == 1) return isRemainder ? function.Const(instr.Type, 0) : left;
        if (divisor > 0 && isSigned && ValueRange.Of(left).IsNonNegative)
            return To(instr, isRemainder ? Op.RemUnsigned : Op.DivUnsigned, left, right);
        if (isSigned) return instr;
        ulong magnitude = instr.Type == IrType.I32 ? (uint)divisor : (ulong)divisor;
        if (!System.Numerics.BitOperations.IsPow2(magnitude)) return instr;
        return isRemainder
            ? To(instr, Op.And, left, function.Const(instr.Type, (long)(magnitude - 1)))
            : To(instr, Op.ShrUnsigned, left, function.Const(IrType.I32, System.Numerics.BitOperations.TrailingZeroCount(magnitude)));
    }
}
