using System.Globalization;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.KernelImages;

/// <summary>The compiled kernels' code, instruction by instruction, as binutils read it.</summary>
public sealed class DisassemblySpecs
{
    private const string ObjectDump = "riscv64-unknown-elf-objdump";

    [RequiresToolTheory(ObjectDump)]
    [InlineData("default")]
    [InlineData("story")]
    public void Objdump_and_the_model_read_the_same_instructions(string variant)
    {
        string path = BuiltImage.PathOf(variant);
        ElfImage elf = ElfImage.Read(File.ReadAllBytes(path));
        List<string> differences = [];
        int count = 0;
        foreach (string[] columns in Tool.Run(ObjectDump, "-d", "-z", "-M", "no-aliases", path).SuccessfulOutput
            .Split('\n').Select(line => line.Split('\t')).Where(columns => columns.Length >= 3 && columns[0].TrimEnd().EndsWith(':')))
        {
            ulong address = ulong.Parse(columns[0].Trim(' ', ':'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            uint word = uint.Parse(columns[1].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            byte[] bytes = new byte[Decoder.SizeBytes(word)];
            Assert.True(elf.TryRead(address, bytes));
            Assert.Equal(columns[1].Trim().Length, 2 * bytes.Length);
            string ours = Disassembler.Text(word, address, IsaExtensions.All);
            string theirs = $"{columns[2].Trim()} {Operands(columns)}".Trim();
            if (Plain(ours) != Plain(theirs)) differences.Add($"{address:x}: ours «{ours}», theirs «{theirs}»");
            count++;
        }

        Assert.True(count > 2000, $"only {count} instructions");
        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(20)));
    }

    // Jumps' targets are said with a symbol, addresses without 0x, and comments follow.
    private static string Operands(string[] columns)
    {
        string operands = (columns.Length > 3 ? columns[3] : "").Split(" #")[0];
        int symbol = operands.IndexOf(" <", StringComparison.Ordinal);
        if (symbol < 0) return operands.Trim();
        int start = operands.LastIndexOf(',', symbol) + 1;
        return $"{operands[..start]}0x{operands[start..symbol]}";
    }

    // binutils 2.40 have another name for zeros, and none for the hint.
    private static string Plain(string text) => text switch
    {
        "c.unimp" => ".2byte 0x0000",
        "fence w,unknown" => "pause",
        _ => text,
    };
}
