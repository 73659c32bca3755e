using Verification.Specs.Linking;
using Verification.Toolchain;

namespace Verification.Specs.KernelImages;

/// <summary>A variant of the kernel as the build left it beside the specs, linked anew with other choices.</summary>
public static class BuiltImage
{
    /// <summary>The image of a variant, by the toolchain's own words.</summary>
    public static TemporaryFile Of(string variant, params string[] words)
    {
        TemporaryFile file = new([]);
        using StringWriter output = new();
        int code = BuildCommand.Run([AssemblyOf(variant), "--output", file.Path, .. words], output, output);
        return code == 0 ? file : throw new InvalidOperationException(output.ToString());
    }

    /// <summary>The image that the build itself made.</summary>
    public static string PathOf(string variant) => Path.Combine(AppContext.BaseDirectory, "kernels", variant, "kernel.elf");

    private static string AssemblyOf(string variant) => Path.Combine(AppContext.BaseDirectory, "kernels", variant, "Kernel.dll");
}
