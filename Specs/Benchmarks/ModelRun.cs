using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Images;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Verification.Machine.State;

namespace Verification.Specs.Benchmarks;

/// <summary>A guest's run in the model: its words, its instructions, its time.</summary>
internal sealed record ModelRun(string Result, ulong Instructions, TimeSpan Time)
{
    /// <summary>Boots a fresh board and runs the guest to its end.</summary>
    public static ModelRun Of(Guest guest, byte[] image, ExecutionEngine engine, ScheduleChoice? schedule = null)
    {
        var configuration = Configuration(guest.Harts, 128UL << 20);
        if (schedule is not null) configuration = configuration with { Schedule = schedule };
        using var board = Board.Boot(configuration, KernelImage.FromRaw(image, Guest.LoadAddress));
        board.Engine = engine;
        var before = CpuTime.OfThread;
        var reason = board.Run(ulong.MaxValue / 2);
        var time = CpuTime.OfThread - before;
        if (reason is not StopReason.PowerOff) throw new InvalidOperationException($"The guest {guest.Name} ended in the model with {reason}.");
        return new ModelRun(board.ConsoleOutput.Trim(), board.Retired, time);
    }

    /// <summary>A board without firmware.</summary>
    public static BoardConfiguration Configuration(int harts, ulong memoryBytes) => new()
    {
        Harts = Enumerable.Range(0, harts).Select(id => new HartConfiguration((ulong)id)).ToValueList(),
        Memory = [new MemoryBank(Guest.LoadAddress, memoryBytes)],
        Firmware = new FirmwareChoice.None(),
    };
}
