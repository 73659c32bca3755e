using System.Text;
using Verification.Machine.Isa;
using Verification.Specs.Isa.Floating;
using Verification.Specs.Oracles;
using Xunit;
using Decoder = Verification.Machine.Isa.Decoder;

namespace Verification.Specs.Isa;

/// <summary>
/// Rows' meanings against QEMU. One bare-metal program holds a case for every row and set of operands; it loads the
/// registers, executes the one instruction, saves what may have changed, and writes all of it out in hexadecimal.
/// </summary>
public class QemuMeaningSpecs
{
    private const string Qemu = "qemu-system-riscv64";
    private const ulong Base = 0x8000_0000;
    private const ulong CasesOffset = 0x1000;
    private const int CaseBytes = 16;
    private const int InputWords = 11;
    private const int ResultWords = 7;

    /// <summary>Left to other specs: what needs the hart, what QEMU 7.2 has not, and what another case's reservation decides.</summary>
    private const IsaExtensions NotInQemu =
        IsaExtensions.Zicond | IsaExtensions.Zacas | IsaExtensions.Zawrs | IsaExtensions.Zcb | IsaExtensions.Zicbom | IsaExtensions.Zicboz | IsaExtensions.Zicbop;

    private static readonly string[] HartsBusiness =
    [
        "ecall", "ebreak", "c.ebreak", "mret", "sret", "wfi", "sfence.vma", "sinval.vma", "sfence.w.inval", "sfence.inval.ir",
        "csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci", "sc.w", "sc.d",
    ];

    private sealed record Case(InstructionForm Form, uint Word, ulong[] Inputs);

