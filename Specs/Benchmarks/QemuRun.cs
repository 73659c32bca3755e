using System.Diagnostics;

namespace Verification.Specs.Benchmarks;

/// <summary>A guest's run in qemu-system-riscv64: its words and the process's time.</summary>
internal sealed record QemuRun(string Result, TimeSpan Time)
{
    /// <summary>QEMU's deterministic mode.</summary>
    public static readonly string[] InstructionCounting = ["-icount", "shift=0,sleep=off"];

    /// <summary>Whether it is installed.</summary>
    public static bool IsPossible => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "qemu-system-riscv64")));

    /// <summary>Starts QEMU on the guest, and waits for its end.</summary>
    public static QemuRun Of(Guest guest, string imageFile, params string[] mode)
    {
        var start = new ProcessStartInfo("qemu-system-riscv64") { RedirectStandardOutput = true, RedirectStandardInput = true };
        string[] words =
        [
            "-machine", "virt", "-m", "128M", "-smp", guest.Harts.ToString(), "-nographic", "-monitor", "none", "-serial", "stdio",
            "-bios", "none", "-kernel", imageFile, .. mode,
        ];
        foreach (var word in words) start.ArgumentList.Add(word);
        var before = CpuTime.OfChildren;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new QemuRun(output.Trim(), CpuTime.OfChildren - before);
    }
}
