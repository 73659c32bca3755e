using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Isa;

public class AssemblerSpecs
{
    [Theory]
    [InlineData("frobnicate a0", "There is no instruction «frobnicate».")]
    [InlineData("addi a0, a1, 5000", "«addi rd, rs1, imm» takes -2048 to 2047 as imm, not 5000.")]
    [InlineData("beq a0, a1, . + 1", "«beq rs1, rs2, offset» takes -4096 to 4094 in steps of 2 as offset, not 1.")]
    [InlineData("slli a0, a0, 64", "«slli rd, rs1, shamt» takes 0 to 63 as shamt, not 64.")]
    [InlineData("add a0, a1", "«add a0, a1» is not of the form «add rd, rs1, rs2» or «add rd, rs1, imm».")]
    [InlineData("lw a0, 4(a9)", "«(a9)» is left over after the expression «4».")]
    [InlineData("lui a0, 0x100000", "An upper immediate is 0 to 0xfffff, not 1048576.")]
    [InlineData("addi a0, a0, 1 2", "«2» is left over after the expression «1».")]
    [InlineData("addi a0, a0, (1", "«(1» lacks a «)».")]
    [InlineData("addi a0, a0, 1 +", "«1 +» ends too early.")]
    [InlineData("j 1b", "There is no label «1» before this line.")]
    [InlineData("j 1f", "There is no label «1» after this line.")]
    [InlineData("x: nop\nx: nop", "Line 2: «x» is defined twice.")]
    [InlineData(".frob 1", "The directive «.frob» is not known.")]
    [InlineData(".byte 300", "300 does not fit 1 bytes.")]
    [InlineData(".byte nowhere", "The address of «nowhere» does not fit 1 bytes.")]
    [InlineData(".ascii hello", "«hello» is no string in quotation marks.")]
    [InlineData(".ascii \"hello", "A string has no end.")]
    [InlineData("/* hello", "A comment has no end.")]
    [InlineData(".word 1 / 0", "The expression divides by 0.")]
    [InlineData("csrr a0, nocsr", "«nocsr» is no control and status register.")]
    [InlineData("li a0, label", "«label» must be a number here.")]
    [InlineData(".align 99", ".align takes a power of two from 0 to 20, not 99.")]
    [InlineData("addi a0, a0, 0x1ffffffffffffffff", "«0x1ffffffffffffffff» is no number of 64 bits.")]
    [InlineData("c.lwsp zero, 4(sp)", "«c.lwsp rd, uimm(sp)» with these operands is a reserved encoding.")]
    [InlineData("c.lw t6, 0(a0)", "«c.lw rd', uimm(rs1')» takes 8 to 15 as rd', not 31.")]
    [InlineData("lw a0, %hi(x)(a0)", "«%hi» cannot stand in «lw rd, imm(rs1)».")]
    [InlineData("lui a0, %frob(x)", "«%frob» is not known.")]
    [InlineData("addi a0, a0, x", "«x» must be a number here, or stand in %lo(...) or another of its kind.")]
    [InlineData(".option frob", "The option «frob» is not known.")]
    [InlineData(".popsection", "There is no .pushsection before this .popsection.")]
    [InlineData(".space -1", "A size is 0 to 1073741824 bytes, not -1.")]
    public void An_error_is_one_sentence_with_its_line(string text, string sentence)
    {
        var error = Assert.Throws<AssemblyException>(() => Assembler.Assemble(text));
        Assert.Equal(sentence.StartsWith("Line") ? sentence : "Line 1: " + sentence, error.Message);
    }

    [Fact]
    public void An_instruction_of_an_extension_that_is_not_there_is_an_error()
    {
        var options = new AssemblerOptions { Extensions = IsaExtensions.Default & ~IsaExtensions.Zba };
        var error = Assert.Throws<AssemblyException>(() => Assembler.Assemble("nop\n\nsh1add a0, a1, a2", options));
        Assert.Equal("Line 3: «sh1add» needs Zba, which is not among the extensions.", error.Message);
    }

    [Fact]
    public void Symbols_left_open_become_relocations()
    {
        var code = Assembler.Assemble("""
            .globl entry
            entry:
                call    outside
                la      a0, table + 8
                sw      a0, counter, t0
                beq     a0, a1, outside
                j       outside
                lui     a1, %hi(table)
                lw      a1, %lo(table + 4)(a1)
                sw      a1, %lo(table)(a2)
                .dword  table - 16, entry
                .word   outside
                .word   outside - entry
            """);
        Assert.Equal(
        [
            new(0, RelocationKind.CallPlt, "outside", 0),
            new(8, RelocationKind.PcRelHi20, "table", 8),
            new(12, RelocationKind.PcRelLo12I, ".Lpcrel_hi0", 0),
            new(16, RelocationKind.PcRelHi20, "counter", 0),
            new(20, RelocationKind.PcRelLo12S, ".Lpcrel_hi1", 0),
            new(24, RelocationKind.Branch, "outside", 0),
            new(28, RelocationKind.Jal, "outside", 0),
            new(32, RelocationKind.Hi20, "table", 0),
            new(36, RelocationKind.Lo12I, "table", 4),
            new(40, RelocationKind.Lo12S, "table", 0),
            new(44, RelocationKind.Absolute64, "table", -16),
            new(52, RelocationKind.Absolute64, "entry", 0),
            new(60, RelocationKind.Absolute32, "outside", 0),
            new(64, RelocationKind.Add32, "outside", 0),
            new(64, RelocationKind.Subtract32, "entry", 0),
        ], code.Relocations);
        Assert.Equal(
        [
            new("entry", ".text", 0, true), new(".Lpcrel_hi0", ".text", 8, false), new(".Lpcrel_hi1", ".text", 16, false),
        ], code.Symbols);
    }

    [Fact]
    public void Sections_are_separate_and_keep_their_alignment()
    {
        var code = Assembler.Assemble("""
                nop
            .section .rodata, "a"
                .align 3
            text: .asciz "hi"
            .text
                ret
            .pushsection .data
                .balign 16
                .byte 1
            .popsection
                nop
            """);
        Assert.Equal([".text", ".rodata", ".data"], code.Sections.Select(section => section.Name));
        Assert.Equal([1, 8, 16], code.Sections.Select(section => section.AlignmentBytes));
        Assert.Equal([12, 3, 1], code.Sections.Select(section => section.Bytes.Length));
        Assert.Equal("hi\0"u8.ToArray(), code.Sections[1].Bytes);
        Assert.Equal([new AssembledSymbol("text", ".rodata", 0, false)], code.Symbols);
    }

    [Fact]
    public void Compression_halves_what_has_a_compressed_form()
    {
        const string text = "addi sp, sp, -16\nsd ra, 8(sp)\nmul a0, a0, a1\nret";
        Assert.Equal(16, Assembler.Assemble(text).Bytes.Length);
        var compressed = new AssemblerOptions { Compression = Compression.Automatic, Extensions = IsaExtensions.Default };
        Assert.Equal(10, Assembler.Assemble(text, compressed).Bytes.Length);
    }
}
