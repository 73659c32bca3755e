using FsCheck;
using FsCheck.Xunit;
using Verification.Machine.Schedule;
using Verification.Machine.State;
using Xunit;

namespace Verification.Specs.Schedule;

/// <summary>Schedules as values, and what schedulers choose.</summary>
public class ScheduleSpecs
{
    public static TheoryData<ScheduleChoice> Choices => new(
        ScheduleChoice.Default,
        new ScheduleChoice.Interleaved(ulong.MaxValue, 1, 1),
        new ScheduleChoice.RoundRobin(17),
        new ScheduleChoice.Recorded(ScheduleRecord.Parse("0x100 3x7 0x1")),
        new ScheduleChoice.Recorded(ScheduleRecord.Empty));

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_schedule_reads_as_it_prints(ScheduleChoice choice) =>
        Assert.Equal(choice, ScheduleChoice.Parse(choice.ToString()!));

    [Theory]
    [InlineData("")]
    [InlineData("round-robin:0")]
    [InlineData("interleaved:1:5-4")]
    [InlineData("recorded:0x0")]
    [InlineData("recorded:ax1")]
    [InlineData("fair")]
    public void What_is_no_schedule_is_refused(string text) =>
        Assert.Contains("'", Assert.Throws<FormatException>(() => ScheduleChoice.Parse(text)).Message);

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_scheduler_chooses_runnable_harts_and_goes_on_where_its_state_says(ScheduleChoice choice)
    {
        var first = Scheduler.Of(choice);
        var second = Scheduler.Of(choice);
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            int[] runnable = [.. Enumerable.Range(0, 12).Where(_ => random.Next(3) == 0).DefaultIfEmpty(3)];
            var turn = first.Next(runnable, 0);
            Assert.Contains(turn.Hart, runnable);
            Assert.True(turn.Quantum > 0);
            Assert.Equal(turn, second.Next(runnable, 0));
            var writer = new StateWriter();
            second.Transfer(writer);
            second = Scheduler.Of(choice);
            second.Transfer(new StateReader(writer.ToArray()));
        }
        first.NewRun();
        Assert.Equal(Scheduler.Of(choice).Next([0, 1, 2], 0), first.Next([0, 1, 2], 0));
    }

    [Property]
    public void Every_turn_has_a_length_in_the_range(ulong seed, byte min, byte width)
    {
        var scheduler = Scheduler.Of(new ScheduleChoice.Interleaved(seed, min + 1UL, min + 1UL + width));
        for (var i = 0; i < 100; i++) Assert.InRange(scheduler.Next([0, 1], 0).Quantum, min + 1UL, min + 1UL + width);
    }

    [Fact]
    public void Random_turns_reach_every_hart_about_equally_often()
    {
        var scheduler = Scheduler.Of(new ScheduleChoice.Interleaved(42, 1, 10));
        int[] harts = [0, 1, 2, 3, 4, 5, 6, 7];
        var counts = new int[8];
        for (var i = 0; i < 8000; i++) counts[scheduler.Next(harts, 0).Hart]++;
        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    [Property]
    public void Shrunk_records_are_shorter_and_readable(NonEmptyArray<byte> bytes)
    {
        var record = new ScheduleRecord([.. bytes.Get.Select(b => new SchedulerChoice(b % 3, b + 1UL))]);
        foreach (var smaller in record.Shrink())
        {
            Assert.True(smaller.Turns.Count < record.Turns.Count);
            Assert.Equal(smaller, ScheduleRecord.Parse(smaller.ToString()));
        }
    }
}
