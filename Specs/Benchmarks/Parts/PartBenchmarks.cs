using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Verification.Specs.Benchmarks.Parts;

/// <summary>Single operations, each in nanoseconds and bytes allocated, by BenchmarkDotNet.</summary>
internal static class PartBenchmarks
{
    /// <summary>Runs those whose names match; all of them without words.</summary>
    /// <param name="words">BenchmarkDotNet's own options, such as <c>--filter *Fork*</c>.</param>
    public static int Run(string[] words)
    {
        // In this process: what is measured is what was built, and nothing need be restored.
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "BenchmarkDotNet.Artifacts"))
            .WithOption(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary, true);
        string[] filtered = words.Length == 0 ? ["--filter", "*"] : words;
        var summaries = BenchmarkSwitcher.FromTypes([typeof(Decoding), typeof(Trees), typeof(Machines)]).Run(filtered, config);
        return summaries.Any() && summaries.All(s => s.Reports.Length > 0 && s.Reports.All(r => r.Success)) ? 0 : 1;
    }
}
