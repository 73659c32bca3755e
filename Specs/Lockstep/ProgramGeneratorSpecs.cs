using Verification.Machine.Isa;
using Verification.Specs.Isa;
using Xunit;

namespace Verification.Specs.Lockstep;

public class ProgramGeneratorSpecs
{
    [Fact]
    public void A_seed_is_a_program()
    {
        foreach (var profile in LockstepProfile.All)
            Assert.Equal(ProgramGenerator.Generate(profile, 7).ToArea(), ProgramGenerator.Generate(profile, 7).ToArea());
    }

    [Fact]
    public void What_rows_write_whatever_their_operands_counts_no_loop()
    {
        var random = new Random(1);
        var unasked = 0u;
        foreach (var form in ProgramGenerator.Forms)
        {
            var always = uint.MaxValue;
            for (var i = 0; i < 100; i++)
            {
                if (Decoder.TryDecode(Words.Of(form, random), ExplainedDifferences.Extensions, out var instruction))
                    always &= InstructionEffects.Of(in instruction).IntegerWrites;
            }

            if (always != uint.MaxValue) unasked |= always;
        }

        Assert.Equal(ProgramGenerator.WrittenUnasked, unasked);
    }

    [Fact]
    public void Every_row_of_the_instruction_table_that_both_have_comes_up()
    {
        var seen = new HashSet<InstructionForm>();
        foreach (var profile in LockstepProfile.All)
        {
            for (var seed = 1; seed <= 40; seed++)
            {
                foreach (var word in ProgramGenerator.Generate(profile, seed).Units.SelectMany(unit => unit.Words))
                {
                    if (Decoder.TryFindForm(word, ExplainedDifferences.Extensions, out var form)) seen.Add(form);
                }
            }
        }

        var missing = ProgramGenerator.Forms.Where(form => !seen.Contains(form)).Select(form => form.Mnemonic);
        Assert.Empty(missing);
    }
}
