using BenchmarkDotNet.Attributes;
using Verification.Framework.Booting;
using Verification.Machine;
using Verification.Specs.Benchmarks.Campaigns;

namespace Verification.Specs.Benchmarks.Parts;

/// <summary>A booting kernel on four harts: what is done with the machine as a whole.</summary>
public class Machines
{
    private const ulong Booted = 60_000;
    private Board _board = null!;
    private BoardSnapshot _snapshot = null!;

    [GlobalSetup]
    public void Boot()
    {
        _board = KernelBoot.Start(BenchmarkKernel.Description, BenchmarkKernel.Machine(0));
        _board.Run(Booted);
        _snapshot = _board.Save();
    }

    [GlobalCleanup]
    public void End() => _board.Dispose();

    [Benchmark]
    public void Start() => KernelBoot.Start(BenchmarkKernel.Description, BenchmarkKernel.Machine(0)).Dispose();

    [Benchmark]
    public BootResult BootWithAllChecks() => KernelBoot.Run(BenchmarkKernel.Description, BenchmarkKernel.Machine(0));

    [Benchmark]
    public BoardSnapshot Save() => _board.Save();

    [Benchmark]
    public void Restore() => _board.Restore(_snapshot);

    [Benchmark]
    public void Fork() => _board.Fork().Dispose();

    [Benchmark]
    public ulong StateHash() => _board.StateHash();
}
