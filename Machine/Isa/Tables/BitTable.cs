namespace Verification.Machine.Isa.Tables;

/// <summary>
/// Bit manipulation: Zba, Zbb, Zbc and Zbs (unprivileged specification 20240411, chapter 28), and Zicond (chapter 11).
/// </summary>
internal sealed class BitTable<TMachine, TWord> : Vocabulary<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    internal static readonly RowGroup<TMachine>[] Groups =
    [
        new(IsaExtensions.Zba,
        [
            new("add.uw rd, rs1, rs2", "0000100 rs2 rs1 000 rd 0111011",
                static (m, in i) => m.X(i.Rd, Unsigned32(m.X(i.Rs1)) + m.X(i.Rs2))),
            new("sh1add rd, rs1, rs2", "0010000 rs2 rs1 010 rd 0110011",
                static (m, in i) => m.X(i.Rd, Shifted(m.X(i.Rs1), 1) + m.X(i.Rs2))),
            new("sh2add rd, rs1, rs2", "0010000 rs2 rs1 100 rd 0110011",
                static (m, in i) => m.X(i.Rd, Shifted(m.X(i.Rs1), 2) + m.X(i.Rs2))),
            new("sh3add rd, rs1, rs2", "0010000 rs2 rs1 110 rd 0110011",
                static (m, in i) => m.X(i.Rd, Shifted(m.X(i.Rs1), 3) + m.X(i.Rs2))),
            new("sh1add.uw rd, rs1, rs2", "0010000 rs2 rs1 010 rd 0111011",
                static (m, in i) => m.X(i.Rd, Shifted(Unsigned32(m.X(i.Rs1)), 1) + m.X(i.Rs2))),
            new("sh2add.uw rd, rs1, rs2", "0010000 rs2 rs1 100 rd 0111011",
                static (m, in i) => m.X(i.Rd, Shifted(Unsigned32(m.X(i.Rs1)), 2) + m.X(i.Rs2))),
            new("sh3add.uw rd, rs1, rs2", "0010000 rs2 rs1 110 rd 0111011",
                static (m, in i) => m.X(i.Rd, Shifted(Unsigned32(m.X(i.Rs1)), 3) + m.X(i.Rs2))),
            new("slli.uw rd, rs1, shamt", "000010 shamt[5:0] rs1 001 rd 0011011",
                static (m, in i) => m.X(i.Rd, TWord.ShiftLeft(Unsigned32(m.X(i.Rs1)), Immediate(in i)))),
        ]),
        new(IsaExtensions.Zbb,
        [
            new("andn rd, rs1, rs2", "0100000 rs2 rs1 111 rd 0110011",
                static (m, in i) => m.X(i.Rd, m.X(i.Rs1) & ~m.X(i.Rs2))),
            new("orn rd, rs1, rs2", "0100000 rs2 rs1 110 rd 0110011",
                static (m, in i) => m.X(i.Rd, m.X(i.Rs1) | ~m.X(i.Rs2))),
            new("xnor rd, rs1, rs2", "0100000 rs2 rs1 100 rd 0110011",
                static (m, in i) => m.X(i.Rd, ~(m.X(i.Rs1) ^ m.X(i.Rs2)))),
            new("clz rd, rs1", "011000000000 rs1 001 rd 0010011",
                static (m, in i) => m.X(i.Rd, TWord.LeadingZeroCount(m.X(i.Rs1)))),
            new("clzw rd, rs1", "011000000000 rs1 001 rd 0011011",
                static (m, in i) =>
                    m.X(i.Rd, TWord.LeadingZeroCount(Unsigned32(m.X(i.Rs1))) - TWord.Constant(32))),
            new("ctz rd, rs1", "011000000001 rs1 001 rd 0010011",
                static (m, in i) => m.X(i.Rd, TWord.TrailingZeroCount(m.X(i.Rs1)))),
            new("ctzw rd, rs1", "011000000001 rs1 001 rd 0011011",
                static (m, in i) => m.X(i.Rd, TWord.TrailingZeroCount(m.X(i.Rs1) | TWord.Constant(1UL << 32)))),
            new("cpop rd, rs1", "011000000010 rs1 001 rd 0010011",
                static (m, in i) => m.X(i.Rd, TWord.PopulationCount(m.X(i.Rs1)))),
            new("cpopw rd, rs1", "011000000010 rs1 001 rd 0011011",
                static (m, in i) => m.X(i.Rd, TWord.PopulationCount(Unsigned32(m.X(i.Rs1))))),
            new("max rd, rs1, rs2", "0000101 rs2 rs1 110 rd 0110011",
                static (m, in i) =>
                    m.X(i.Rd, TWord.Select(TWord.Less(m.X(i.Rs1), m.X(i.Rs2)), m.X(i.Rs2), m.X(i.Rs1)))),
            new("maxu rd, rs1, rs2", "0000101 rs2 rs1 111 rd 0110011",
                static (m, in i) =>
                    m.X(i.Rd, TWord.Select(TWord.LessUnsigned(m.X(i.Rs1), m.X(i.Rs2)), m.X(i.Rs2), m.X(i.Rs1)))),
            new("min rd, rs1, rs2", "0000101 rs2 rs1 100 rd 0110011",
                static (m, in i) =>
                    m.X(i.Rd, TWord.Select(TWord.Less(m.X(i.Rs1), m.X(i.Rs2)), m.X(i.Rs1), m.X(i.Rs2)))),
            new("minu rd, rs1, rs2", "0000101 rs2 rs1 101 rd 0110011",
                static (m, in i) =>
                    m.X(i.Rd, TWord.Select(TWord.LessUnsigned(m.X(i.Rs1), m.X(i.Rs2)), m.X(i.Rs1), m.X(i.Rs2)))),
            new("sext.b rd, rs1", "011000000100 rs1 001 rd 0010011",
                static (m, in i) => m.X(i.Rd, TWord.SignExtend(m.X(i.Rs1), 8))),
            new("sext.h rd, rs1", "011000000101 rs1 001 rd 0010011",
                static (m, in i) => m.X(i.Rd, TWord.SignExtend(m.X(i.Rs1), 16))),
            new("zext.h rd, rs1", "000010000000 rs1 100 rd 0111011",
                static (m, in i) => m.X(i.Rd, TWord.ZeroExtend(m.X(i.Rs1), 16))),
            new("rol rd, rs1, rs2", "0110000 rs2 rs1 001 rd 0110011",
                static (m, in i) => m.X(i.Rd, RotateRight(m.X(i.Rs1), Zero - m.X(i.Rs2)))),
            new("rolw rd, rs1, rs2", "0110000 rs2 rs1 001 rd 0111011",
                static (m, in i) => m.X(i.Rd, RotateRight32(m.X(i.Rs1), Zero - m.X(i.Rs2)))),
            new("ror rd, rs1, rs2", "0110000 rs2 rs1 101 rd 0110011",
                static (m, in i) => m.X(i.Rd, RotateRight(m.X(i.Rs1), m.X(i.Rs2)))),
            new("rori rd, rs1, shamt", "011000 shamt[5:0] rs1 101 rd 0010011",
                static (m, in i) => m.X(i.Rd, RotateRight(m.X(i.Rs1), Immediate(in i)))),
            new("rorw rd, rs1, rs2", "0110000 rs2 rs1 101 rd 0111011",
                static (m, in i) => m.X(i.Rd, RotateRight32(m.X(i.Rs1), m.X(i.Rs2)))),
            new("roriw rd, rs1, shamt", "0110000 shamt[4:0] rs1 101 rd 0011011",
                static (m, in i) => m.X(i.Rd, RotateRight32(m.X(i.Rs1), Immediate(in i)))),
            new("orc.b rd, rs1", "001010000111 rs1 101 rd 0010011",
                static (m, in i) =>
                {
                    // The top bit of each byte becomes "this byte is not 0", then fills the byte.
                    var value = m.X(i.Rs1);
                    var lowSeven = TWord.Constant(0x7f7f_7f7f_7f7f_7f7f);
                    var top = (((value & lowSeven) + lowSeven) | value) & ~lowSeven;
                    m.X(i.Rd, TWord.ShiftRight(top, TWord.Constant(7)) * TWord.Constant(0xff));
                }),
            new("rev8 rd, rs1", "011010111000 rs1 101 rd 0010011",
                static (m, in i) => m.X(i.Rd, TWord.ReverseBytes(m.X(i.Rs1)))),
        ]),
        new(IsaExtensions.Zbc,
        [
            new("clmul rd, rs1, rs2", "0000101 rs2 rs1 001 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.CarrylessMultiply(m.X(i.Rs1), m.X(i.Rs2)))),
            new("clmulr rd, rs1, rs2", "0000101 rs2 rs1 010 rd 0110011",
                static (m, in i) => m.X(i.Rd,
                    Shifted(TWord.CarrylessMultiplyHigh(m.X(i.Rs1), m.X(i.Rs2)), 1)
                    | TWord.ShiftRight(TWord.CarrylessMultiply(m.X(i.Rs1), m.X(i.Rs2)), TWord.Constant(63)))),
            new("clmulh rd, rs1, rs2", "0000101 rs2 rs1 011 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.CarrylessMultiplyHigh(m.X(i.Rs1), m.X(i.Rs2)))),
        ]),
        new(IsaExtensions.Zbs,
        [
            new("bclr rd, rs1, rs2", "0100100 rs2 rs1 001 rd 0110011",
                static (m, in i) => m.X(i.Rd, m.X(i.Rs1) & ~Bit(m.X(i.Rs2)))),
            new("bclri rd, rs1, shamt", "010010 shamt[5:0] rs1 001 rd 0010011",
                static (m, in i) => m.X(i.Rd, m.X(i.Rs1) & ~Bit(Immediate(in i)))),
            new("bext rd, rs1, rs2", "0100100 rs2 rs1 101 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.ShiftRight(m.X(i.Rs1), m.X(i.Rs2)) & One)),
            new("bexti rd, rs1, shamt", "010010 shamt[5:0] rs1 101 rd 0010011",
                static (m, in i) => m.X(i.Rd, TWord.ShiftRight(m.X(i.Rs1), Immediate(in i)) & One)),
            new("binv rd, rs1, rs2", "0110100 rs2 rs1 001 rd 0110011",
                static (m, in i) => m.X(i.Rd, m.X(i.Rs1) ^ Bit(m.X(i.Rs2)))),
            new("binvi rd, rs1, shamt", "011010 shamt[5:0] rs1 001 rd 0010011",
                static (m, in i) => m.X(i.Rd, m.X(i.Rs1) ^ Bit(Immediate(in i)))),
            new("bset rd, rs1, rs2", "0010100 rs2 rs1 001 rd 0110011",
                static (m, in i) => m.X(i.Rd, m.X(i.Rs1) | Bit(m.X(i.Rs2)))),
            new("bseti rd, rs1, shamt", "001010 shamt[5:0] rs1 001 rd 0010011",
                static (m, in i) => m.X(i.Rd, m.X(i.Rs1) | Bit(Immediate(in i)))),
        ]),
        new(IsaExtensions.Zicond,
        [
            new("czero.eqz rd, rs1, rs2", "0000111 rs2 rs1 101 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.Select(m.X(i.Rs2), m.X(i.Rs1), Zero))),
            new("czero.nez rd, rs1, rs2", "0000111 rs2 rs1 111 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.Select(m.X(i.Rs2), Zero, m.X(i.Rs1)))),
        ]),
    ];

    private static TWord Shifted(TWord value, ulong amount) => TWord.ShiftLeft(value, TWord.Constant(amount));

    private static TWord Bit(TWord index) => TWord.ShiftLeft(One, index);

    private static TWord RotateRight(TWord value, TWord amount) =>
        TWord.ShiftRight(value, amount) | TWord.ShiftLeft(value, Zero - amount);

    /// <summary>The word doubled into 64 bits, shifted: what leaves the low half at its end enters at its top.</summary>
    private static TWord RotateRight32(TWord value, TWord amount)
    {
        var low = Unsigned32(value);
        return Low32(TWord.ShiftRight(low | Shifted(low, 32), Amount32(amount)));
    }
}
