using System.Globalization;
using System.Text;
using Verification.Machine.Isa;
using Verification.Specs.Oracles;
using Xunit;
using Decoder = Verification.Machine.Isa.Decoder;

namespace Verification.Specs.Isa;

/// <summary>Assembler and disassembler against GNU's (written against binutils 2.40).</summary>
public class BinutilsSpecs
{
    private const string ObjectDump = "riscv64-unknown-elf-objdump";
    private const string GnuAssembler = "riscv64-unknown-elf-as";
    private const string Linker = "riscv64-unknown-elf-ld";
    private const string ObjectCopy = "riscv64-unknown-elf-objcopy";
    private const string March = "rv64gc_zba_zbb_zbc_zbs_zicbom_zicbop_zicboz_zihintpause_zawrs_zfh_svinval";

    /// <summary>What binutils 2.40 does not know yet.</summary>
    private const IsaExtensions TooNew = IsaExtensions.Zicond | IsaExtensions.Zacas | IsaExtensions.Zcb;

    private const IsaExtensions Known = IsaExtensions.All & ~TooNew;

    private static readonly (uint, string)[] Renamed = [(0x0001, "c.addi"), (0x0000, "c.unimp"), (0x6101, "c.addi16sp")];

    [RequiresToolFact(ObjectDump, ObjectCopy, GnuAssembler)]
    public void Random_words_are_disassembled_as_objdump_does()
    {
        var random = new Random(20240411);
        var words = new List<uint>();
        foreach (var form in InstructionTableSpecs.AllForms.Where(form => form.IsIn(Known)))
        {
            for (var i = 0; i < 20; i++)
                words.Add(Words.Of(form, random));
        }

        for (var i = 0; i < 20_000; i++)
            words.Add(((uint)random.NextInt64() | 3) & ~(1u << random.Next(2, 5))); // 11111 starts longer instructions
        for (var half = 0u; half < 0x10000; half += 1)
        {
            if ((half & 3) != 3)
                words.Add(half);
        }

        var theirs = Dump(words);
        var differences = new List<string>();
        for (var i = 0; i < words.Count; i++)
        {
            var ours = Disassembler.Text(words[i], (ulong)i * 4, Known);
            if (!Agree(ours, theirs[i], words[i]))
                differences.Add($"{words[i]:x8}: ours «{ours}», theirs «{theirs[i]}»");
        }

        Assert.True(differences.Count == 0,
            $"{differences.Count} differences\n" + string.Join('\n', differences.DistinctBy(line => line.Split(' ')[2] + line.Split('«')[^1].Split(' ')[0]).Take(40)));
    }

    [RequiresToolFact(GnuAssembler, Linker, ObjectCopy)]
    public void Texts_of_all_rows_assemble_as_GNU_does()
    {
        var random = new Random(7);
        var source = new StringBuilder(".text\n.option norelax\n.option norvc\n");
        foreach (var form in InstructionTableSpecs.AllForms.Where(form => form.IsIn(Known)))
        {
            // GNU's assembler has no rounding mode for exact conversions, and none of the sets of accesses that is empty.
            for (var i = 0; i < 10; i++)
            {
                var text = Disassembler.Text(Words.Of(form, random), Base, Known);
                if (!form.Operands.Any(operand => operand.Name == "rme" || operand.Kind == OperandKind.Offset) && !text.StartsWith('.'))
                    source.Append(form is CompressedForm ? $".option rvc\n{text}\n.option norvc\n" : $"{text}\n");
            }
        }

        AssertSameAsGnu(source.ToString(), Compression.WhereWritten);
    }

    [RequiresToolTheory(GnuAssembler, Linker, ObjectCopy)]
    [MemberData(nameof(Programs))]
    public void Programs_assemble_as_with_GNU(string program)
    {
        AssertSameAsGnu(".text\n.option norelax\n.option norvc\n" + program, Compression.WhereWritten);
        AssertSameAsGnu(".text\n.option norelax\n.option rvc\n" + program, Compression.WhereWritten);
    }

    public static TheoryData<string> Programs => new(AssemblyPrograms.All);

    private const ulong Base = 0x8000_0000;

    private static void AssertSameAsGnu(string source, Compression compression)
    {
        var ours = Assembler.Assemble(source, new AssemblerOptions { BaseAddress = Base, Extensions = Known, Compression = compression });
        Assert.Empty(ours.Relocations);
        var theirs = GnuBytes(source);
        for (var i = 0; i < Math.Min(ours.Bytes.Length, theirs.Length); i++)
        {
            if (ours.Bytes[i] == theirs[i])
                continue;
            var at = i & ~1;
            var (a, b) = (WordAt(ours.Bytes, at), WordAt(theirs, at));
            Assert.Fail($"At {at:x}: ours {a:x} «{Disassembler.Text(a, Base + (ulong)at)}», theirs {b:x} «{Disassembler.Text(b, Base + (ulong)at)}».");
        }

        // GNU fills the section up to its alignment.
        var alignment = ours.Sections[0].AlignmentBytes;
        Assert.Equal(theirs.Length, alignment <= 4 ? ours.Bytes.Length : (ours.Bytes.Length + alignment - 1) & -alignment);
    }

