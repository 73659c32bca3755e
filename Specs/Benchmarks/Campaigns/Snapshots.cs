using Verification.Framework.Booting;
using Verification.Machine;
using Verification.Machine.Images;
using Verification.Machine.Isa;

namespace Verification.Specs.Benchmarks.Campaigns;

/// <summary>What going back costs: restores, cases that start from a snapshot, forks.</summary>
internal static class Snapshots
{
    private const int DirtyPages = 64;
    private const ulong InstructionsOfACase = 10_000;

    // Writes a word in each of 64 pages, again and again.
    private const string Dirtier = """
            li t0, 0x80100000
            li t1, 64
        1:  sd t1, 8(t0)
            li t2, 4096
            add t0, t0, t2
            addi t1, t1, -1
            bnez t1, 1b
            j .
        """;

    public static void Run(int turns)
    {
        var code = Assembler.Assemble(Dirtier, new AssemblerOptions { BaseAddress = Guest.LoadAddress });
        using var board = Board.Boot(ModelRun.Configuration(1, 128UL << 20), KernelImage.FromRaw(code.Bytes, Guest.LoadAddress));
        var snapshot = board.Save();
        var (median, high) = Timing.SingleCalls(20_000, () => board.Run(600), () => board.Restore(snapshot));
        if (board.Memory.DirtyPageCount != 0) throw new InvalidOperationException("A restore left pages dirty.");
        Console.WriteLine($"restore of {DirtyPages} dirty pages: median {median:N1} us, 99th percentile {high:N1} us (by the wall)");

        var kernel = BenchmarkKernel.Description;
        using var booting = KernelBoot.Start(kernel, BenchmarkKernel.Machine(0));
        booting.Run(60_000);
        var middle = booting.Save();
        var copies = new List<Board>();
        var times = Timing.MicrosecondsOf(turns, 2_000,
            _ => { booting.Restore(middle); booting.Run(InstructionsOfACase); },
            _ => booting.Fork().Dispose(),
            _ => { using var fork = booting.Fork(); fork.Run(1); });
        Console.WriteLine($"cases from a snapshot, {InstructionsOfACase:N0} instructions of a booting kernel each: {times[0]:N1} us, {1e6 / times[0]:N0} a second");
        Console.WriteLine($"forks of a booting kernel, 4 harts, all devices: {times[1]:N1} us; with a first instruction {times[2]:N1} us");

        const int count = 2_000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var kept = new List<BoardSnapshot>();
        for (var i = 0; i < count; i++)
        {
            board.Restore(snapshot);
            board.Memory.Write(0x8020_0000 + (ulong)(i % 256) * 4096, (ulong)i);
            kept.Add(board.Save());
        }
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        Console.WriteLine($"live snapshots, one page different in each: {count:N0}, {each:N0} bytes each");
        GC.KeepAlive(kept);
        GC.KeepAlive(copies);
    }
}
