using Verification.Framework.Booting;
using Verification.Machine;
using Verification.Machine.Memory;
using Xunit;

namespace Verification.Specs.Kernel;

/// <summary>Boot logs of a handful of machines, approved as texts.</summary>
public class BootLogSpecs
{
    private static BoardConfiguration With(params ulong[] hartIds) =>
        new() { Harts = [.. hartIds.Select(id => new HartConfiguration(id))], BootHartId = hartIds[0] };

    private static string Log(BoardConfiguration machine)
    {
        var result = KernelBoot.Run(OurImage.Safe, machine);
        Assert.Null(result.Failure);
        return result.Console;
    }

    [Fact]
    public Task One_hart() => Verifier.Verify(Log(With(0)));

    [Fact]
    public Task Four_harts_as_QEMU_has_them() => Verifier.Verify(Log(With(0, 1, 2, 3)));

    [Fact]
    public Task Sparse_harts_in_disorder() => Verifier.Verify(Log(With(5, 2, 300, 9)));

    [Fact]
    public Task A_disabled_hart() => Verifier.Verify(Log(new BoardConfiguration
    {
        Harts = [new HartConfiguration(0, HartStatus.Disabled), new HartConfiguration(1), new HartConfiguration(2)],
        BootHartId = 2,
    }));

    [Fact]
    public Task Three_banks_of_odd_sizes() => Verifier.Verify(Log(With(0, 1) with
    {
        Memory = [new MemoryBank(0x8000_0000, 0x123_4567), new MemoryBank(0x1_0000_0800, 0x10_0000), new MemoryBank(0xc000_0000, 0x5001)],
    }));

    [Fact]
    public Task Memory_full_of_noise() => Verifier.Verify(Log(With(0, 1) with { Fill = MemoryFill.Noise(42) }));
}
