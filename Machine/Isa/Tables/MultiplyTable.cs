namespace Verification.Machine.Isa.Tables;

/// <summary>The M extension: integer multiplication and division (unprivileged specification 20240411, chapter 12).</summary>
internal sealed class MultiplyTable<TMachine, TWord> : Vocabulary<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    internal static readonly RowGroup<TMachine>[] Groups =
    [
        new(IsaExtensions.M,
        [
            new("mul rd, rs1, rs2", "0000001 rs2 rs1 000 rd 0110011",
                static (m, in i) => m.X(i.Rd, m.X(i.Rs1) * m.X(i.Rs2))),
            new("mulh rd, rs1, rs2", "0000001 rs2 rs1 001 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.MultiplyHigh(m.X(i.Rs1), m.X(i.Rs2)))),
            new("mulhsu rd, rs1, rs2", "0000001 rs2 rs1 010 rd 0110011",
                static (m, in i) =>
                {
                    // A negative first operand was read as 2^64 too much: that much times the second is taken off.
                    var first = m.X(i.Rs1);
                    var second = m.X(i.Rs2);
                    var excess = second & TWord.ShiftRightArithmetic(first, TWord.Constant(63));
                    m.X(i.Rd, TWord.MultiplyHighUnsigned(first, second) - excess);
                }),
            new("mulhu rd, rs1, rs2", "0000001 rs2 rs1 011 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.MultiplyHighUnsigned(m.X(i.Rs1), m.X(i.Rs2)))),
            new("div rd, rs1, rs2", "0000001 rs2 rs1 100 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.Divide(m.X(i.Rs1), m.X(i.Rs2)))),
            new("divu rd, rs1, rs2", "0000001 rs2 rs1 101 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.DivideUnsigned(m.X(i.Rs1), m.X(i.Rs2)))),
            new("rem rd, rs1, rs2", "0000001 rs2 rs1 110 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.Remainder(m.X(i.Rs1), m.X(i.Rs2)))),
            new("remu rd, rs1, rs2", "0000001 rs2 rs1 111 rd 0110011",
                static (m, in i) => m.X(i.Rd, TWord.RemainderUnsigned(m.X(i.Rs1), m.X(i.Rs2)))),

            // The 64-bit operations give the 32-bit corner cases too: quotients by 0 are all ones, and the most negative
            // 32-bit value by -1 gives 2^31, whose low 32 bits, sign-extended, are that value again.
            new("mulw rd, rs1, rs2", "0000001 rs2 rs1 000 rd 0111011",
                static (m, in i) => m.X(i.Rd, Low32(m.X(i.Rs1) * m.X(i.Rs2)))),
            new("divw rd, rs1, rs2", "0000001 rs2 rs1 100 rd 0111011",
                static (m, in i) => m.X(i.Rd, Low32(TWord.Divide(Low32(m.X(i.Rs1)), Low32(m.X(i.Rs2)))))),
            new("divuw rd, rs1, rs2", "0000001 rs2 rs1 101 rd 0111011",
                static (m, in i) =>
                    m.X(i.Rd, Low32(TWord.DivideUnsigned(Unsigned32(m.X(i.Rs1)), Unsigned32(m.X(i.Rs2)))))),
            new("remw rd, rs1, rs2", "0000001 rs2 rs1 110 rd 0111011",
                static (m, in i) => m.X(i.Rd, Low32(TWord.Remainder(Low32(m.X(i.Rs1)), Low32(m.X(i.Rs2)))))),
            new("remuw rd, rs1, rs2", "0000001 rs2 rs1 111 rd 0111011",
                static (m, in i) =>
                    m.X(i.Rd, Low32(TWord.RemainderUnsigned(Unsigned32(m.X(i.Rs1)), Unsigned32(m.X(i.Rs2)))))),
        ]),
    ];
}
