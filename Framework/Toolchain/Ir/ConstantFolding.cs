using System.Numerics;

namespace Verification.Toolchain.Ir;

/// <summary>Values of operations on constants.</summary>
internal static class ConstantFolding
{
    /// <summary>The value of a unary operation; null if it is not known at compile time.</summary>
    public static long? Unary(Op op, IrType type, IrType operand, long value) => op switch
    {
        Op.SignExtend8 => (sbyte)value,
        Op.SignExtend16 => (short)value,
        Op.SignExtend32 => (int)value,
        Op.ZeroExtend8 => (byte)value,
        Op.ZeroExtend16 => (ushort)value,
        Op.ZeroExtend32 => (uint)value,
        Op.Truncate => (int)value,
        Op.NonNegative => value,
        Op.CountLeadingZeros => operand == IrType.I32 ? BitOperations.LeadingZeroCount((uint)value) : BitOperations.LeadingZeroCount((ulong)value),
        Op.CountTrailingZeros => operand == IrType.I32 ? BitOperations.TrailingZeroCount((uint)value) : BitOperations.TrailingZeroCount((ulong)value),
        Op.PopCount => operand == IrType.I32 ? BitOperations.PopCount((uint)value) : BitOperations.PopCount((ulong)value),
        Op.ReverseBytes => type == IrType.I32
            ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((int)value)
            : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value),
        _ => null,
    };

    /// <summary>The value of a binary operation; null if it is not known at compile time.</summary>
    public static long? Binary(Op op, IrType type, IrType operand, long left, long right)
    {
        bool narrow = operand == IrType.I32;
        long? wide = op switch
        {
            Op.Add => left + right,
            Op.Sub => left - right,
            Op.Mul => left * right,
            Op.MulHigh when !narrow => (long)(((Int128)left * right) >> 64),
            Op.MulHighUnsigned when !narrow => (long)(ulong)(((UInt128)(ulong)left * (ulong)right) >> 64),
            Op.And => left & right,
            Op.Or => left | right,
            Op.Xor => left ^ right,
            Op.Shl => narrow ? left << (int)(right & 31) : left << (int)(right & 63),
            Op.Shr => narrow ? (int)left >> (int)(right & 31) : left >> (int)(right & 63),
            Op.ShrUnsigned => narrow ? (int)((uint)left >> (int)(right & 31)) : (long)((ulong)left >> (int)(right & 63)),
            Op.RotateLeft => narrow ? (int)BitOperations.RotateLeft((uint)left, (int)right) : (long)BitOperations.RotateLeft((ulong)left, (int)right),
            Op.RotateRight => narrow ? (int)BitOperations.RotateRight((uint)left, (int)right) : (long)BitOperations.RotateRight((ulong)left, (int)right),
            Op.Eq => left == right ? 1 : 0,
            Op.Ne => left != right ? 1 : 0,
            Op.Lt => left < right ? 1 : 0,
            Op.Ge => left >= right ? 1 : 0,
            // Sign-extended operands compare as unsigned in the same order.
            Op.LtUnsigned => (ulong)left < (ulong)right ? 1 : 0,
            Op.GeUnsigned => (ulong)left >= (ulong)right ? 1 : 0,
            Op.Div or Op.DivUnsigned or Op.Rem or Op.RemUnsigned => Division(op, narrow, left, right),
            _ => null,
        };
        return wide is { } value && type == IrType.I32 ? (int)value : wide;
    }

    // As the instructions do it: no traps.
    private static long Division(Op op, bool narrow, long left, long right)
    {
        if (narrow)
        {
            return op switch
            {
                Op.Div => right == 0 ? -1 : right == -1 ? -left : left / right,
                Op.Rem => right == 0 ? left : right == -1 ? 0 : left % right,
                Op.DivUnsigned => right == 0 ? -1 : (uint)left / (uint)right,
                _ => right == 0 ? left : (uint)left % (uint)right,
            };
        }

        return op switch
        {
            Op.Div => right == 0 ? -1 : right == -1 ? unchecked(-left) : left / right,
            Op.Rem => right == 0 ? left : right == -1 ? 0 : left % right,
            Op.DivUnsigned => right == 0 ? -1 : (long)((ulong)left / (ulong)right),
            _ => right == 0 ? left : (long)((ulong)left % (ulong)right),
        };
    }
}