    [RequiresToolFact(Qemu)]
    public void Every_row_that_computes_gives_what_QEMU_gives()
    {
        var random = new Random(64);
        var forms = InstructionTableSpecs.AllForms
            .Where(form => form.IsIn(IsaExtensions.All & ~NotInQemu) && !HartsBusiness.Contains(form.Mnemonic)).ToList();
        var cases = new List<Case>();
        var count = forms.Count * 12;
        foreach (var form in forms)
        {
            for (var i = 0; i < 12; i++)
                cases.Add(NewCase(form, random, cases.Count, count));
        }

        var theirs = RunQemu(Image(cases));
        Assert.Equal(cases.Count * ResultWords, theirs.Length);
        var differences = new List<string>();
        for (var i = 0; i < cases.Count; i++)
        {
            var ours = RunOurs(cases[i], i, cases.Count);
            var expected = theirs.AsSpan(i * ResultWords, ResultWords);
            if (!expected.SequenceEqual(ours))
            {
                differences.Add($"{Disassembler.Text(cases[i].Word, AddressOf(i))} on {Show(cases[i].Inputs)}: "
                    + $"ours {Show(ours)}, QEMU's {Show(expected)}");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {cases.Count} cases differ\n" + string.Join('\n', differences.Take(20)));
    }

    private static string Show(ReadOnlySpan<ulong> words) => string.Join(' ', words.ToArray().Select(word => $"{word:x}"));

    private static ulong AddressOf(int index) => Base + CasesOffset + (ulong)index * CaseBytes + 4;

    /// <summary>The 16 bytes that loads, stores and atomics work on.</summary>
    private static ulong CellAddress(int cases) => Base + CasesOffset + (ulong)cases * CaseBytes + 12 + 255 & ~255ul;

    private static Case NewCase(InstructionForm form, Random random, int index, int count)
    {
        while (true)
        {
            var values = form.Picture.Extract(Words.Of(form, random));
            values[OperandSlot.Rd] = form.Mnemonic == "c.addi16sp" ? 2 : 10;
            (values[OperandSlot.Rs1], values[OperandSlot.Rs2], values[OperandSlot.Rs3]) = (11, 12, 13);
            if (form.Operands.Any(operand => operand.Kind == OperandKind.Offset))
                values[OperandSlot.Immediate] = 8;
            if (!form.Picture.TryEncode(in values, out var word, out _) || !Decoder.TryFindForm(word, IsaExtensions.All & ~NotInQemu, out var found) || found != form)
                continue;
            var instruction = MeaningSpecs.Decode(word);
            var effects = InstructionEffects.Of(in instruction);
            var inputs = new ulong[InputWords];
            for (var i = 0; i < InputWords; i++)
                inputs[i] = MeaningSpecs.Any(random);
            var numbers = Numbers.All[random.Next(3)];
            if (form.Mnemonic.Split('.').Any(part => part is "h" or "s" or "d"))
                numbers = Numbers.All[form.Mnemonic.Split('.')[^1] switch { "h" => 0, "s" => 1, _ => 2 }];
            for (var i = 4; i < 8; i++)
                inputs[i] = random.Next(12) == 0 ? inputs[i] : numbers.Box(numbers.Any(random, numbers.Unbox(inputs[random.Next(4, i + 1)])));
            inputs[10] = (ulong)random.Next(5) << 5;
            if (form.Mnemonic == "ctzw")
                inputs[2] |= 1UL << 31; // QEMU before 8.0 looks into the upper word where the lower one is 0
            var hasAddress = effects.Traits.HasFlag(InstructionTraits.Loads) || effects.Traits.HasFlag(InstructionTraits.Stores);
            if (hasAddress)
                inputs[0] = inputs[2] = CellAddress(count) - (ulong)instruction.Immediate;
            if (instruction.Row == InstructionSet.Find("jalr").Row)
                inputs[2] = AddressOf(index) + 8 - (ulong)instruction.Immediate;
            return new(form, word, inputs);
        }
    }

    /// <summary>x1, x2, x10, f10, fcsr and the cell after the case.</summary>
    private static ulong[] RunOurs(Case one, int index, int count)
    {
        var state = new PlainMachine.State { Pc = AddressOf(index) };
        var cell = CellAddress(count);
        (state.X[2], state.X[10], state.X[11], state.X[12]) = (one.Inputs[0], one.Inputs[1], one.Inputs[2], one.Inputs[3]);
        one.Inputs.AsSpan(4, 4).CopyTo(state.F.AsSpan(10));
        state.Write(cell, 8, one.Inputs[8]);
        state.Write(cell + 8, 8, one.Inputs[9]);
        state.Fcsr = (uint)one.Inputs[10];
        var instruction = MeaningSpecs.Decode(one.Word);
        state.Execute(in instruction);
        if (state.NextPc != state.Pc + 8)
            state.X[10]++; // what stands after the instruction, unless it was jumped over
        return [state.X[1], state.X[2], state.X[10], state.F[10], state.Fcsr, state.Read(cell, 8), state.Read(cell + 8, 8)];
    }

    private static byte[] Image(List<Case> cases)
    {
        var source = new StringBuilder($"""
            start:
                li      t0, 0x6000          # the floating-point unit is on
                csrs    mstatus, t0
                la      s4, inputs
                la      s5, results
                li      s6, {CellAddress(cases.Count)}
                li      ra, 0
                j       cases

            load:
                ld      sp, 0(s4)
                ld      a0, 8(s4)
                ld      a1, 16(s4)
                ld      a2, 24(s4)
                fld     fa0, 32(s4)
                fld     fa1, 40(s4)
                fld     fa2, 48(s4)
                fld     fa3, 56(s4)
                ld      t1, 64(s4)
                sd      t1, 0(s6)
                ld      t1, 72(s4)
                sd      t1, 8(s6)
                ld      t1, 80(s4)
                csrw    fcsr, t1
                li      ra, 0
                addi    s4, s4, {InputWords * 8}
                jr      t0

            save:
                sd      ra, 0(s5)
                sd      sp, 8(s5)
                sd      a0, 16(s5)
                fsd     fa0, 24(s5)
                csrr    t1, fcsr
                sd      t1, 32(s5)
                ld      t1, 0(s6)
                sd      t1, 40(s5)
                ld      t1, 8(s6)
                sd      t1, 48(s5)
                addi    s5, s5, {ResultWords * 8}
                jr      t0

            finish:                         # write the results, then power off
                la      a0, results
                li      a1, 0x10000000
                li      a4, 10
            1:  lbu     a2, 0(a0)
                srli    a3, a2, 4
                call    t0, digit
                andi    a3, a2, 15
                call    t0, digit
                addi    a0, a0, 1
                bne     a0, s5, 1b
                li      a0, 0x100000
                li      a1, 0x5555
                sw      a1, 0(a0)
            2:  j       2b
            digit:
                blt     a3, a4, 3f
                addi    a3, a3, 39
            3:  addi    a3, a3, 48
                sb      a3, 0(a1)
                jr      t0
                .p2align 12
            cases:

            """);
        foreach (var one in cases)
        {
            source.AppendLine("jal t0, load");
            source.AppendLine(one.Form.Picture.WidthBits == 16 ? $".half 0x{one.Word:x}\nc.nop" : $".word 0x{one.Word:x}");
            source.AppendLine("addi a0, a0, 1\njal t0, save");
        }

        source.AppendLine($"la t1, finish\njr t1\n.p2align 8\n.space 256\ninputs:");
        foreach (var one in cases)
            source.AppendLine(".dword " + string.Join(", ", one.Inputs.Select(word => $"0x{word:x}")));
        source.AppendLine("results:");
        var code = Assembler.Assemble(source.ToString(), new AssemblerOptions { BaseAddress = Base });
        Assert.Empty(code.Relocations);
        return code.Bytes;
    }

    private static ulong[] RunQemu(byte[] image)
    {
        var folder = Directory.CreateTempSubdirectory("isa-specs");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "cases.bin"), image);
            // Into a file: a pipe that is read too slowly makes the UART drop characters.
            _ = Tool.Run(Qemu,
            [
                "-machine", "virt", "-cpu", "rv64,Zfh=true,Zfhmin=true,svinval=true", "-m", "128M", "-display", "none",
                "-monitor", "none", "-serial", "file:results.txt", "-bios", "cases.bin",
            ], null, folder.FullName).SuccessfulOutput;
            var output = File.ReadAllText(Path.Combine(folder.FullName, "results.txt"));
            return [.. Enumerable.Range(0, output.Length / 16).Select(i => BitConverter.ToUInt64(Convert.FromHexString(output.AsSpan(i * 16, 16))))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
