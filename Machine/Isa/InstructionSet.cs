using Verification.Machine.Isa.Tables;

namespace Verification.Machine.Isa;

/// <summary>The rows of the instruction table as data, the same for every machine.</summary>
public static class InstructionSet
{
    private static readonly Dictionary<string, InstructionForm> ByMnemonic = [];

    static InstructionSet()
    {
        var rows = new List<InstructionForm>();
        foreach (var group in InstructionTable<EffectRecorder, HostWord>.Groups)
        {
            foreach (var row in group.Rows)
                rows.Add(new InstructionForm(rows.Count, row.Text, row.Picture, 32, group.Required));
        }

        foreach (var row in rows)
            ByMnemonic.Add(row.Mnemonic, row);
        Rows = rows;

        var compressed = new List<CompressedForm>();
        foreach (var group in CompressedTable.Groups)
        {
            foreach (var row in group.Rows)
                compressed.Add(new CompressedForm(compressed.Count, row, group.Required, Find));
        }

        foreach (var row in compressed)
            ByMnemonic.Add(row.Mnemonic, row);
        CompressedRows = compressed;
    }

    /// <summary>Every 32-bit row; <see cref="Instruction.Row"/> counts in this order.</summary>
    public static IReadOnlyList<InstructionForm> Rows { get; }

    /// <summary>Every 16-bit row.</summary>
    public static IReadOnlyList<CompressedForm> CompressedRows { get; }

    /// <summary>The row with this mnemonic (compressed ones too, as <c>c.addi</c>).</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static InstructionForm Find(string mnemonic) => TryFind(mnemonic, out var form)
        ? form
        : throw new ArgumentException($"There is no instruction «{mnemonic}».", nameof(mnemonic));

    /// <summary>The row with this mnemonic, if there is one.</summary>
    public static bool TryFind(string mnemonic, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out InstructionForm? form) =>
        ByMnemonic.TryGetValue(mnemonic, out form);
}
