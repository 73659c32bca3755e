namespace Verification.Machine.Isa.Tables;

/// <summary>
/// Zalrsc, Zaamo and Zacas: atomics (unprivileged specification 20240411, chapters 13 and 15). The ordering bits have no
/// effect: harts are interleaved, so every access is ordered already.
/// </summary>
internal sealed class AtomicTable<TMachine, TWord> : Vocabulary<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    internal static readonly RowGroup<TMachine>[] Groups =
    [
        new(IsaExtensions.Zalrsc,
        [
            new("lr.w rd, (rs1)", "00010 aq rl 00000 rs1 010 rd 0101111",
                static (m, in i) =>
                {
                    if (m.LoadReserved(4, m.X(i.Rs1), out var value))
                        m.X(i.Rd, Low32(value));
                }),
            new("lr.d rd, (rs1)", "00010 aq rl 00000 rs1 011 rd 0101111",
                static (m, in i) =>
                {
                    if (m.LoadReserved(8, m.X(i.Rs1), out var value))
                        m.X(i.Rd, value);
                }),
            new("sc.w rd, rs2, (rs1)", "00011 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) =>
                {
                    if (m.StoreConditional(4, m.X(i.Rs1), m.X(i.Rs2), out var failed))
                        m.X(i.Rd, failed);
                }),
            new("sc.d rd, rs2, (rs1)", "00011 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) =>
                {
                    if (m.StoreConditional(8, m.X(i.Rs1), m.X(i.Rs2), out var failed))
                        m.X(i.Rd, failed);
                }),
        ]),
        new(IsaExtensions.Zaamo,
        [
            new("amoswap.w rd, rs2, (rs1)", "00001 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) => Update32(m, in i, static (_, operand) => operand)),
            new("amoadd.w rd, rs2, (rs1)", "00000 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) => Update32(m, in i, static (old, operand) => old + operand)),
            new("amoxor.w rd, rs2, (rs1)", "00100 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) => Update32(m, in i, static (old, operand) => old ^ operand)),
            new("amoand.w rd, rs2, (rs1)", "01100 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) => Update32(m, in i, static (old, operand) => old & operand)),
            new("amoor.w rd, rs2, (rs1)", "01000 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) => Update32(m, in i, static (old, operand) => old | operand)),
            new("amomin.w rd, rs2, (rs1)", "10000 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) => Update32(m, in i, static (old, operand) =>
                    TWord.Select(TWord.Less(Low32(operand), Low32(old)), operand, old))),
            new("amomax.w rd, rs2, (rs1)", "10100 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) => Update32(m, in i, static (old, operand) =>
                    TWord.Select(TWord.Less(Low32(old), Low32(operand)), operand, old))),
            new("amominu.w rd, rs2, (rs1)", "11000 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) => Update32(m, in i, static (old, operand) =>
                    TWord.Select(TWord.LessUnsigned(Unsigned32(operand), Unsigned32(old)), operand, old))),
            new("amomaxu.w rd, rs2, (rs1)", "11100 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) => Update32(m, in i, static (old, operand) =>
                    TWord.Select(TWord.LessUnsigned(Unsigned32(old), Unsigned32(operand)), operand, old))),

            new("amoswap.d rd, rs2, (rs1)", "00001 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) => Update64(m, in i, static (_, operand) => operand)),
            new("amoadd.d rd, rs2, (rs1)", "00000 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) => Update64(m, in i, static (old, operand) => old + operand)),
            new("amoxor.d rd, rs2, (rs1)", "00100 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) => Update64(m, in i, static (old, operand) => old ^ operand)),
            new("amoand.d rd, rs2, (rs1)", "01100 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) => Update64(m, in i, static (old, operand) => old & operand)),
            new("amoor.d rd, rs2, (rs1)", "01000 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) => Update64(m, in i, static (old, operand) => old | operand)),
            new("amomin.d rd, rs2, (rs1)", "10000 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) => Update64(m, in i, static (old, operand) =>
                    TWord.Select(TWord.Less(operand, old), operand, old))),
            new("amomax.d rd, rs2, (rs1)", "10100 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) => Update64(m, in i, static (old, operand) =>
                    TWord.Select(TWord.Less(old, operand), operand, old))),
            new("amominu.d rd, rs2, (rs1)", "11000 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) => Update64(m, in i, static (old, operand) =>
                    TWord.Select(TWord.LessUnsigned(operand, old), operand, old))),
            new("amomaxu.d rd, rs2, (rs1)", "11100 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) => Update64(m, in i, static (old, operand) =>
                    TWord.Select(TWord.LessUnsigned(old, operand), operand, old))),
        ]),
        new(IsaExtensions.Zacas | IsaExtensions.Zaamo,
        [
            new("amocas.w rd, rs2, (rs1)", "00101 aq rl rs2 rs1 010 rd 0101111",
                static (m, in i) =>
                {
                    if (m.CompareAndSwap(4, m.X(i.Rs1), m.X(i.Rd), Zero, m.X(i.Rs2), Zero, out var old, out _))
                        m.X(i.Rd, Low32(old));
                }),
            new("amocas.d rd, rs2, (rs1)", "00101 aq rl rs2 rs1 011 rd 0101111",
                static (m, in i) =>
                {
                    if (m.CompareAndSwap(8, m.X(i.Rs1), m.X(i.Rd), Zero, m.X(i.Rs2), Zero, out var old, out _))
                        m.X(i.Rd, old);
                }),
            new("amocas.q rd, rs2, (rs1)", "00101 aq rl rs2[4:1] 0 rs1 100 rd[4:1] 0 0101111",
                static (m, in i) =>
                {
                    // The pair of x0 is zero, both words; a result for it is dropped whole.
                    var expectedHigh = i.Rd == 0 ? Zero : m.X(i.Rd + 1);
                    var newHigh = i.Rs2 == 0 ? Zero : m.X(i.Rs2 + 1);
                    if (m.CompareAndSwap(16, m.X(i.Rs1), m.X(i.Rd), expectedHigh, m.X(i.Rs2), newHigh,
                            out var low, out var high)
                        && i.Rd != 0)
                    {
                        m.X(i.Rd, low);
                        m.X(i.Rd + 1, high);
                    }
                }),
        ]),
    ];
}
