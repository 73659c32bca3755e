using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Specs.Translation;
using Xunit;

namespace Verification.Specs.Harts;

/// <summary>
/// Nothing that a guest does may throw out of a run, keep the host busy for ever, or grow it without bound; and both engines do
/// the same. VERIFICATION_HOSTILE=N tries N machines, FIRST_HOSTILE the first of them.
/// </summary>
public class HostileGuestSpecs
{
    private const int Budget = 4_000;

    private static readonly int Machines = Setting.Number("VERIFICATION_HOSTILE", 60);
    private static readonly int First = Setting.Number("FIRST_HOSTILE", 0);

    [Fact]
    public void Hostile_guests_neither_break_nor_grow_the_machine_and_both_engines_agree()
    {
        var (stores, traps) = (0, 0UL);
        for (var seed = First; seed < First + Machines; seed++)
        {
            using var pair = new EnginePair(() => HostileGuest.Load(seed));
            var (interpreted, translated) = (pair.Interpreted, pair.Translated);
            Run(interpreted, seed);
            Run(translated, seed);
            Assert.True(pair.Agrees, $"Machine {seed}: the engines differ after {interpreted.Retired} and {translated.Retired} instructions.");
            stores += interpreted.Memory.DirtyPageCount;
            traps += interpreted.Harts.Aggregate(0UL, (sum, hart) => sum + hart.Exceptions);
        }
        // Else the guests were tame.
        Assert.True(stores > Machines && traps > (ulong)Machines * 10, $"{stores} pages written, {traps} exceptions");
    }

    private static void Run(Board board, int seed)
    {
        try
        {
            for (var left = Budget; left > 0;)
            {
                var before = board.Retired;
                var reason = board.Run((ulong)Math.Min(left, 500));
                left -= Math.Max(1, (int)(board.Retired - before));
                if (reason is StopReason.Idle) break;
            }
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"Machine {seed} broke after {board.Retired} instructions: {e}");
        }
        Assert.True(board.Retired <= Budget + 500, $"Machine {seed} executed {board.Retired} instructions.");
        // Memory: no page outside of the banks; devices: what they hold is bounded by their own limits, and small here.
        Assert.InRange(board.Memory.DirtyPageCount, 0, (int)(HostileGuest.MemoryBytes >> 12));
        var state = new Machine.State.StateWriter();
        foreach (var device in board.Bus.Devices) device.Transfer(state);
        Assert.InRange(state.ToArray().Length, 0, 64 << 20);
        Assert.InRange(board.ConsoleBytes.Count, 0, Budget + 4 * (64 << 10));
    }
}
