using FsCheck.Xunit;
using Verification.Machine;
using Verification.Machine.Harts;
using Verification.Machine.Isa;
using Verification.Machine.Schedule;
using Xunit;

namespace Verification.Specs.Harts;

/// <summary>A run is a function of the machine and the number of instructions: nothing else that we do with it shows.</summary>
public class DeterminismSpecs
{
    private const int Most = 3_000;

    [Property(MaxTest = 60)]
    public void Running_in_two_parts_is_running_once(int seed, ushort first, ushort second)
    {
        var (a, b) = (Length(first), Length(second));
        using var once = RandomGuest.Load(seed);
        using var twice = RandomGuest.Load(seed);

        Run(once, a + b);
        Run(twice, a);
        Run(twice, b);

        Assert.Equal(once.StateHash(), twice.StateHash());
        Assert.Equal(once.Retired, twice.Retired);
    }

    [Property(MaxTest = 60)]
    public void A_snapshot_and_back_shows_nowhere(int seed, ushort first, ushort second)
    {
        using var plain = RandomGuest.Load(seed);
        using var restored = RandomGuest.Load(seed);
        Run(plain, Length(first));
        Run(restored, Length(first));

        var snapshot = restored.Save();
        Run(restored, 777);
        restored.Restore(snapshot);
        Assert.Equal(plain.StateHash(), restored.StateHash());

        Run(plain, Length(second));
        Run(restored, Length(second));
        Assert.Equal(plain.StateHash(), restored.StateHash());
    }

    [Property(MaxTest = 60)]
    public void A_fork_is_the_same_machine_and_a_machine_of_its_own(int seed, ushort first, ushort second)
    {
        using var board = RandomGuest.Load(seed);
        Run(board, Length(first));
        using var fork = board.Fork();
        var before = board.StateHash();
        Assert.Equal(before, fork.StateHash());

        Run(fork, Length(second));
        Assert.Equal(before, board.StateHash());

        Run(board, Length(second));
        Assert.Equal(board.StateHash(), fork.StateHash());
    }

    [Property(MaxTest = 100)]
    public void A_look_ahead_sees_what_comes_and_leaves_no_trace(int seed, ushort first, ushort second)
    {
        using var plain = RandomGuest.Load(seed);
        using var board = RandomGuest.Load(seed);
        Run(plain, Length(first));
        Run(board, Length(first));
        var (seen, memory) = ("", Array.Empty<byte>());
        using (var ahead = board.LookAhead())
        {
            Run(ahead, Length(second));
            (seen, memory) = (RandomGuest.Registers(ahead), MemoryOf(ahead));
            Assert.Throws<InvalidOperationException>(() => board.Run(1));
            Assert.Throws<InvalidOperationException>(() => ahead.Save());
            Assert.Throws<InvalidOperationException>(() => ahead.StateHash());
        }

        Assert.Equal(plain.StateHash(), board.StateHash());
        Run(plain, Length(second));
        Run(board, Length(second));
        Assert.Equal(plain.StateHash(), board.StateHash());
        Assert.Equal(RandomGuest.Registers(board), seen);
        Assert.Equal(MemoryOf(board), memory);

        static byte[] MemoryOf(Board board)
        {
            var bytes = new byte[board.Memory.Banks[0].SizeBytes];
            board.Memory.Read(board.Memory.Banks[0].BaseAddress, bytes);
            return bytes;
        }
    }

    [Property(MaxTest = 60)]
    public void A_snapshot_outlives_what_happens_after_it_on_several_machines(int seed, ushort first, ushort second)
    {
        using var board = RandomGuest.Load(seed);
        var start = board.Save();
        Run(board, Length(first));
        var middle = board.Save();
        var expected = board.StateHash();
        Run(board, Length(second));
        using var other = new Board(board.Configuration);
        other.Restore(start);
        Run(other, Length(first));
        Assert.Equal(expected, other.StateHash());
        other.Restore(middle);
        Assert.Equal(expected, other.StateHash());
        board.Restore(start);
        Run(board, Length(first));
        Assert.Equal(expected, board.StateHash());
    }

    [Property(MaxTest = 100)]
    public void An_observer_changes_nothing(int seed, ushort first, ushort second)
    {
        using var plain = RandomGuest.Load(seed);
        using var observed = RandomGuest.Load(seed);
        var log = new EventLog();

        var reason = plain.Run((ulong)(Length(first)));
        Assert.Equal(reason, observed.Run((ulong)(Length(first)), log));
        Assert.Equal(plain.StateHash(), observed.StateHash());
        Assert.True(log.Count.Fetches >= plain.Retired / 2 || log.Count.Traps > 0);

        Run(plain, Length(second));
        Run(observed, Length(second));
        Assert.Equal(plain.StateHash(), observed.StateHash());
    }

