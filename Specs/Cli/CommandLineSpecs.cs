using Verification.Framework.Cli;
using Xunit;

namespace Verification.Specs.Cli;

public class CommandLineSpecs
{
    private static (int ExitCode, string Output, string Error) Run(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = CommandLine.Run(words, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    [Theory]
    [InlineData("check --machines none")]
    [InlineData("check --machines 0")]
    [InlineData("check --jobs 0")]
    [InlineData("check --variant none")]
    [InlineData("check --stack nothing")]
    [InlineData("check --nonsense")]
    [InlineData("check --replay nonsense")]
    [InlineData("check /no/such/kernel.elf")]
    [InlineData("boot")]
    [InlineData("boot kernel.elf")]
    [InlineData("boot -kernel /no/such/kernel.elf")]
    [InlineData("boot -kernel")]
    [InlineData("boot -nonsense")]
    [InlineData("boot -smp 0")]
    [InlineData("boot -smp 513")]
    [InlineData("boot -smp many")]
    [InlineData("boot -m 0")]
    [InlineData("boot -m 12Q")]
    [InlineData("boot -m -1")]
    [InlineData("boot -m 9999999T")]
    [InlineData("boot -machine sifive_u")]
    [InlineData("boot -cpu sifive-u54")]
    [InlineData("boot -cpu rv64,nonsense=on")]
    [InlineData("boot -bios /no/such/firmware")]
    [InlineData("boot -dtb /no/such/blob")]
    [InlineData("boot -drive id=x0")]
    [InlineData("boot -device virtio-gpu-device")]
    [InlineData("boot -device virtio-blk-device,drive=x0")]
    [InlineData("boot --replay nonsense")]
    [InlineData("dts -smp none")]
    [InlineData("dts --replay nonsense")]
    [InlineData("disassemble /no/such/kernel.elf")]
    [InlineData("nonsense")]
    public void Bad_input_is_answered_in_one_sentence(string words)
    {
        var (exitCode, output, error) = Run(words.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        string sentence = Assert.Single(error.TrimEnd('\n', '\r').Split('\n'));
        Assert.DoesNotContain("   at ", sentence);
        Assert.DoesNotContain("Exception", sentence);
        Assert.NotEmpty(sentence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("help check")]
    [InlineData("help boot")]
    [InlineData("boot --help")]
    [InlineData("dts --help")]
    [InlineData("version")]
    public void Help_and_version_are_no_errors(string words)
    {
        var (exitCode, output, error) = Run(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, exitCode);
        Assert.NotEmpty(output);
        Assert.Empty(error);
    }
}
