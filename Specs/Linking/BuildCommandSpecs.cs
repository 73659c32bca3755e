using Verification.Toolchain;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.Linking;

/// <summary>The toolchain's command line: bad input gets one sentence and an exit code.</summary>
public sealed class BuildCommandSpecs
{
    [Theory]
    [InlineData("toolchain: error KT0910: the kernel's assembly is missing")]
    [InlineData("toolchain: error KT0910: --output is missing", "a.dll")]
    [InlineData("toolchain: error KT0910: --output needs a value", "a.dll", "--output")]
    [InlineData("toolchain: error KT0910: there is one assembly too many: b.dll", "a.dll", "b.dll")]
    [InlineData("toolchain: error KT0910: there is no option --fast", "a.dll", "--fast", "yes")]
    [InlineData(
        "toolchain: error KT0910: the boot stack's size is a positive multiple of 16 or auto, not 100", "a.dll", "--boot-stack-size", "100")]
    [InlineData(
        "toolchain: error KT0910: the boot stack's placement is AboveBss or BelowImage or Guarded, not 1", "a.dll", "--stack-placement", "1")]
    public void A_misuse_is_named(string sentence, params string[] arguments)
    {
        (int code, string errors) = Run(arguments);
        Assert.Equal(2, code);
        Assert.Equal(sentence, errors.Split('\n')[0].TrimEnd());
    }

    [Fact]
    public void A_missing_assembly_is_one_sentence()
    {
        (int code, string errors) = Run(["no-such-kernel.dll", "--output", "kernel.elf"]);
        Assert.Equal(1, code);
        Assert.StartsWith("toolchain: error KT0911: ", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_one_sentence()
    {
        using TemporaryFile file = new([1, 2, 3]);
        (int code, string errors) = Run([file.Path, "--output", file.Path + ".elf"]);
        Assert.Equal(1, code);
        Assert.StartsWith("toolchain: error KT0911: ", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.False(File.Exists(file.Path + ".elf"));
    }

    [Fact]
    public void The_words_become_choices()
    {
        BuildOptions? options = BuildOptions.Parse(
            ["k.dll", "--output", "k.elf", "--boot-stack-size", "auto", "--stack-placement", "AboveBss", "--raw", "k.bin"], out string? mistake);
        Assert.Null(mistake);
        Assert.Equal(
            new BuildOptions { Assembly = "k.dll", Output = "k.elf", BootStackSizeBytes = null, StackPlacement = StackPlacement.AboveBss, Raw = "k.bin" },
            options);
    }

    private static (int Code, string Errors) Run(string[] arguments)
    {
        using StringWriter errors = new();
        return (BuildCommand.Run(arguments, TextWriter.Null, errors), errors.ToString());
    }
}
