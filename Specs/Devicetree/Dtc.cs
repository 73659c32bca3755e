using Verification.Machine.Devicetree;
using Verification.Specs.Oracles;

namespace Verification.Specs.Devicetree;

/// <summary>The devicetree compiler as an oracle. <c>-f</c>: arbitrary trees break conventions that are not the format's.</summary>
public static class Dtc
{
    /// <summary>How the installed version shows lists of strings.</summary>
    public static SourceStringLists StringLists { get; } =
        ToSource(Compile("/dts-v1/; / { a = \"b\", \"c\"; };")).Contains("\\0", StringComparison.Ordinal)
            ? SourceStringLists.Joined
            : SourceStringLists.Separate;

    public static string ToSource(byte[] blob) => InFolder(blob, folder =>
        Tool.Run("dtc", "-f", "-q", "-q", "-I", "dtb", "-O", "dts", Path.Combine(folder, "in")).SuccessfulOutput);

    public static byte[] Compile(string source) => InFolder(System.Text.Encoding.UTF8.GetBytes(source), folder =>
    {
        _ = Tool.Run("dtc", "-f", "-q", "-q", "-I", "dts", "-O", "dtb", "-o", Path.Combine(folder, "out"), Path.Combine(folder, "in")).SuccessfulOutput;
        return File.ReadAllBytes(Path.Combine(folder, "out"));
    });

    public static byte[] Rewrite(byte[] blob, uint bootCpuId) => InFolder(blob, folder =>
    {
        _ = Tool.Run("dtc", "-f", "-q", "-q", "-b", bootCpuId.ToString(), "-I", "dtb", "-O", "dtb", "-o", Path.Combine(folder, "out"), Path.Combine(folder, "in")).SuccessfulOutput;
        return File.ReadAllBytes(Path.Combine(folder, "out"));
    });

    private static T InFolder<T>(byte[] input, Func<string, T> use)
    {
        var folder = Directory.CreateTempSubdirectory("devicetree").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "in"), input);
            return use(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
