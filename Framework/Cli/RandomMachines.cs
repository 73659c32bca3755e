using Verification.Machine;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;

namespace Verification.Framework.Cli;

/// <summary>The machines of a campaign.</summary>
internal sealed class RandomMachines(ulong seed)
{
    /// <summary>Machine with a number.</summary>
    public BoardConfiguration At(int index)
    {
        var r = new Random((int)seed * 7919 + index);
        int n = r.Next(1, 9);
        return new BoardConfiguration
        {
            Harts = [.. Enumerable.Range(0, n).Select(i => new HartConfiguration((ulong)i))],
            BootHartId = (ulong)r.Next(n),
            Memory = [new MemoryBank(0x8000_0000, (ulong)r.Next(16, 512) << 20)],
            Fill = r.Next(2) == 0 ? MemoryFill.Zero : MemoryFill.Noise((ulong)r.NextInt64()),
            Schedule = new ScheduleChoice.Interleaved((ulong)r.Next(), 100, 5000),
        };
    }

    /// <summary>Simpler machines.</summary>
    public IEnumerable<BoardConfiguration> Simpler(BoardConfiguration machine)
    {
        if (machine.Harts.Count > 1) yield return machine with { Harts = [new HartConfiguration(0)], BootHartId = 0 };
        if (machine.Fill.IsNoise) yield return machine with { Fill = MemoryFill.Zero };
        if (machine.Memory[0].SizeBytes > 16 << 20) yield return machine with { Memory = [new MemoryBank(0x8000_0000, 16 << 20)] };
        if (machine.Schedule != ScheduleChoice.Default) yield return machine with { Schedule = ScheduleChoice.Default };
    }
}
