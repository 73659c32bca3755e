namespace Verification.Machine.Isa;

/// <summary>RV64I, the base integer instruction set (unprivileged specification 20240411, chapters 2 and 4).</summary>
internal static class BaseTable<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    internal static readonly Row<TMachine>[] Rows =
    [
        new("add rd, rs1, rs2", "0000000 rs2 rs1 000 rd 0110011",
            static (m, in i) => m.X(i.Rd, m.X(i.Rs1) + m.X(i.Rs2))),
        new("addi rd, rs1, imm", "imm[11:0] rs1 000 rd 0010011",
            static (m, in i) => m.X(i.Rd, m.X(i.Rs1) + TWord.Constant((ulong)i.Immediate))),
        new("beq rs1, rs2, offset", "imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011",
            static (m, in i) => m.Branch(TWord.Equal(m.X(i.Rs1), m.X(i.Rs2)), i.Immediate)),
        new("lw rd, imm(rs1)", "imm[11:0] rs1 010 rd 0000011",
            static (m, in i) =>
            {
                if (m.Load(4, m.X(i.Rs1) + TWord.Constant((ulong)i.Immediate), out var value))
                    m.X(i.Rd, TWord.SignExtend(value, 32));
            }),
    ];
}
