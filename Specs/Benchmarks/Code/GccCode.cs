using System.Diagnostics;
using Verification.Machine.Images;
using Verification.Toolchain;

namespace Verification.Specs.Benchmarks.Code;

/// <summary>
/// A kernel's C, compiled by gcc. Loops that set and copy memory stay loops, since there is no library to call; only
/// what the processor has no instruction for comes from libgcc, and counts.
/// </summary>
public static class GccCode
{
    /// <summary>The compiler's name.</summary>
    public const string Program = "riscv64-unknown-elf-gcc";

    /// <summary>Whether it is installed.</summary>
    public static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, Program)));

    /// <summary>Its version, such as 12.2.0.</summary>
    public static string Version => Execute(["-dumpfullversion"]).Trim();

    /// <summary>The words of the command, but for the files.</summary>
    public static string[] Flags(TargetExtensions extensions) =>
    [
        "-O2", "-march=rv64gc" + (extensions.HasFlag(TargetExtensions.Zba) ? "_zba" : "") + (extensions.HasFlag(TargetExtensions.Zbb) ? "_zbb" : ""),
        "-mabi=lp64d", "-mcmodel=medany", "-ffreestanding", "-fno-tree-loop-distribute-patterns", "-nostdlib", "-Wl,--build-id=none",
        $"-Wl,-Ttext=0x{CodeImage.LoadAddress:x}", "-Wl,-e,run",
    ];

    /// <summary>Compiles and links a kernel.</summary>
    public static CodeImage Build(CodeKernel kernel, TargetExtensions extensions = TargetExtensions.None)
    {
        string folder = Directory.CreateTempSubdirectory("code").FullName;
        try
        {
            string source = Path.Combine(folder, kernel.Type.Name + ".c");
            string output = Path.Combine(folder, kernel.Type.Name + ".elf");
            File.WriteAllText(source, kernel.CText);
            Execute([.. Flags(extensions), "-o", output, source, "-lgcc"]);
            ElfImage image = ElfImage.Read(File.ReadAllBytes(output));
            return new CodeImage(
                [.. image.Sections.Where(section => section.IsInMemory).Select(section => (section.Address, section.ReadContent().ToArray()))],
                image.EntryAddress,
                (int)image.Sections.Where(section => section.IsExecuted).Sum(section => (long)section.SizeBytes));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Execute(string[] words)
    {
        ProcessStartInfo start = new(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in words) start.ArgumentList.Add(word);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{Program} failed: {errors.Result}");
    }
}
