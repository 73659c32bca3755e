namespace Verification.Machine.Isa.Tables;

/// <summary>
/// Zicsr and Zifencei (unprivileged specification 20240411, chapters 6 and 5), the instructions of the privileged
/// architecture (privileged specification 20240411, chapters 3.3, 10.2 and Svinval), Zihintpause (unprivileged, chapter 7), Zawrs (chapter 14)
/// and the cache-block operations Zicbom, Zicbop and Zicboz (CMO specification 1.0.1).
/// </summary>
internal sealed class SystemTable<TMachine, TWord> : Vocabulary<TMachine, TWord>
    where TMachine : struct, IMachine<TWord>
    where TWord : struct, IWord<TWord>
{
    internal static readonly RowGroup<TMachine>[] Groups =
    [
        new(IsaExtensions.Zicsr,
        [
            new("csrrw rd, csr, rs1", "csr rs1 001 rd 1110011",
                static (m, in i) => Access(m, in i, CsrOperation.Write, i.Rd != 0, true, m.X(i.Rs1))),
            new("csrrs rd, csr, rs1", "csr rs1 010 rd 1110011",
                static (m, in i) => Access(m, in i, CsrOperation.Set, true, i.Rs1 != 0, m.X(i.Rs1))),
            new("csrrc rd, csr, rs1", "csr rs1 011 rd 1110011",
                static (m, in i) => Access(m, in i, CsrOperation.Clear, true, i.Rs1 != 0, m.X(i.Rs1))),
            new("csrrwi rd, csr, zimm", "csr zimm 101 rd 1110011",
                static (m, in i) => Access(m, in i, CsrOperation.Write, i.Rd != 0, true, TWord.Constant(i.Rs1))),
            new("csrrsi rd, csr, zimm", "csr zimm 110 rd 1110011",
                static (m, in i) => Access(m, in i, CsrOperation.Set, true, i.Rs1 != 0, TWord.Constant(i.Rs1))),
            new("csrrci rd, csr, zimm", "csr zimm 111 rd 1110011",
                static (m, in i) => Access(m, in i, CsrOperation.Clear, true, i.Rs1 != 0, TWord.Constant(i.Rs1))),
        ]),
        new(IsaExtensions.Zifencei,
        [
            new("fence.i", "imm[11:0] rs1 001 rd 0001111",
                static (m, in i) => m.Perform(HartOperation.FenceInstruction, in i)),
        ]),
        new(IsaExtensions.None,
        [
            new("mret", "0011000 00010 00000 000 00000 1110011",
                static (m, in i) => m.Perform(HartOperation.MachineReturn, in i)),
            new("wfi", "0001000 00101 00000 000 00000 1110011",
                static (m, in i) => m.Perform(HartOperation.WaitForInterrupt, in i)),
        ]),
        new(IsaExtensions.S,
        [
            new("sret", "0001000 00010 00000 000 00000 1110011",
                static (m, in i) => m.Perform(HartOperation.SupervisorReturn, in i)),
            new("sfence.vma rs1, rs2", "0001001 rs2 rs1 000 00000 1110011",
                static (m, in i) => m.Perform(HartOperation.FenceTranslation, in i)),
        ]),
        new(IsaExtensions.S | IsaExtensions.Svinval,
        [
            new("sinval.vma rs1, rs2", "0001011 rs2 rs1 000 00000 1110011",
                static (m, in i) => m.Perform(HartOperation.InvalidateTranslation, in i)),
            new("sfence.w.inval", "0001100 00000 00000 000 00000 1110011",
                static (m, in i) => m.Perform(HartOperation.FenceInvalidation, in i)),
            new("sfence.inval.ir", "0001100 00001 00000 000 00000 1110011",
                static (m, in i) => m.Perform(HartOperation.FenceInvalidation, in i)),
        ]),
        new(IsaExtensions.Zihintpause,
        [
            new("pause", "0000 0001 0000 00000 000 00000 0001111",
                static (m, in i) => m.Perform(HartOperation.Pause, in i)),
        ]),
        // Both may end at once, whether another hart has stored or not: then there is nothing for mstatus.TW to limit.
        new(IsaExtensions.Zawrs,
        [
            new("wrs.nto", "000000001101 00000 000 00000 1110011",
                static (m, in i) => m.Perform(HartOperation.Pause, in i)),
            new("wrs.sto", "000000011101 00000 000 00000 1110011",
                static (m, in i) => m.Perform(HartOperation.Pause, in i)),
        ]),
        new(IsaExtensions.Zicbom,
        [
            new("cbo.inval (rs1)", "000000000000 rs1 010 00000 0001111",
                static (m, in i) => m.Perform(HartOperation.CacheBlockManage, in i)),
            new("cbo.clean (rs1)", "000000000001 rs1 010 00000 0001111",
                static (m, in i) => m.Perform(HartOperation.CacheBlockManage, in i)),
            new("cbo.flush (rs1)", "000000000010 rs1 010 00000 0001111",
                static (m, in i) => m.Perform(HartOperation.CacheBlockManage, in i)),
        ]),
        new(IsaExtensions.Zicboz,
        [
            new("cbo.zero (rs1)", "000000000100 rs1 010 00000 0001111",
                static (m, in i) => m.Perform(HartOperation.CacheBlockZero, in i)),
        ]),
        new(IsaExtensions.Zicbop,
        [
            new("prefetch.i imm(rs1)", "imm[11:5] 00000 rs1 110 00000 0010011", static (_, in _) => { }),
            new("prefetch.r imm(rs1)", "imm[11:5] 00001 rs1 110 00000 0010011", static (_, in _) => { }),
            new("prefetch.w imm(rs1)", "imm[11:5] 00011 rs1 110 00000 0010011", static (_, in _) => { }),
        ]),
    ];

    private static void Access(
        TMachine m, in Instruction i, CsrOperation operation, bool reads, bool writes, TWord operand)
    {
        if (m.AccessCsr((int)i.Immediate, operation, reads, writes, operand, out var old))
            m.X(i.Rd, old);
    }
}