    private static uint WordAt(byte[] bytes, int at) =>
        BitConverter.ToUInt32([.. bytes.Skip(at).Take(4), 0, 0, 0, 0], 0);

    private static byte[] GnuBytes(string source)
    {
        var folder = Directory.CreateTempSubdirectory("isa-specs");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "a.s"), source);
            _ = Tool.Run(GnuAssembler, ["-march=" + March, "-o", "a.o", "a.s"], null, folder.FullName).SuccessfulOutput;
            _ = Tool.Run(Linker, ["--no-relax", $"-Ttext=0x{Base:x}", "-e", "0", "-o", "a.elf", "a.o"], null, folder.FullName).SuccessfulOutput;
            _ = Tool.Run(ObjectCopy, ["-O", "binary", "-j", ".text", "a.elf", "a.bin"], null, folder.FullName).SuccessfulOutput;
            return File.ReadAllBytes(Path.Combine(folder.FullName, "a.bin"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool Agree(string ours, string theirs, uint word)
    {
        // Names of RV128, aliases that "no-aliases" does not cover, and two reserved words that objdump names all the same.
        if (ours == theirs || Renamed.Contains((word & 0xffff, theirs.Split(' ')[0])))
            return true;
        if (ours.EndsWith(",0x0") && theirs.Split(' ')[0] is "c.slli64" or "c.srli64" or "c.srai64")
            return true;
        if (!Decoder.TryFindForm(word, Known, out var form))
            return theirs.StartsWith('.') || (theirs.EndsWith(",unknown") && (word >> 12 & 7) is 5 or 6);
        if (ours.StartsWith('.'))
            return theirs.StartsWith('.'); // a fence with reserved fields set
        // binutils 2.40 has no rounding mode for conversions that are exact, and calls other ones illegal.
        if (form.Operands.Any(operand => operand.Name == "rme"))
            return theirs.StartsWith('.') && (word >> 12 & 7) != 0;
        // objdump names control and status registers that RV64 has not, and those of other drafts.
        if (form.Operands.Any(operand => operand.Kind == OperandKind.Csr) && ours.Contains(",0x"))
            return Enumerable.SequenceEqual(WithoutCsr(ours), WithoutCsr(theirs));
        return false;
    }

    private static IEnumerable<string> WithoutCsr(string text) => text.Split(',').Where((_, place) => place != 1);

    /// <summary>objdump's text for each word, placed 4 bytes apart from address 0.</summary>
    private static List<string> Dump(List<uint> words)
    {
        var folder = Directory.CreateTempSubdirectory("isa-specs");
        try
        {
            var source = new StringBuilder(".text\n");
            foreach (var word in words)
                source.Append((word & 3) == 3 ? $".insn 4, 0x{word:x8}\n" : $".insn 2, 0x{word & 0xffff:x4}\n.insn 2, 0x0001\n");
            File.WriteAllText(Path.Combine(folder.FullName, "words.s"), source.ToString());
            var assembled = Tool.Run(
                GnuAssembler, ["-march=" + March, "-o", "words.o", "words.s"], null, folder.FullName);
            _ = assembled.SuccessfulOutput;
            var dump = Tool.Run(ObjectDump, ["-d", "-z", "-M", "no-aliases", "words.o"], null, folder.FullName);
            var texts = new string[words.Count];
            foreach (var line in dump.SuccessfulOutput.Split('\n'))
            {
                var columns = line.Split('\t');
                if (columns.Length < 3 || !columns[0].TrimEnd().EndsWith(':'))
                    continue;
                var address = long.Parse(columns[0].Trim(' ', ':'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (address % 4 == 0)
                    texts[address / 4] = Normalise(columns);
            }

            return [.. texts];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Normalise(string[] columns)
    {
        var operands = columns.Length > 3 ? columns[3] : "";
        operands = operands.Split(" #")[0];
        if (operands.IndexOf(" <", StringComparison.Ordinal) is >= 0 and var symbol)
        {
            var start = operands.LastIndexOf(',', symbol) + 1;
            operands = operands[..start] + "0x" + operands[start..symbol];
        }

        return (columns[2].Trim() + " " + operands.Trim()).Trim();
    }
}
