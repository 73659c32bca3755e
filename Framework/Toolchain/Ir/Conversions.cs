namespace Verification.Toolchain.Ir;

/// <summary>Simplification of extensions and truncations.</summary>
internal static class Conversions
{
    /// <summary>Simplifies a unary operation.</summary>
    public static Instr Simplify(Function function, Instr instr)
    {
        Instr value = instr.Args[0];
        switch (instr.Op)
        {
            case Op.SignExtend8 or Op.SignExtend16 or Op.ZeroExtend8 or Op.ZeroExtend16:
                return Narrow(function, instr, value);
            case Op.SignExtend32:
                return SignExtend(function, instr, value);
            case Op.ZeroExtend32:
                if (value.Op == Op.Truncate && value.Args[0].Op == Op.ZeroExtend32) return value.Args[0];
                if (ValueRange.Of(value).IsNonNegative) return Simplifier.To(instr, Op.SignExtend32, value);
                return instr;
            case Op.Truncate:
                if (value.Op is Op.SignExtend32 or Op.ZeroExtend32) return value.Args[0];
                if (value.Op is Op.NonNegative) return Simplifier.To(instr, Op.Truncate, value.Args[0]);
                return instr;
            case Op.NonNegative:
                return ValueRange.Of(value).IsNonNegative ? value : instr;
            case Op.ReverseBytes when value.Op == Op.ReverseBytes && value.Type == instr.Type:
                return value.Args[0];
            case Op.FNeg when value.Op == Op.FNeg:
                return value.Args[0];
            case Op.FBits when value.Op == Op.FOfBits && value.Args[0].Type == instr.Type:
                return value.Args[0];
            case Op.FOfBits when value.Op == Op.FBits && value.Args[0].Type == instr.Type:
                return value.Args[0];
            default:
                return instr;
        }
    }

    /// <summary>Makes a mask of the low 8 or 16 bits a zero extension.</summary>
    public static Instr LowBits(Function function, Instr instr, Instr value, Op extension)
    {
        if (instr.Type != value.Type) return instr;
        return Simplifier.To(instr, extension, value);
    }

    private static Instr Narrow(Function function, Instr instr, Instr value)
    {
        (long least, long greatest) = Bounds(instr.Op);
        if (instr.Type == value.Type)
        {
            ValueRange range = ValueRange.Of(value);
            if (range.Least >= least && range.Greatest <= greatest) return value;
            // Only the low bits count: what was done to the others does not.
            bool isByte = instr.Op is Op.SignExtend8 or Op.ZeroExtend8;
            if (((isByte && value.Op is Op.SignExtend8 or Op.ZeroExtend8) || value.Op is Op.SignExtend16 or Op.ZeroExtend16) &&
                value.Args[0].Type == instr.Type)
                return Simplifier.To(instr, instr.Op, value.Args[0]);
            if (value.Op == Op.And && value.Args[1].IsConst && IsLowMask(instr.Op, value.Args[1].Immediate))
                return Simplifier.To(instr, instr.Op, value.Args[0]);
        }

        return instr;
    }

    private static Instr SignExtend(Function function, Instr instr, Instr value)
    {
        if (value.Op == Op.Truncate)
        {
            ValueRange range = ValueRange.Of(value.Args[0]);
            if (range.Least >= int.MinValue && range.Greatest <= int.MaxValue) return value.Args[0];
        }

        return instr;
    }

    private static bool IsLowMask(Op op, long mask) =>
        op is Op.SignExtend8 or Op.ZeroExtend8 ? (mask & 0xff) == 0xff : (mask & 0xffff) == 0xffff;

    private static (long Least, long Greatest) Bounds(Op op) => op switch
    {
        Op.SignExtend8 => (sbyte.MinValue, sbyte.MaxValue),
        Op.SignExtend16 => (short.MinValue, short.MaxValue),
        Op.ZeroExtend8 => (0, byte.MaxValue),
        _ => (0, ushort.MaxValue),
    };
}
