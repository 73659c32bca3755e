using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Isa;

public class InstructionTableSpecs
{
    public static IEnumerable<InstructionForm> AllForms => InstructionSet.Rows.Concat(InstructionSet.CompressedRows);

    [Fact]
    public void Every_row_accounts_for_every_bit()
    {
        foreach (var form in AllForms)
            Assert.Equal(form.Picture.WidthBits, BitsDrawn(form.Picture.Text));
    }

    [Fact]
    public void No_two_rows_match_one_word_unless_one_is_a_special_case_that_the_specification_names()
    {
        var forms = AllForms.ToList();
        var overlaps = new List<string>();
        for (var i = 0; i < forms.Count; i++)
        {
            for (var j = i + 1; j < forms.Count; j++)
            {
                if (CanBothMatch(forms[i].Picture, forms[j].Picture))
                    overlaps.Add($"{forms[i].Mnemonic} {forms[j].Mnemonic}");
            }
        }

        Assert.Equal(
            [
                "ori prefetch.i", "ori prefetch.r", "ori prefetch.w", "fence fence.tso", "fence pause", "c.nop c.addi",
            ],
            overlaps);
    }

    [Fact]
    public void A_special_case_has_all_the_fixed_bits_of_the_general_one()
    {
        foreach (var (special, general) in new[]
                 {
                     ("fence.tso", "fence"), ("pause", "fence"), ("prefetch.i", "ori"), ("prefetch.r", "ori"),
                     ("prefetch.w", "ori"), ("c.nop", "c.addi"),
                 })
        {
            var (a, b) = (InstructionSet.Find(special).Picture, InstructionSet.Find(general).Picture);
            Assert.Equal(b.Mask, a.Mask & b.Mask);
            Assert.Equal(b.Match, a.Match & b.Mask);
        }
    }

    [Fact]
    public void Every_operand_of_a_text_has_its_place_in_the_picture()
    {
        foreach (var form in AllForms)
        {
            foreach (var operand in form.Operands.Where(operand => !operand.IsFixed))
                Assert.True(form.Picture.Has(operand.Slot), form.Text);
        }
    }

    [Fact]
    public void Every_field_of_a_picture_is_said_in_the_text_or_is_one_that_harts_ignore()
    {
        foreach (var form in AllForms.Where(form => form.Mnemonic is not ("fence" or "fence.i")))
        {
            var said = form.Operands.Where(operand => !operand.IsFixed).Select(operand => operand.Slot).ToHashSet();
            if (form.HasOrdering)
                said.Add(OperandSlot.Mode);
            foreach (var slot in Enum.GetValues<OperandSlot>())
                Assert.Equal(form.Picture.Has(slot), said.Contains(slot));
        }
    }

    /// <summary>Counted from the picture's text alone, by the widths of the specification's fields.</summary>
    private static int BitsDrawn(string picture) => picture.Split(' ').Sum(token =>
    {
        if (token.All(char.IsAsciiDigit))
            return token.Length;
        token = token.Split('≠')[0];
        if (token.Contains('['))
        {
            return token[(token.IndexOf('[') + 1)..^1].Split('|').Sum(range =>
            {
                var ends = range.Split(':').Select(int.Parse).ToArray();
                return ends[0] - ends[^1] + 1;
            });
        }

        return token switch
        {
            "aq" or "rl" => 1,
            "rd'" or "rs1'" or "rs2'" or "rm" => 3,
            "pred" or "succ" or "fm" => 4,
            "csr" => 12,
            _ => 5,
        };
    });

    /// <summary>Whether a word exists that both match: tried on the words that the fixed bits of either leave open.</summary>
    private static bool CanBothMatch(BitPicture a, BitPicture b)
    {
        if (a.WidthBits != b.WidthBits || ((a.Match ^ b.Match) & a.Mask & b.Mask) != 0)
            return false;
        var fixedBits = a.Match | b.Match;
        var open = ~(a.Mask | b.Mask) & (a.WidthBits == 16 ? 0xffff : uint.MaxValue);
        // All subsets of at most 16 open bits; no pair of rows has exclusions that only a rarer word satisfies.
        for (var subset = open; ; subset = (subset - 1) & open)
        {
            if (a.Matches(fixedBits | subset) && b.Matches(fixedBits | subset))
                return true;
            if (subset == 0 || a.WidthBits == 32 && open - subset > 1 << 16)
                return false;
        }
    }
}
