using FsCheck.Xunit;
using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Isa;

public class RoundTripSpecs
{
    private const IsaExtensions All = IsaExtensions.All;

    [Property(MaxTest = 20)]
    public void Decoding_and_encoding_give_the_word_back(int seed)
    {
        var random = new Random(seed);
        foreach (var form in InstructionSet.Rows)
        {
            var word = Words.Of(form, random);
            Assert.True(Decoder.TryDecode(word, All, out var instruction), form.Text);
            Assert.Equal(4, instruction.SizeBytes);
            Assert.Equal(word, Encoder.Encode(in instruction));
        }
    }

    [Property(MaxTest = 20)]
    public void A_compressed_instruction_is_the_full_one_that_it_expands_to(int seed)
    {
        var random = new Random(seed);
        foreach (var form in InstructionSet.CompressedRows)
        {
            var word = Words.Of(form, random);
            Assert.True(Decoder.TryDecode(word, All, out var compressed), form.Text);
            Assert.Equal(2, compressed.SizeBytes);
            Assert.True(Decoder.TryDecode(Encoder.Encode(in compressed), All, out var full));
            Assert.Equal(OperandValues.Of(in compressed), OperandValues.Of(in full));
            Assert.Equal(compressed.Row, full.Row);
        }
    }

    [Property(MaxTest = 20)]
    public void What_is_compressed_decodes_to_the_same_instruction(int seed)
    {
        var random = new Random(seed);
        foreach (var form in InstructionSet.CompressedRows)
        {
            Assert.True(Decoder.TryDecode(Words.Of(form, random), All, out var instruction));
            var isIdle = form.Mnemonic is "c.addi" or "c.slli" or "c.srli" or "c.srai" && instruction.Immediate == 0;
            if (isIdle || (instruction.Rd == 0 && form.Operands.Any(operand => operand.Name == "rd")))
                continue; // a hint
            // Another compressed form may say the same in fewer words (c.nop for c.addi), but one there must be.
            Assert.True(Encoder.TryCompress(in instruction, All, out var half), form.Text);
            Assert.True(Decoder.TryDecode(half, All, out var again));
            Assert.Equal(instruction.Row, again.Row);
            Assert.Equal(OperandValues.Of(in instruction), OperandValues.Of(in again));
        }
    }

    [Property(MaxTest = 20)]
    public void Disassembled_text_assembles_to_the_same_word(int seed)
    {
        var random = new Random(seed);
        var pc = 0x8000_0000ul + (ulong)random.Next(1 << 20) * 2;
        foreach (var form in InstructionTableSpecs.AllForms)
        {
            var word = Words.Of(form, random);
            foreach (var style in Enum.GetValues<DisassemblyStyle>())
            {
                var text = Disassembler.Text(word, pc, All, style);
                var bytes = Assembler.Assemble(text, new AssemblerOptions { BaseAddress = pc }).Bytes;
                var back = bytes.Length == 2 ? BitConverter.ToUInt16(bytes) : BitConverter.ToUInt32(bytes);
                Assert.True(Decoder.TryDecode(word, All, out var was) & Decoder.TryDecode(back, All, out var now), text);
                Assert.True(was.Row == now.Row || IsTheSameSaidOtherwise(text), $"{text}: {word:x} became {back:x}");
                if (style == DisassemblyStyle.Plain)
                    Assert.Equal(word, back);
            }
        }
    }

    [Fact]
    public void A_hart_without_an_extension_has_none_of_its_instructions()
    {
        var random = new Random(1);
        foreach (var form in InstructionTableSpecs.AllForms.Where(form => form.Required != IsaExtensions.None))
        {
            var word = Words.Of(form, random);
            foreach (var extension in Enum.GetValues<IsaExtensions>().Where(one => ulong.PopCount((ulong)one) == 1))
            {
                var isFound = Decoder.TryFindForm(word, All & ~extension, out var found) && found == form;
                Assert.Equal((form.Required & extension) == 0, isFound || IsSpecialised(form, found, extension));
            }
        }
    }

    /// <summary>A word of a general row that happens to be the special one's.</summary>
    private static bool IsSpecialised(InstructionForm form, InstructionForm? found, IsaExtensions removed) =>
        found is not null && (form.Required & removed) == 0 && found.Picture.Match != form.Picture.Match;

    /// <summary><c>mv</c> is written the same for two instructions.</summary>
    private static bool IsTheSameSaidOtherwise(string text) => text.StartsWith("mv ", StringComparison.Ordinal);
}
