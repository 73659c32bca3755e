using Verification.Framework.Cli;
using Verification.Machine.Images;
using Verification.Specs.Linking;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.KernelImages;

/// <summary>The two files that a build makes of one kernel: an ELF file and a raw image with a Linux image's header.</summary>
public sealed class ImageFormSpecs
{
    private const string LastLine = "kmain done";

    private static string Raw => Path.ChangeExtension(BuiltImage.PathOf("default"), ".bin");

    [Fact]
    public void The_raw_image_says_where_it_wants_to_lie_and_how_long_it_is()
    {
        byte[] file = File.ReadAllBytes(Raw);
        LinuxImageHeader? header = LinuxImageHeader.TryRead(file);
        Assert.NotNull(header);
        Assert.Equal(0x20_0000ul, header.TextOffsetBytes);
        KernelExtent extent = KernelImage.Read(File.ReadAllBytes(BuiltImage.PathOf("default"))).Extent;
        Assert.Equal(extent.SizeBytes, header.ImageSizeBytes);
        Assert.Equal("RSC\u0005"u8.ToArray(), file[56..60]);
    }

    [Theory]
    [InlineData("elf")]
    [InlineData("bin")]
    public void Both_boot_from_the_command_line(string form)
    {
        using StringWriter output = new();
        int code = CommandLine.Run(["boot", "-smp", "2", "-m", "128M", "-kernel", Path.ChangeExtension(Raw, form)], output, output);
        Assert.Contains(LastLine, output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [RequiresToolTheory("qemu-system-riscv64")]
    [InlineData("elf")]
    [InlineData("bin")]
    public void Both_boot_on_Qemu_under_OpenSBI(string form) => Assert.Contains(
        LastLine,
        QemuBoard.Boot(Path.ChangeExtension(Raw, form), harts: 2).Output,
        StringComparison.Ordinal);

    [RequiresToolTheory("readelf")]
    [InlineData("default")]
    [InlineData("story")]
    public void Readelf_sees_no_segment_that_is_written_and_executed(string variant)
    {
        string[] segments = [.. Tool.Run("readelf", "--wide", "--program-headers", BuiltImage.PathOf(variant)).SuccessfulOutput
            .Split('\n').Where(line => line.TrimStart().StartsWith("LOAD", StringComparison.Ordinal))];
        Assert.Contains(segments, line => line.Contains(" R E ", StringComparison.Ordinal));
        Assert.Contains(segments, line => line.Contains(" R   ", StringComparison.Ordinal));
        Assert.Contains(segments, line => line.Contains(" RW  ", StringComparison.Ordinal));
        Assert.DoesNotContain(segments, line => line.Contains("RWE", StringComparison.Ordinal));
    }

    /// <summary>Two builds of the same source in two folders: nothing of the folder is in the image.</summary>
    [Fact]
    public void An_image_does_not_tell_in_which_folder_it_was_built()
    {
        byte[][] images = [.. new[] { "/first/place", "/and/quite/another" }.Select(folder => Build(folder))];
        Assert.Equal(images[0], images[1]);
        Assert.DoesNotContain("/first/place", System.Text.Encoding.Latin1.GetString(images[0]), StringComparison.Ordinal);
    }

    private static byte[] Build(string folder)
    {
        (byte[] assembly, byte[] symbols) = SmallKernel.Compile(folder);
        DirectoryInfo place = Directory.CreateTempSubdirectory("images");
        try
        {
            string path = Path.Combine(place.FullName, "Small.dll");
            File.WriteAllBytes(path, assembly);
            File.WriteAllBytes(Path.ChangeExtension(path, ".pdb"), symbols);
            string image = Path.Combine(place.FullName, "kernel.elf");
            using StringWriter output = new();
            int code = Toolchain.BuildCommand.Run([path, "--output", image, "--source-root", folder], output, output);
            Assert.True(code == 0, output.ToString());
            return File.ReadAllBytes(image);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }
}
