namespace Verification.Machine.Isa.Tables;

/// <summary>The D extension: double-precision floating point (unprivileged specification 20240411, chapter 21).</summary>
internal sealed class DoubleTable<TMachine, TWord> : Vocabulary<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    private const ulong Sign = 0x8000_0000_0000_0000;

    internal static readonly RowGroup<TMachine>[] Groups =
    [
        new(IsaExtensions.D,
        [
            new("fld fd, imm(rs1)", "imm[11:0] rs1 011 rd 0000111", static (m, in i) => LoadFloat(m, in i, 8)),
            new("fsd fs2, imm(rs1)", "imm[11:5] rs2 rs1 011 imm[4:0] 0100111",
                static (m, in i) => StoreFloat(m, in i, 8)),

            new("fmadd.d fd, fs1, fs2, fs3, rm", "rs3 01 rs2 rs1 rm rd 1000011",
                static (m, in i) => Float3(m, in i, Double(FloatKind.MultiplyAdd))),
            new("fmsub.d fd, fs1, fs2, fs3, rm", "rs3 01 rs2 rs1 rm rd 1000111",
                static (m, in i) => Float3(m, in i, Double(FloatKind.MultiplySubtract))),
            new("fnmsub.d fd, fs1, fs2, fs3, rm", "rs3 01 rs2 rs1 rm rd 1001011",
                static (m, in i) => Float3(m, in i, Double(FloatKind.NegatedMultiplyAdd))),
            new("fnmadd.d fd, fs1, fs2, fs3, rm", "rs3 01 rs2 rs1 rm rd 1001111",
                static (m, in i) => Float3(m, in i, Double(FloatKind.NegatedMultiplySubtract))),
            new("fadd.d fd, fs1, fs2, rm", "0000001 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Double(FloatKind.Add))),
            new("fsub.d fd, fs1, fs2, rm", "0000101 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Double(FloatKind.Subtract))),
            new("fmul.d fd, fs1, fs2, rm", "0001001 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Double(FloatKind.Multiply))),
            new("fdiv.d fd, fs1, fs2, rm", "0001101 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Double(FloatKind.Divide))),
            new("fsqrt.d fd, fs1, rm", "0101101 00000 rs1 rm rd 1010011",
                static (m, in i) => Float1(m, in i, Double(FloatKind.SquareRoot))),

            new("fsgnj.d fd, fs1, fs2", "0010001 rs2 rs1 000 rd 1010011",
                static (m, in i) => WithSign(m, in i, SignOf(m, i.Rs2))),
            new("fsgnjn.d fd, fs1, fs2", "0010001 rs2 rs1 001 rd 1010011",
                static (m, in i) => WithSign(m, in i, SignOf(m, i.Rs2) ^ TWord.Constant(Sign))),
            new("fsgnjx.d fd, fs1, fs2", "0010001 rs2 rs1 010 rd 1010011",
                static (m, in i) => WithSign(m, in i, SignOf(m, i.Rs1) ^ SignOf(m, i.Rs2))),
            new("fmin.d fd, fs1, fs2", "0010101 rs2 rs1 000 rd 1010011",
                static (m, in i) => Float2(m, in i, Double(FloatKind.Minimum))),
            new("fmax.d fd, fs1, fs2", "0010101 rs2 rs1 001 rd 1010011",
                static (m, in i) => Float2(m, in i, Double(FloatKind.Maximum))),
            new("feq.d rd, fs1, fs2", "1010001 rs2 rs1 010 rd 1010011",
                static (m, in i) => FloatToInteger2(m, in i, Double(FloatKind.Equal))),
            new("flt.d rd, fs1, fs2", "1010001 rs2 rs1 001 rd 1010011",
                static (m, in i) => FloatToInteger2(m, in i, Double(FloatKind.Less))),
            new("fle.d rd, fs1, fs2", "1010001 rs2 rs1 000 rd 1010011",
                static (m, in i) => FloatToInteger2(m, in i, Double(FloatKind.LessOrEqual))),
            new("fclass.d rd, fs1", "1110001 00000 rs1 001 rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Double(FloatKind.Classify))),

            new("fcvt.w.d rd, fs1, rm", "1100001 00000 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Double(FloatKind.ToInt32))),
            new("fcvt.wu.d rd, fs1, rm", "1100001 00001 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Double(FloatKind.ToUInt32))),
            new("fcvt.l.d rd, fs1, rm", "1100001 00010 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Double(FloatKind.ToInt64))),
            new("fcvt.lu.d rd, fs1, rm", "1100001 00011 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Double(FloatKind.ToUInt64))),
            new("fcvt.d.w fd, rs1, rme", "1101001 00000 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Double(FloatKind.FromInt32))),
            new("fcvt.d.wu fd, rs1, rme", "1101001 00001 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Double(FloatKind.FromUInt32))),
            new("fcvt.d.l fd, rs1, rm", "1101001 00010 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Double(FloatKind.FromInt64))),
            new("fcvt.d.lu fd, rs1, rm", "1101001 00011 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Double(FloatKind.FromUInt64))),
            new("fcvt.s.d fd, fs1, rm", "0100000 00001 rs1 rm rd 1010011",
                static (m, in i) => Float1(m, in i, Convert(FloatFormat.Double, FloatFormat.Single))),
            new("fcvt.d.s fd, fs1, rme", "0100001 00000 rs1 rm rd 1010011",
                static (m, in i) => Float1(m, in i, Convert(FloatFormat.Single, FloatFormat.Double))),

            new("fmv.x.d rd, fs1", "1110001 00000 rs1 000 rd 1010011",
                static (m, in i) =>
                {
                    if (FloatIsOn(m, in i))
                        m.X(i.Rd, m.F(i.Rs1));
                }),
            new("fmv.d.x fd, rs1", "1111001 00000 rs1 000 rd 1010011",
                static (m, in i) =>
                {
                    if (FloatIsOn(m, in i))
                        m.F(i.Rd, m.X(i.Rs1));
                }),
        ]),
    ];

    private static FloatOperation Double(FloatKind kind) => new(kind, FloatFormat.Double, FloatFormat.Double);

    private static FloatOperation Convert(FloatFormat source, FloatFormat target) =>
        new(FloatKind.Convert, source, target);

    private static TWord SignOf(TMachine m, int register) => m.F(register) & TWord.Constant(Sign);

    /// <summary>The sign-injection instructions: the first operand with another sign.</summary>
    private static void WithSign(TMachine m, in Instruction i, TWord sign)
    {
        if (FloatIsOn(m, in i))
            m.F(i.Rd, (m.F(i.Rs1) & ~TWord.Constant(Sign)) | sign);
    }
}
