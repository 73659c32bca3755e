namespace Verification.Machine.Isa.Tables;

/// <summary>Compressed rows that a hart has when it has all of <paramref name="Required"/>.</summary>
internal sealed record CompressedGroup(IsaExtensions Required, CompressedRow[] Rows);

/// <summary>
/// The C extension for RV64 (unprivileged specification 20240411, chapter 26) and Zcb (chapter 27). Hints are what they
/// expand to: instructions that write x0 or change nothing.
/// </summary>
internal static class CompressedTable
{
    internal static readonly CompressedGroup[] Groups =
    [
        new(IsaExtensions.C,
        [
            new("c.addi4spn rd', sp, nzuimm", "000 nzuimm[5:4|9:6|2|3] rd' 00", "addi rd', x2, nzuimm"),
            new("c.lw rd', uimm(rs1')", "010 uimm[5:3] rs1' uimm[2|6] rd' 00", "lw rd', uimm(rs1')"),
            new("c.ld rd', uimm(rs1')", "011 uimm[5:3] rs1' uimm[7:6] rd' 00", "ld rd', uimm(rs1')"),
            new("c.sw rs2', uimm(rs1')", "110 uimm[5:3] rs1' uimm[2|6] rs2' 00", "sw rs2', uimm(rs1')"),
            new("c.sd rs2', uimm(rs1')", "111 uimm[5:3] rs1' uimm[7:6] rs2' 00", "sd rs2', uimm(rs1')"),

            new("c.nop", "000 0 00000 00000 01", "addi x0, x0, 0"),
            new("c.addi rd, imm", "000 imm[5] rd imm[4:0] 01", "addi rd, rd, imm"),
            new("c.addiw rd, imm", "001 imm[5] rd≠0 imm[4:0] 01", "addiw rd, rd, imm"),
            new("c.li rd, imm", "010 imm[5] rd imm[4:0] 01", "addi rd, x0, imm"),
            new("c.addi16sp sp, nzimm", "011 nzimm[9] 00010 nzimm[4|6|8:7|5] 01", "addi x2, x2, nzimm"),
            new("c.lui rd, nzupper", "011 nzimm[17] rd≠2 nzimm[16:12] 01", "lui rd, nzupper"),
            new("c.srli rd', shamt", "100 shamt[5] 00 rd' shamt[4:0] 01", "srli rd', rd', shamt"),
            new("c.srai rd', shamt", "100 shamt[5] 01 rd' shamt[4:0] 01", "srai rd', rd', shamt"),
            new("c.andi rd', imm", "100 imm[5] 10 rd' imm[4:0] 01", "andi rd', rd', imm"),
            new("c.sub rd', rs2'", "100 0 11 rd' 00 rs2' 01", "sub rd', rd', rs2'"),
            new("c.xor rd', rs2'", "100 0 11 rd' 01 rs2' 01", "xor rd', rd', rs2'"),
            new("c.or rd', rs2'", "100 0 11 rd' 10 rs2' 01", "or rd', rd', rs2'"),
            new("c.and rd', rs2'", "100 0 11 rd' 11 rs2' 01", "and rd', rd', rs2'"),
            new("c.subw rd', rs2'", "100 1 11 rd' 00 rs2' 01", "subw rd', rd', rs2'"),
            new("c.addw rd', rs2'", "100 1 11 rd' 01 rs2' 01", "addw rd', rd', rs2'"),
            new("c.j offset", "101 imm[11|4|9:8|10|6|7|3:1|5] 01", "jal x0, offset"),
            new("c.beqz rs1', offset", "110 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", "beq rs1', x0, offset"),
            new("c.bnez rs1', offset", "111 imm[8|4:3] rs1' imm[7:6|2:1|5] 01", "bne rs1', x0, offset"),

            new("c.slli rd, shamt", "000 shamt[5] rd shamt[4:0] 10", "slli rd, rd, shamt"),
            new("c.lwsp rd, uimm(sp)", "010 uimm[5] rd≠0 uimm[4:2|7:6] 10", "lw rd, uimm(x2)"),
            new("c.ldsp rd, uimm(sp)", "011 uimm[5] rd≠0 uimm[4:3|8:6] 10", "ld rd, uimm(x2)"),
            new("c.jr rs1", "100 0 rs1≠0 00000 10", "jalr x0, 0(rs1)"),
            new("c.mv rd, rs2", "100 0 rd rs2≠0 10", "add rd, x0, rs2"),
            new("c.ebreak", "100 1 00000 00000 10", "ebreak"),
            new("c.jalr rs1", "100 1 rs1≠0 00000 10", "jalr x1, 0(rs1)"),
            new("c.add rd, rs2", "100 1 rd rs2≠0 10", "add rd, rd, rs2"),
            new("c.swsp rs2, uimm(sp)", "110 uimm[5:2|7:6] rs2 10", "sw rs2, uimm(x2)"),
            new("c.sdsp rs2, uimm(sp)", "111 uimm[5:3|8:6] rs2 10", "sd rs2, uimm(x2)"),
        ]),
        new(IsaExtensions.C | IsaExtensions.D,
        [
            new("c.fld fd', uimm(rs1')", "001 uimm[5:3] rs1' uimm[7:6] rd' 00", "fld fd', uimm(rs1')"),
            new("c.fsd fs2', uimm(rs1')", "101 uimm[5:3] rs1' uimm[7:6] rs2' 00", "fsd fs2', uimm(rs1')"),
            new("c.fldsp fd, uimm(sp)", "001 uimm[5] rd uimm[4:3|8:6] 10", "fld fd, uimm(x2)"),
            new("c.fsdsp fs2, uimm(sp)", "101 uimm[5:3|8:6] rs2 10", "fsd fs2, uimm(x2)"),
        ]),
        new(IsaExtensions.C | IsaExtensions.Zcb,
        [
            new("c.lbu rd', uimm(rs1')", "100000 rs1' uimm[0|1] rd' 00", "lbu rd', uimm(rs1')"),
            new("c.lhu rd', uimm(rs1')", "100001 rs1' 0 uimm[1] rd' 00", "lhu rd', uimm(rs1')"),
            new("c.lh rd', uimm(rs1')", "100001 rs1' 1 uimm[1] rd' 00", "lh rd', uimm(rs1')"),
            new("c.sb rs2', uimm(rs1')", "100010 rs1' uimm[0|1] rs2' 00", "sb rs2', uimm(rs1')"),
            new("c.sh rs2', uimm(rs1')", "100011 rs1' 0 uimm[1] rs2' 00", "sh rs2', uimm(rs1')"),
            new("c.zext.b rd'", "100111 rd' 11000 01", "andi rd', rd', 255"),
            new("c.not rd'", "100111 rd' 11101 01", "xori rd', rd', -1"),
        ]),
        new(IsaExtensions.C | IsaExtensions.Zcb | IsaExtensions.Zbb,
        [
            new("c.sext.b rd'", "100111 rd' 11001 01", "sext.b rd', rd'"),
            new("c.zext.h rd'", "100111 rd' 11010 01", "zext.h rd', rd'"),
            new("c.sext.h rd'", "100111 rd' 11011 01", "sext.h rd', rd'"),
        ]),
        new(IsaExtensions.C | IsaExtensions.Zcb | IsaExtensions.Zba,
        [
            new("c.zext.w rd'", "100111 rd' 11100 01", "add.uw rd', rd', x0"),
        ]),
        new(IsaExtensions.C | IsaExtensions.Zcb | IsaExtensions.M,
        [
            new("c.mul rd', rs2'", "100111 rd' 10 rs2' 01", "mul rd', rd', rs2'"),
        ]),
    ];
}
