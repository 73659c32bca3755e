namespace Verification.Machine.Isa;

/// <summary>From fetched words to instructions.</summary>
/// <remarks>
/// Rows are looked up by the bits that tell most of them apart: opcode, funct3 and funct7 of a full instruction; the top
/// six bits and the quadrant of a compressed one. Where one row is a special case of another (<c>pause</c> of
/// <c>fence</c>), the special one is asked first; a hart without its extension sees the general one.
/// </remarks>
public static class Decoder
{
    private static readonly InstructionForm[]?[] Full = new InstructionForm[]?[1 << 15];
    private static readonly InstructionForm[]?[] Compressed = new InstructionForm[]?[1 << 8];

    /// <summary>The size of the instruction that starts with <paramref name="halfWord"/>: 2 or 4.</summary>
    public static int SizeBytes(uint halfWord) => (halfWord & 3) == 3 ? 4 : 2;

    /// <summary>Decodes the instruction in <paramref name="word"/>; of a compressed one only the low 16 bits count.</summary>
    /// <param name="word">The fetched word.</param>
    /// <param name="extensions">What the hart has.</param>
    /// <param name="instruction">The instruction, when true is returned.</param>
    /// <returns>False for an illegal instruction.</returns>
    public static bool TryDecode(uint word, IsaExtensions extensions, out Instruction instruction)
    {
        if (!TryFindForm(word, extensions, out var form))
        {
            instruction = default;
            return false;
        }

        if (form is CompressedForm compressed)
        {
            word &= 0xffff;
            instruction = compressed.Rewriting.Expand(compressed.Picture.Extract(word))
                .ToInstruction(compressed.Expansion.Row, 2, word);
        }
        else
        {
            instruction = form.Picture.Extract(word).ToInstruction(form.Row, 4, word);
        }

        return true;
    }

    /// <summary>As <see cref="TryDecode"/>, or null for an illegal instruction.</summary>
    public static Instruction? Decode(uint word, IsaExtensions extensions) =>
        TryDecode(word, extensions, out var instruction) ? instruction : null;

    /// <summary>The row that <paramref name="word"/> is an instance of: a compressed form is answered as such.</summary>
    public static bool TryFindForm(uint word, IsaExtensions extensions,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out InstructionForm? form)
    {
        form = null;
        foreach (var candidate in Candidates(ref word))
        {
            if (candidate.IsIn(extensions) && candidate.Picture.Matches(word))
            {
                form = candidate;
                return true;
            }
        }

        return false;
    }

    private static InstructionForm[] Candidates(ref uint word)
    {
        if (SizeBytes(word) == 2)
        {
            word &= 0xffff;
            var halfKey = (word >> 8 & 0xfc) | (word & 3);
            return Compressed[halfKey] ??= Bucket(InstructionSet.CompressedRows, 0xfc03, word);
        }

        var key = (word >> 25 << 8) | (word >> 7 & 0xe0) | (word >> 2 & 0x1f);
        return Full[key] ??= Bucket(InstructionSet.Rows, 0xfe00_707f, word);
    }

    /// <summary>The rows that can match where the bits under <paramref name="mask"/> are those of <paramref name="word"/>.</summary>
    private static InstructionForm[] Bucket(IEnumerable<InstructionForm> rows, uint mask, uint word) =>
    [
        .. rows.Where(row => ((row.Picture.Match ^ word) & row.Picture.Mask & mask) == 0)
            .OrderByDescending(row => uint.PopCount(row.Picture.Mask)),
    ];
}
