namespace Verification.Machine.Isa.Tables;

/// <summary>
/// Zfhmin and Zfh: half-precision floating point (unprivileged specification 20240411, chapter 23). Conversions to and from
/// double need D as well.
/// </summary>
internal sealed class HalfTable<TMachine, TWord> : Vocabulary<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    private const ulong Sign = 0x8000;
    private const ulong CanonicalNaN = 0x7e00;

    internal static readonly RowGroup<TMachine>[] Groups =
    [
        new(IsaExtensions.Zfhmin,
        [
            new("flh fd, imm(rs1)", "imm[11:0] rs1 001 rd 0000111", static (m, in i) => LoadFloat(m, in i, 2)),
            new("fsh fs2, imm(rs1)", "imm[11:5] rs2 rs1 001 imm[4:0] 0100111",
                static (m, in i) => StoreFloat(m, in i, 2)),
            new("fmv.x.h rd, fs1", "1110010 00000 rs1 000 rd 1010011",
                static (m, in i) =>
                {
                    if (FloatIsOn(m, in i))
                        m.X(i.Rd, TWord.SignExtend(m.F(i.Rs1), 16));
                }),
            new("fmv.h.x fd, rs1", "1111010 00000 rs1 000 rd 1010011",
                static (m, in i) =>
                {
                    if (FloatIsOn(m, in i))
                        m.F(i.Rd, Box(TWord.ZeroExtend(m.X(i.Rs1), 16), 16));
                }),
            new("fcvt.s.h fd, fs1, rme", "0100000 00010 rs1 rm rd 1010011",
                static (m, in i) => Float1(m, in i, Convert(FloatFormat.Half, FloatFormat.Single))),
            new("fcvt.h.s fd, fs1, rm", "0100010 00000 rs1 rm rd 1010011",
                static (m, in i) => Float1(m, in i, Convert(FloatFormat.Single, FloatFormat.Half))),
        ]),
        new(IsaExtensions.Zfhmin | IsaExtensions.D,
        [
            new("fcvt.d.h fd, fs1, rme", "0100001 00010 rs1 rm rd 1010011",
                static (m, in i) => Float1(m, in i, Convert(FloatFormat.Half, FloatFormat.Double))),
            new("fcvt.h.d fd, fs1, rm", "0100010 00001 rs1 rm rd 1010011",
                static (m, in i) => Float1(m, in i, Convert(FloatFormat.Double, FloatFormat.Half))),
        ]),
        new(IsaExtensions.Zfh,
        [
            new("fmadd.h fd, fs1, fs2, fs3, rm", "rs3 10 rs2 rs1 rm rd 1000011",
                static (m, in i) => Float3(m, in i, Half(FloatKind.MultiplyAdd))),
            new("fmsub.h fd, fs1, fs2, fs3, rm", "rs3 10 rs2 rs1 rm rd 1000111",
                static (m, in i) => Float3(m, in i, Half(FloatKind.MultiplySubtract))),
            new("fnmsub.h fd, fs1, fs2, fs3, rm", "rs3 10 rs2 rs1 rm rd 1001011",
                static (m, in i) => Float3(m, in i, Half(FloatKind.NegatedMultiplyAdd))),
            new("fnmadd.h fd, fs1, fs2, fs3, rm", "rs3 10 rs2 rs1 rm rd 1001111",
                static (m, in i) => Float3(m, in i, Half(FloatKind.NegatedMultiplySubtract))),
            new("fadd.h fd, fs1, fs2, rm", "0000010 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Half(FloatKind.Add))),
            new("fsub.h fd, fs1, fs2, rm", "0000110 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Half(FloatKind.Subtract))),
            new("fmul.h fd, fs1, fs2, rm", "0001010 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Half(FloatKind.Multiply))),
            new("fdiv.h fd, fs1, fs2, rm", "0001110 rs2 rs1 rm rd 1010011",
                static (m, in i) => Float2(m, in i, Half(FloatKind.Divide))),
            new("fsqrt.h fd, fs1, rm", "0101110 00000 rs1 rm rd 1010011",
                static (m, in i) => Float1(m, in i, Half(FloatKind.SquareRoot))),

            new("fsgnj.h fd, fs1, fs2", "0010010 rs2 rs1 000 rd 1010011",
                static (m, in i) => WithSign(m, in i, SignOf(m, i.Rs2))),
            new("fsgnjn.h fd, fs1, fs2", "0010010 rs2 rs1 001 rd 1010011",
                static (m, in i) => WithSign(m, in i, SignOf(m, i.Rs2) ^ TWord.Constant(Sign))),
            new("fsgnjx.h fd, fs1, fs2", "0010010 rs2 rs1 010 rd 1010011",
                static (m, in i) => WithSign(m, in i, SignOf(m, i.Rs1) ^ SignOf(m, i.Rs2))),
            new("fmin.h fd, fs1, fs2", "0010110 rs2 rs1 000 rd 1010011",
                static (m, in i) => Float2(m, in i, Half(FloatKind.Minimum))),
            new("fmax.h fd, fs1, fs2", "0010110 rs2 rs1 001 rd 1010011",
                static (m, in i) => Float2(m, in i, Half(FloatKind.Maximum))),
            new("feq.h rd, fs1, fs2", "1010010 rs2 rs1 010 rd 1010011",
                static (m, in i) => FloatToInteger2(m, in i, Half(FloatKind.Equal))),
            new("flt.h rd, fs1, fs2", "1010010 rs2 rs1 001 rd 1010011",
                static (m, in i) => FloatToInteger2(m, in i, Half(FloatKind.Less))),
            new("fle.h rd, fs1, fs2", "1010010 rs2 rs1 000 rd 1010011",
                static (m, in i) => FloatToInteger2(m, in i, Half(FloatKind.LessOrEqual))),
            new("fclass.h rd, fs1", "1110010 00000 rs1 001 rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Half(FloatKind.Classify))),

            new("fcvt.w.h rd, fs1, rm", "1100010 00000 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Half(FloatKind.ToInt32))),
            new("fcvt.wu.h rd, fs1, rm", "1100010 00001 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Half(FloatKind.ToUInt32))),
            new("fcvt.l.h rd, fs1, rm", "1100010 00010 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Half(FloatKind.ToInt64))),
            new("fcvt.lu.h rd, fs1, rm", "1100010 00011 rs1 rm rd 1010011",
                static (m, in i) => FloatToInteger1(m, in i, Half(FloatKind.ToUInt64))),
            new("fcvt.h.w fd, rs1, rm", "1101010 00000 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Half(FloatKind.FromInt32))),
            new("fcvt.h.wu fd, rs1, rm", "1101010 00001 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Half(FloatKind.FromUInt32))),
            new("fcvt.h.l fd, rs1, rm", "1101010 00010 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Half(FloatKind.FromInt64))),
            new("fcvt.h.lu fd, rs1, rm", "1101010 00011 rs1 rm rd 1010011",
                static (m, in i) => IntegerToFloat(m, in i, Half(FloatKind.FromUInt64))),
        ]),
    ];

    private static FloatOperation Half(FloatKind kind) => new(kind, FloatFormat.Half, FloatFormat.Half);

    private static FloatOperation Convert(FloatFormat source, FloatFormat target) =>
        new(FloatKind.Convert, source, target);

    private static TWord Value(TMachine m, int register) => Unbox(m.F(register), 16, CanonicalNaN);

    private static TWord SignOf(TMachine m, int register) => Value(m, register) & TWord.Constant(Sign);

    /// <summary>The sign-injection instructions: the first operand with another sign.</summary>
    private static void WithSign(TMachine m, in Instruction i, TWord sign)
    {
        if (FloatIsOn(m, in i))
            m.F(i.Rd, Box((Value(m, i.Rs1) & ~TWord.Constant(Sign)) | sign, 16));
    }
}
