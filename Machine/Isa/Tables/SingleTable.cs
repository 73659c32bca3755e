namespace Verification.Machine.Isa.Tables;

/// <summary>The F extension: single-precision floating point (unprivileged specification 20240411, chapter 20).</summary>
internal sealed class SingleTable<TMachine, TWord> : Vocabulary<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    private const ulong Sign = 0x8000_0000;
    private const ulong CanonicalNaN = 0x7fc0_0000;

    internal static readonly RowGroup<TMachine>[] Groups =
    [
        new(IsaExtensions.F,
        [
            new("flw fd, imm(rs1)", "imm[11:0] rs1 010 rd 0000111", static (m, in i) => LoadFloat(m, in i, 4)),
            new("fsw fs2, imm(rs1)", "imm[11:5] rs2 rs1 010 imm[4:0] 0100111",
                static (m, in i) => StoreFloat(m, in i, 4)),

            new("fmadd.s fd, fs1, fs2, fs3, rm", "rs3 00 rs2 rs1 rm rd 1000011",
                static (m, in i) => Float3(m, in i, Single(FloatKind.MultiplyAdd))),
            new("fmsub.s fd, fs1, fs2, fs3, rm", "rs3 00 rs2 rs1 rm rd 1000111",
                static (m, in i) => Float3(m, in i, Single(FloatKind.MultiplySubtract))),
            new("fnmsub.s fd, fs1, fs2, fs3, rm", "rs3 00 rs2 rs1 rm rd 1001011",
                static (m, in i) => Float3(m, in i, Single(FloatKind.NegatedMultiplyAdd))),
            new("fnmadd.s fd, fs1, fs2, fs3, rm", "rs3 00 rs2 rs1 rm rd 1001111",
                static (m, in i) => Float3(m, in i, Single(FloatKind.NegatedMultiplySubtract))),
            new("fadd.s fd, fs1, fs2, rm", "0000000 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Single(FloatKind.Add))),
            new("fsub.s fd, fs1, fs2, rm", "0000100 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Single(FloatKind.Subtract))),
            new("fmul.s fd, fs1, fs2, rm", "0001000 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Single(FloatKind.Multiply))),
            new("fdiv.s fd, fs1, fs2, rm", "0001100 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Single(FloatKind.Divide))),
            new("fsqrt.s fd, fs1, rm", "0101100 00000 rs1 rm rd 1010011",
                static (m, in i) => Float1(m, in i, Single(FloatKind.SquareRoot))),

            new("fsgnj.s fd, fs1, fs2", "0010000 rs2 rs1 000 rd 1010011",
                static (m, in i) => WithSign(m, in i, SignOf(m, i.Rs2))),
            new("fsgnjn.s fd, fs1, fs2", "0010000 rs2 rs1 001 rd 1010011",
                static (m, in i) => WithSign(m, in i, SignOf(m, i.Rs2) ^ TWord.Constant(Sign))),
            new("fsgnjx.s fd, fs1, fs2", "0010000 rs2 rs1 010 rd 1010011",
                static (m, in i) => WithSign(m, in i, SignOf(m, i.Rs1) ^ SignOf(m, i.Rs2))),
            new("fmin.s fd, fs1, fs2", "0010100 rs2 rs1 000 rd 1010011",
                static (m, in i) => Float2(m, in i, Single(FloatKind.Minimum))),
            new("fmax.s fd, fs1, fs2", "0010100 rs2 rs1 001 rd 1010011",
                static (m, in i) => Float2(m, in i, Single(FloatKind.Maximum))),
            new("feq.s rd, fs1, fs2", "1010000 rs2 rs1 010 rd 1010011",
                static (m, in i) => FloatToInteger2(m, in i, Single(FloatKind.Equal))),
            new("flt.s rd, fs1, fs2", "1010000 rs2 rs1 001 rd 1010011",
                static (m, in i) => FloatToInteger2(m, in i, Single(FloatKind.Less))),
            new("fle.s rd, fs1, fs2", "1010000 rs2 rs1 000 rd 1010011",
                static (m, in i) => FloatToInteger2(m, in i, Single(FloatKind.LessOrEqual))),
            new("fclass.s rd, fs1", "1110000 00000 rs1 001 rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Single(FloatKind.Classify))),

            new("fcvt.w.s rd, fs1, rm", "1100000 00000 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Single(FloatKind.ToInt32))),
            new("fcvt.wu.s rd, fs1, rm", "1100000 00001 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Single(FloatKind.ToUInt32))),
            new("fcvt.l.s rd, fs1, rm", "1100000 00010 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Single(FloatKind.ToInt64))),
            new("fcvt.lu.s rd, fs1, rm", "1100000 00011 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Single(FloatKind.ToUInt64))),
            new("fcvt.s.w fd, rs1, rm", "1101000 00000 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Single(FloatKind.FromInt32))),
            new("fcvt.s.wu fd, rs1, rm", "1101000 00001 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Single(FloatKind.FromUInt32))),
            new("fcvt.s.l fd, rs1, rm", "1101000 00010 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Single(FloatKind.FromInt64))),
            new("fcvt.s.lu fd, rs1, rm", "1101000 00011 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Single(FloatKind.FromUInt64))),

            new("fmv.x.w rd, fs1", "1110000 00000 rs1 000 rd 1010011",
                static (m, in i) =>
                {
                    if (FloatIsOn(m, in i))
                        m.X(i.Rd, Low32(m.F(i.Rs1)));
                }),
            new("fmv.w.x fd, rs1", "1111000 00000 rs1 000 rd 1010011",
                static (m, in i) =>
                {
                    if (FloatIsOn(m, in i))
                        m.F(i.Rd, Box(Unsigned32(m.X(i.Rs1)), 32));
                }),
        ]),
    ];

    private static FloatOperation Single(FloatKind kind) => new(kind, FloatFormat.Single, FloatFormat.Single);

    private static TWord Value(TMachine m, int register) => Unbox(m.F(register), 32, CanonicalNaN);

    private static TWord SignOf(TMachine m, int register) => Value(m, register) & TWord.Constant(Sign);

    /// <summary>The sign-injection instructions: the first operand with another sign.</summary>
    private static void WithSign(TMachine m, in Instruction i, TWord sign)
    {
        if (FloatIsOn(m, in i))
            m.F(i.Rd, Box((Value(m, i.Rs1) & ~TWord.Constant(Sign)) | sign, 32));
    }
}
