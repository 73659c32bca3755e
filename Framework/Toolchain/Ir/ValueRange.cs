namespace Verification.Toolchain.Ir;

/// <summary>What is known of a value from how it is made: an interval of signed numbers.</summary>
/// <param name="Least">Smallest value.</param>
/// <param name="Greatest">Largest value.</param>
internal readonly record struct ValueRange(long Least, long Greatest)
{
    private const int DepthLimit = 6;
    private const int PhiDepth = 3;
    private const int PhiLimit = 6;

    /// <summary>True if the sign is known to be 0.</summary>
    public bool IsNonNegative => Least >= 0;

    /// <summary>The interval of a value.</summary>
    public static ValueRange Of(Instr value) => Of(value, DepthLimit);

    private static ValueRange Of(Instr value, int depth)
    {
        ValueRange all = value.Type == IrType.I32 ? new(int.MinValue, int.MaxValue) : new(long.MinValue, long.MaxValue);
        if (depth == 0) return all;
        switch (value.Op)
        {
            case Op.Const:
                return new(value.Immediate, value.Immediate);
            case Op.Phi:
                return OfPhi(value, depth, all);
            case Op.ZeroExtend8:
                return new(0, 255);
            case Op.ZeroExtend16:
                return new(0, 65535);
            case Op.SignExtend8:
                return new(-128, 127);
            case Op.SignExtend16:
                return new(-32768, 32767);
            case Op.SignExtend32:
                return Of(value.Args[0], depth - 1);
            case Op.ZeroExtend32:
                ValueRange inner = Of(value.Args[0], depth - 1);
                return inner.IsNonNegative ? inner : new(0, uint.MaxValue);
            case Op.Truncate:
                ValueRange wide = Of(value.Args[0], depth - 1);
                return wide.Least >= int.MinValue && wide.Greatest <= int.MaxValue ? wide : all;
            case Op.NonNegative:
                ValueRange known = Of(value.Args[0], depth - 1);
                return new(Math.Max(0, known.Least), Math.Max(0, known.Greatest));
            case Op.CountLeadingZeros or Op.CountTrailingZeros or Op.PopCount:
                return new(0, 64);
            case Op.Eq or Op.Ne or Op.Lt or Op.Ge or Op.LtUnsigned or Op.GeUnsigned or Op.FEq or Op.FLt or Op.FLe:
                return new(0, 1);
            case Op.Load or Op.Parameter or Op.ArgumentRegister or Op.Call:
                return value.Memory switch
                {
                    MemType.U8 => new(0, 255),
                    MemType.U16 => new(0, 65535),
                    MemType.I8 => new(-128, 127),
                    MemType.I16 => new(-32768, 32767),
                    MemType.U32 when value.Type == IrType.I64 => new(0, uint.MaxValue),
                    MemType.I32 => new(int.MinValue, int.MaxValue),
                    _ => all,
                };
            case Op.And:
                ValueRange left = Of(value.Args[0], depth - 1);
                ValueRange right = Of(value.Args[1], depth - 1);
                if (right.IsNonNegative) return new(0, left.IsNonNegative ? Math.Min(left.Greatest, right.Greatest) : right.Greatest);
                return left.IsNonNegative ? new(0, left.Greatest) : all;
            case Op.Or or Op.Xor:
                ValueRange one = Of(value.Args[0], depth - 1);
                ValueRange other = Of(value.Args[1], depth - 1);
                if (!one.IsNonNegative || !other.IsNonNegative) return all;
                ulong bits = (ulong)one.Greatest | (ulong)other.Greatest;
                return new(0, (long)(ulong.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(bits | 1)));
            case Op.ShrUnsigned when value.Args[1].IsConst:
                int count = (int)value.Args[1].Immediate & (value.Type == IrType.I32 ? 31 : 63);
                if (count == 0) return all;
                ValueRange shifted = Of(value.Args[0], depth - 1);
                if (shifted.IsNonNegative) return new(shifted.Least >> count, shifted.Greatest >> count);
                return new(0, value.Type == IrType.I32 ? uint.MaxValue >> count : (long)(ulong.MaxValue >> count));
            case Op.Shr when value.Args[1].IsConst:
                int places = (int)value.Args[1].Immediate & (value.Type == IrType.I32 ? 31 : 63);
                ValueRange source = Of(value.Args[0], depth - 1);
                return new(source.Least >> places, source.Greatest >> places);
            case Op.Shl when value.Args[1].IsConst:
                int up = (int)value.Args[1].Immediate & (value.Type == IrType.I32 ? 31 : 63);
                ValueRange low = Of(value.Args[0], depth - 1);
                return up < 31 && low.Least >= 0 && low.Greatest <= (all.Greatest >> up) ? new(low.Least << up, low.Greatest << up) : all;
            case Op.Add:
                return Sum(Of(value.Args[0], depth - 1), Of(value.Args[1], depth - 1), all);
            case Op.Sub:
                ValueRange minus = Of(value.Args[1], depth - 1);
                if (minus.Least == long.MinValue) return all;
                return Sum(Of(value.Args[0], depth - 1), new(-minus.Greatest, -minus.Least), all);
            case Op.RemUnsigned when value.Args[1].IsConst && value.Args[1].Immediate > 0:
                return new(0, value.Args[1].Immediate - 1);
            default:
                return all;
        }
    }

    // Phis that feed each other have what comes into them from elsewhere.
    private static ValueRange OfPhi(Instr phi, int depth, ValueRange all)
    {
        if (depth < PhiDepth) return all;
        List<Instr> phis = [phi];
        long least = long.MaxValue;
        long greatest = long.MinValue;
        for (int index = 0; index < phis.Count; index++)
        {
            // One that is still being made may yet get anything.
            if (phis[index].Args.Length == 0) return all;
            foreach (Instr arg in phis[index].Args)
            {
                if (arg.Replacement is not null) return all;
                if (arg.Op == Op.Phi)
                {
                    if (phis.Contains(arg)) continue;
                    if (phis.Count >= PhiLimit) return all;
                    phis.Add(arg);
                    continue;
                }

                ValueRange own = Of(arg, depth - PhiDepth);
                least = Math.Min(least, own.Least);
                greatest = Math.Max(greatest, own.Greatest);
                if (least <= all.Least && greatest >= all.Greatest) return all;
            }
        }

        return least > greatest ? all : new(least, greatest);
    }

    private static ValueRange Sum(ValueRange left, ValueRange right, ValueRange all)
    {
        Int128 least = (Int128)left.Least + right.Least;
        Int128 greatest = (Int128)left.Greatest + right.Greatest;
        return least >= all.Least && greatest <= all.Greatest ? new((long)least, (long)greatest) : all;
    }
}