    [Property(MaxTest = 40)]
    public void A_recorded_schedule_repeats_the_run(int seed, ushort length)
    {
        using var first = RandomGuest.Load(seed);
        first.RecordSchedule();
        Run(first, Length(length));
        var record = ScheduleRecord.Parse(first.ScheduleTaken.ToString());

        using var again = RandomGuest.Load(seed, new ScheduleChoice.Recorded(record));
        Run(again, Length(length));

        Assert.Equal(RandomGuest.Visible(first), RandomGuest.Visible(again));
    }

    [Property(MaxTest = 20)]
    public void A_hart_that_can_run_alone_uses_up_no_turn(ushort seed)
    {
        // Hart 1 waits until hart 0, which counts down from 1,000 first, sends it an interrupt.
        using var board = Guest.Load("""
                csrr  t0, mhartid
                bnez  t0, waits
                li    t1, 1000
            count:
                addi  t1, t1, -1
                bnez  t1, count
                li    t2, 0x2000004
                li    t3, 1
                sw    t3, 0(t2)
            both:
                j     both
            waits:
                csrwi mie, 8
                wfi
                j     both
            """, Guest.Bare with
        {
            Harts = [new HartConfiguration(0), new HartConfiguration(1)],
            Schedule = new ScheduleChoice.Interleaved(seed, 1, 3),
        });
        board.RecordSchedule();
        board.Run(1_000);
        int together = board.ScheduleTaken.Turns.Count;
        board.Run(800);
        Assert.Equal(together, board.ScheduleTaken.Turns.Count);
        board.Run(10_000);
        Assert.InRange(board.ScheduleTaken.Turns.Sum(turn => (long)turn.Quantum), 5_000, 10_800);
        Assert.Equal([0, 1], board.ScheduleTaken.Turns.Skip(together).Select(turn => turn.Hart).Distinct().Order());
    }

    [Fact]
    public void The_random_guests_are_lively()
    {
        var (accesses, satisfied, retired, exceptions) = (0UL, 0, 0UL, 0UL);
        for (var seed = 0; seed < 50; seed++)
        {
            using var board = RandomGuest.Load(seed);
            var log = new EventLog();
            board.Run(Most, log);
            accesses += log.Count.Accesses;
            retired += board.Retired;
            exceptions += log.Count.Traps;
            if (log.Count.Accesses > 20) satisfied++;
        }
        Assert.True(retired > 100_000 && accesses > 2_000 && satisfied > 25 && exceptions < retired / 2,
            $"{retired} instructions, {accesses} accesses, {exceptions} traps, {satisfied} machines of 50 that access memory");
    }

    [Property(MaxTest = 40)]
    public void The_budget_is_exact(int seed, ushort budget)
    {
        using var board = RandomGuest.Load(seed);
        if (board.Run((ulong)Length(budget)) is StopReason.Budget) Assert.Equal((ulong)Length(budget), board.Retired);
        else Assert.True(board.Retired <= (ulong)Length(budget));
        Assert.Equal(board.Retired, board.Harts.Aggregate(0UL, (sum, hart) => sum + hart.Retired));
    }

    // FsCheck starts small: runs must not.
    private static int Length(ushort size) => size * 61 % Most;

    private static void Run(Board board, int budget) => board.Run((ulong)budget);

    /// <summary>Counts events.</summary>
    private readonly struct EventLog() : IObserver
    {
        public sealed class Counts
        {
            public ulong Fetches, Accesses, Traps;
        }

        public readonly Counts Count = new();

        public void Fetch(Hart hart, ulong pc, in Instruction instruction) => Count.Fetches++;

        public void Access(Hart hart, in MemoryAccess access) => Count.Accesses++;

        public void Trap(Hart hart, in TrapEvent trap) => Count.Traps++;

        public void Csr(Hart hart, int csr, ulong oldValue, ulong newValue)
        {
        }

        public void Transfer(Hart hart, ulong from, ulong to, TransferKind kind)
        {
        }

        public void Register(Hart hart, int register, ulong value)
        {
        }

        public void HostCall(Hart hart, ulong extension, ulong function)
        {
        }
    }
}
