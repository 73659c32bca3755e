using System.Diagnostics;
using System.Globalization;
using Verification.Toolchain;
using Verification.Toolchain.Il;

namespace Verification.Specs.Benchmarks.Code;

/// <summary>What compiling a kernel takes: the first time, with all of the compiler still to be jitted, and again.</summary>
internal static class CompilerCost
{
    private const int Turns = 5;

    /// <summary>Prints times and memory for a kernel's assembly; the result is the exit code.</summary>
    public static int Print(string file)
    {
        if (!File.Exists(file))
        {
            Console.Error.WriteLine($"There is no assembly {file}.");
            return 2;
        }

        using KernelAssembly kernel = KernelAssembly.Load(file);
        using Process process = Process.GetCurrentProcess();
        for (int turn = 0; turn < Turns; turn++)
        {
            process.Refresh();
            TimeSpan before = process.TotalProcessorTime;
            Stopwatch watch = Stopwatch.StartNew();
            CompiledProgram program = Compiler.Compile(kernel.Assembly, new CompilerOptions());
            double wall = watch.Elapsed.TotalMilliseconds;
            process.Refresh();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{program.Methods.Count} methods, {program.Methods.Sum(method => method.Code.Length)} bytes of code: {(process.TotalProcessorTime - before).TotalMilliseconds:0} ms of CPU time, {wall:0} ms by the wall; the process took {process.PeakWorkingSet64 / 1048576} MB at most"));
        }

        return 0;
    }
}
