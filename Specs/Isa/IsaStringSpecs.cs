using Verification.Machine.Isa;
using Xunit;

namespace Verification.Specs.Isa;

public class IsaStringSpecs
{
    [Theory]
    [InlineData("rv64", IsaExtensions.Default)]
    [InlineData("rv64,zba=off", IsaExtensions.Default & ~IsaExtensions.Zba)]
    [InlineData("rv64,sstc=on,zba=false,zfh=true", (IsaExtensions.Default & ~IsaExtensions.Zba) | IsaExtensions.Zfh | IsaExtensions.Zfhmin)]
    [InlineData("rv64,f=off", IsaExtensions.Default & ~(IsaExtensions.F | IsaExtensions.D))]
    [InlineData("max", IsaExtensions.All)]
    public void The_words_of_cpu_choose_the_extensions(string text, IsaExtensions expected) =>
        Assert.Equal(expected, IsaString.ParseCpu(text));

    [Theory]
    [InlineData("rv32", "The cpu «rv32» is not known: this machine has rv64.")]
    [InlineData("rv64,zba", "«zba» is not of the form extension=on or extension=off.")]
    [InlineData("rv64,zba=maybe", "«zba=maybe» is not of the form extension=on or extension=off.")]
    [InlineData("rv64,zzz=on", "The extension «zzz» is not known.")]
    [InlineData("", "The cpu «» is not known: this machine has rv64.")]
    public void A_bad_word_is_answered_by_a_sentence(string text, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<FormatException>(() => IsaString.ParseCpu(text)).Message);

    [Fact]
    public void Every_extension_can_be_switched_and_said_in_words_that_are_read_back()
    {
        foreach (var extension in Enum.GetValues<IsaExtensions>().Where(one => ulong.PopCount((ulong)one) == 1))
        {
            foreach (var extensions in new[]
                     {
                         IsaString.Without(IsaExtensions.Default, extension),
                         IsaString.Complete(IsaExtensions.Default | extension),
                     })
            {
                Assert.Equal(extensions, IsaString.ParseCpu(IsaString.ToCpu(extensions)));
            }
        }
    }

    [Fact]
    public void The_devicetree_names_extensions_in_the_canonical_order()
    {
        Assert.Equal(
            "rv64imafdc_zicbom_zicboz_zicntr_zicond_zicsr_zifencei_zihintpause_zihpm_zba_zbb_zbc_zbs_sstc_svadu_svinval_svnapot_svpbmt",
            IsaString.ToIsa(IsaExtensions.Default));
        Assert.Equal(["i", "m", "a", "c", "zicsr", "zifencei"], IsaString.ToNames(
            IsaExtensions.M | IsaExtensions.A | IsaExtensions.C | IsaExtensions.Zicsr | IsaExtensions.Zifencei));
    }
}
