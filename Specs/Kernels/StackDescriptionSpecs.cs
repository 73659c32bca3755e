using Verification.Framework.Kernels;
using Xunit;

namespace Verification.Specs.Kernels;

public class StackDescriptionSpecs
{
    [Theory]
    [InlineData("boot_stack:4096", "boot_stack:4096")]
    [InlineData("boot_stack:0x1000", "boot_stack:4096")]
    [InlineData("stack0:4K", "stack0:4096")]
    [InlineData("_stack_end.._stack_start", "_stack_end.._stack_start")]
    public void A_stack_is_read_from_words_and_written_again(string text, string words) =>
        Assert.Equal(words, StackDescription.Parse(text).ToWords());

    [Theory]
    [InlineData("")]
    [InlineData("stack")]
    [InlineData("stack:")]
    [InlineData(":4096")]
    [InlineData("stack:0")]
    [InlineData("stack:-1")]
    [InlineData("stack:many")]
    [InlineData("low..")]
    public void What_is_no_stack_is_refused_in_a_sentence(string text) =>
        Assert.Contains(text, Assert.Throws<FormatException>(() => StackDescription.Parse(text)).Message);
}
