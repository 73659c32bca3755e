using System.Numerics;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;

namespace Verification.Framework.Generation;

/// <summary>
/// How far a machine is from the simplest one: a whole number that each step of shrinking makes smaller, which is why
/// shrinking ends. The weights put what a person sees first (a hart, a bank, a node) before what stands in a number.
/// </summary>
internal static class MachineComplexity
{
    private const long HartWeight = 1000;
    private const long BankWeight = 1000;
    private const long RangeWeight = 500;

    public static ScheduleChoice SimplestSchedule { get; } = new ScheduleChoice.RoundRobin(10_000);

    public static long Of(MachineSpace space, BoardConfiguration machine) =>
        Harts(machine) + Memory(space, machine) + Choices(machine.Devicetree) + Schedule(machine.Schedule)
        + (machine.Fill.IsNoise ? 100 + Number(machine.Fill.Seed) : 0)
        + (machine.Append is { } words ? 50 + words.Length : 0)
        + (machine.Initrd is { } initrd ? 500 + initrd.Count : 0)
        + (20 * BitOperations.PopCount((ulong)(machine.Extensions ^ IsaExtensions.Default)))
        + (machine.VirtioTransport == VirtioTransport.Legacy ? 0 : 10)
        + (machine.Interruptor == CoreInterruptor.Clint ? 0 : 10)
        + (machine.Misaligned == MisalignedAccess.Done ? 0 : 10)
        + (500L * machine.Devices.Count);

    private static long Harts(BoardConfiguration machine)
    {
        long sum = 0;
        for (var i = 0; i < machine.Harts.Count; i++)
        {
            var hart = machine.Harts[i];
            sum += HartWeight + (hart.Status == HartStatus.Okay ? 0 : 100) + (hart.Id == (ulong)i ? 0 : 10 + Number(hart.Id));
            if (hart.Id == machine.BootHartId) sum += i == 0 ? 0 : 5 + i;
        }

        return sum;
    }

    private static long Memory(MachineSpace space, BoardConfiguration machine)
    {
        long sum = 0;
        foreach (var bank in machine.Memory) sum += BankWeight + (bank == space.UsualBank ? 0 : 200 + Number(bank.BaseAddress) + Number(bank.SizeBytes));
        for (var i = 1; i < machine.Memory.Count; i++)
        {
            if (machine.Memory[i].BaseAddress < machine.Memory[i - 1].BaseAddress) sum += 20;
        }

        return sum;
    }

    private static long Choices(DevicetreeChoices choices)
    {
        long sum = (choices.AddressCells == 2 ? 0 : 20) + (choices.SizeCells == 2 ? 0 : 20);
        foreach (var (range, mapping) in choices.ReservedMemory) sum += RangeWeight + Range(range) + (mapping == ReservedMapping.Allowed ? 0 : 10);
        foreach (var range in choices.HeaderReservations) sum += RangeWeight + Range(range);
        sum += choices.ExtraSource.Length == 0 ? 0 : 100 + (10L * ExtraSourceShrinker.Canonical(choices.ExtraSource).Length);
        sum += choices.PlacementAddress is { } place ? 200 + Number(place) : 0;
        sum += choices.Blob is { } blob ? 1_000_000 + blob.Count : 0;
        return sum + Form(choices.BlobForm);
    }

    private static long Form(DevicetreeBlobOptions form) =>
        form.PaddingBytes + form.GapBytes + (10 * (int)form.Order) + (10 * (int)form.StringSharing)
        + (20 * form.MaximumNops) + Number(form.NopSeed) + (form.Version == 17 ? 0 : 10);

    private static long Schedule(ScheduleChoice schedule) => schedule switch
    {
        _ when schedule == SimplestSchedule => 0,
        ScheduleChoice.RoundRobin turns => 10 + Number(turns.Quantum),
        ScheduleChoice.Interleaved random => 200 + Number(random.Seed) + Number(random.QuantumMin) + Number(random.QuantumMax),
        ScheduleChoice.Recorded recorded => 1000 + (10L * recorded.Record.Turns.Count),
        _ => 1_000_000,
    };

    private static long Range(AddressRange range) => Number(range.BaseAddress) + Number(range.SizeBytes);

    /// <summary>Round numbers are simple: those with few bits from the first set one to the last.</summary>
    private static long Number(ulong value) => value == 0 ? 0 : 64 - BitOperations.LeadingZeroCount(value) - BitOperations.TrailingZeroCount(value);
}
