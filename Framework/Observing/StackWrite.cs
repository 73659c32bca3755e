using System.Buffers.Binary;
using Verification.Machine.Harts;

namespace Verification.Framework.Observing;

/// <summary>What an instruction that writes <c>sp</c> does with it.</summary>
internal readonly record struct StackWrite(StackWriteKind Kind, long Immediate)
{
    /// <summary>Reads the instruction at <paramref name="pc"/>, and the one before it.</summary>
    public static StackWrite Read(Hart hart, ulong pc)
    {
        if (!TryFetch(hart, pc, out uint word)) return new StackWrite(StackWriteKind.Switch, 0);
        return (word & 3) == 3 ? Wide(hart, pc, word) : Compressed(hart, pc, (ushort)word);
    }

    private static StackWrite Wide(Hart hart, ulong pc, uint word)
    {
        int opcode = (int)(word & 0x7f), source = (int)(word >> 15 & 31), second = (int)(word >> 20 & 31), funct3 = (int)(word >> 12 & 7);
        long immediate = (int)word >> 20;
        bool fromStack = source is 2 or 8;
        // addi: but the second half of "la sp, symbol" adjusts nothing.
        if (opcode == 0x13 && funct3 == 0 && fromStack && !FollowsUpperHalf(hart, pc))
            return new StackWrite(source == 2 ? StackWriteKind.Immediate : StackWriteKind.Register, immediate);
        // andi sp, sp, -16: alignment of a frame.
        if (opcode == 0x13 && funct3 == 7 && fromStack) return new StackWrite(StackWriteKind.Register, 0);
        // add, sub
        if (opcode == 0x33 && funct3 == 0 && (fromStack || second == 2)) return new StackWrite(StackWriteKind.Register, 0);
        return new StackWrite(StackWriteKind.Switch, 0);
    }

    private static StackWrite Compressed(Hart hart, ulong pc, ushort word)
    {
        int quadrant = word & 3, funct3 = word >> 13, rd = word >> 7 & 31, rs2 = word >> 2 & 31;
        if (quadrant == 1 && funct3 == 0 && rd == 2 && !FollowsUpperHalf(hart, pc)) // c.addi
            return new StackWrite(StackWriteKind.Immediate, SignExtended((word >> 7 & 0x20) | (word >> 2 & 0x1f), 6));
        if (quadrant == 1 && funct3 == 3 && rd == 2) // c.addi16sp
            return new StackWrite(StackWriteKind.Immediate, SignExtended((word >> 3 & 0x200) | (word >> 2 & 0x10)
                | (word << 1 & 0x40) | (word << 4 & 0x180) | (word << 3 & 0x20), 10));
        if (quadrant == 2 && funct3 == 4 && rd == 2) // c.add sp, rs2 and c.mv sp, rs2
            return new StackWrite((word & 0x1000) != 0 || rs2 == 8 ? StackWriteKind.Register : StackWriteKind.Switch, 0);
        return new StackWrite(StackWriteKind.Switch, 0);
    }

    private static bool FollowsUpperHalf(Hart hart, ulong pc) =>
        TryFetch(hart, pc - 4, out uint before) && (before & 0xf7f) is 0x117 or 0x137; // auipc sp, lui sp

    private static bool TryFetch(Hart hart, ulong pc, out uint word)
    {
        Span<byte> bytes = stackalloc byte[4];
        bool whole = hart.TryReadVirtual(pc, bytes);
        // A compressed instruction may be the last one before the end of memory.
        bool half = whole || hart.TryReadVirtual(pc, bytes[..2]);
        word = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return half;
    }

    private static long SignExtended(int value, int bits) => (long)value << (64 - bits) >> (64 - bits);
}

/// <summary>See <see cref="StackWrite"/>.</summary>
internal enum StackWriteKind
{
    /// <summary>Adds an immediate to <c>sp</c>.</summary>
    Immediate,

    /// <summary>Adds or subtracts a register, aligns, or restores from the frame pointer.</summary>
    Register,

    /// <summary>Sets it from elsewhere.</summary>
    Switch,
}
