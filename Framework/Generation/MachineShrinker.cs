using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.Isa;
using Verification.Machine.Memory;
using Verification.Machine.Schedule;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>
/// Simpler machines than one, the simplest first: whole dimensions are set back before anything is made smaller within them.
/// Each is well-formed and strictly less complex, so that taking the first that still fails, again and again, ends.
/// </summary>
public static class MachineShrinker
{
    /// <summary>The machines that are one step simpler.</summary>
    public static IEnumerable<BoardConfiguration> Simpler(MachineSpace space, BoardConfiguration machine)
    {
        var complexity = MachineComplexity.Of(space, machine);
        var seen = new HashSet<BoardConfiguration> { machine };
        foreach (var candidate in Candidates(space, machine))
        {
            var fitting = Fit(space, candidate);
            if (seen.Add(fitting) && MachineComplexity.Of(space, fitting) < complexity && space.Flaw(fitting) is null) yield return fitting;
        }
    }

    private static IEnumerable<BoardConfiguration> Candidates(MachineSpace space, BoardConfiguration machine)
    {
        var simplest = space.Simplest;
        yield return simplest;
        yield return simplest with { Harts = machine.Harts, BootHartId = machine.BootHartId };
        yield return simplest with { Memory = machine.Memory };
        yield return simplest with { Devicetree = machine.Devicetree };
        yield return simplest with { Harts = machine.Harts, BootHartId = machine.BootHartId, Schedule = machine.Schedule };
        yield return simplest with { Memory = machine.Memory, Devicetree = machine.Devicetree };

        yield return machine with { Harts = simplest.Harts, BootHartId = simplest.BootHartId };
        yield return machine with { Memory = simplest.Memory };
        yield return machine with { Devicetree = simplest.Devicetree };
        yield return machine with { Schedule = simplest.Schedule };
        yield return machine with { Fill = simplest.Fill };
        yield return machine with { Extensions = simplest.Extensions };
        yield return machine with { Append = null };
        yield return machine with { Initrd = null };
        yield return machine with { Devices = [] };
        yield return machine with { VirtioTransport = simplest.VirtioTransport };
        yield return machine with { Interruptor = simplest.Interruptor };
        yield return machine with { Misaligned = simplest.Misaligned };

        if (machine.Memory.Count > 1 && space.KernelBank(machine) is { } bank) yield return InOneBank(machine, bank, space.Kernel.EndAddress);
        foreach (var harts in HartShrinker.Simpler(machine)) yield return harts;
        foreach (var banks in BankShrinker.Simpler(space, machine)) yield return machine with { Memory = banks };
        foreach (var choices in Choices(machine.Devicetree)) yield return machine with { Devicetree = choices };
        foreach (var schedule in Schedules(machine.Schedule)) yield return machine with { Schedule = schedule };
        for (var differing = (ulong)(machine.Extensions ^ simplest.Extensions); differing != 0; differing &= differing - 1)
            yield return machine with { Extensions = machine.Extensions ^ (IsaExtensions)(differing & ~(differing - 1)) };
        foreach (var less in machine.Devices.Without()) yield return machine with { Devices = less };
        if (machine.Fill.IsNoise) yield return machine with { Fill = MemoryFill.Noise(1) };
        if (machine.Append is { Length: > 0 } words) yield return machine with { Append = words[..(words.Length / 2)] };
        if (machine.Initrd is { Count: > 1 } initrd) yield return machine with { Initrd = ValueList.Create(initrd.AsSpan()[..(initrd.Count / 2)]) };
    }

    /// <summary>The kernel's bank alone, with all that lay in others moved to it.</summary>
    private static BoardConfiguration InOneBank(BoardConfiguration machine, MemoryBank bank, ulong kernelEnd)
    {
        var next = (kernelEnd + 4095) / 4096 * 4096;
        var choices = machine.Devicetree;
        var moved = choices with
        {
            ReservedMemory = choices.ReservedMemory.Select(entry => entry with { Range = Move(entry.Range) }).ToValueList(),
            HeaderReservations = choices.HeaderReservations.Select(Move).ToValueList(),
        };
        if (choices.PlacementAddress is { } place && !bank.Contains(place, 1)) moved = moved with { PlacementAddress = next };
        return machine with { Memory = [bank], Devicetree = moved };

        AddressRange Move(AddressRange range)
        {
            if (bank.Contains(range.BaseAddress, range.SizeBytes)) return range;
            var place = next;
            next = (next + range.SizeBytes + 4095) / 4096 * 4096;
            return range with { BaseAddress = place };
        }
    }

    /// <summary>Leaves out what has no place any more after memory became smaller.</summary>
    private static BoardConfiguration Fit(MachineSpace space, BoardConfiguration machine)
    {
        if (space.KernelBank(machine) is null) return machine;
        var choices = machine.Devicetree;
        if (choices.Blob is not null) return machine;
        var reserved = choices.ReservedMemory.Where(entry => InMemory(entry.Range)).ToValueList();
        var header = choices.HeaderReservations.Where(InMemory).ToValueList();
        if (reserved.Count != choices.ReservedMemory.Count || header.Count != choices.HeaderReservations.Count)
            machine = machine with { Devicetree = choices with { ReservedMemory = reserved, HeaderReservations = header } };
        if (choices.PlacementAddress is not null && space.Flaw(machine) is not null)
            machine = machine with { Devicetree = machine.Devicetree with { PlacementAddress = null } };
        return machine;

        bool InMemory(AddressRange range) => machine.Memory.Any(bank => bank.Contains(range.BaseAddress, range.SizeBytes));
    }

    private static IEnumerable<DevicetreeChoices> Choices(DevicetreeChoices choices)
    {
        yield return choices with { Blob = null };
        yield return choices with { ReservedMemory = [] };
        yield return choices with { HeaderReservations = [] };
        yield return choices with { BlobForm = DevicetreeBlobOptions.Default };
        yield return choices with { PlacementAddress = null };
        yield return choices with { AddressCells = 2, SizeCells = 2 };
        yield return choices with { AddressCells = 2 };
        yield return choices with { SizeCells = 2 };
        foreach (var source in ExtraSourceShrinker.Simpler(choices.ExtraSource)) yield return choices with { ExtraSource = source };
        foreach (var form in Forms(choices.BlobForm)) yield return choices with { BlobForm = form };
        foreach (var less in choices.ReservedMemory.Without()) yield return choices with { ReservedMemory = less };
        foreach (var less in choices.HeaderReservations.Without()) yield return choices with { HeaderReservations = less };
        for (var i = 0; i < choices.ReservedMemory.Count; i++)
        {
            var entry = choices.ReservedMemory[i];
            yield return choices with { ReservedMemory = choices.ReservedMemory.With(i, entry with { Mapping = ReservedMapping.Allowed }) };
            foreach (var range in Ranges(entry.Range)) yield return choices with { ReservedMemory = choices.ReservedMemory.With(i, entry with { Range = range }) };
        }

        for (var i = 0; i < choices.HeaderReservations.Count; i++)
        {
            foreach (var range in Ranges(choices.HeaderReservations[i])) yield return choices with { HeaderReservations = choices.HeaderReservations.With(i, range) };
        }

        if (choices.PlacementAddress is not { } place) yield break;
        foreach (var address in Rounder(place)) yield return choices with { PlacementAddress = address };
    }

    private static IEnumerable<DevicetreeBlobOptions> Forms(DevicetreeBlobOptions form)
    {
        yield return form with { MaximumNops = 0, NopSeed = 0 };
        yield return form with { NopSeed = 0 };
        yield return form with { PaddingBytes = 0 };
        yield return form with { PaddingBytes = form.PaddingBytes / 2 };
        yield return form with { GapBytes = 0 };
        yield return form with { GapBytes = form.GapBytes / 2 };
        yield return form with { Order = BlobBlockOrder.ReservationsStructureStrings };
        yield return form with { StringSharing = BlobStringSharing.Suffix };
        if (form.MaximumNops > 1) yield return form with { MaximumNops = form.MaximumNops - 1 };
        yield return form with { Version = 17 };
    }

    private static IEnumerable<AddressRange> Ranges(AddressRange range)
    {
        foreach (var address in Rounder(range.BaseAddress)) yield return range with { BaseAddress = address };
        foreach (var size in new ulong[] { 4096, range.SizeBytes / 8192 * 4096, range.SizeBytes / 4096 * 4096, range.SizeBytes / 2, 1 })
        {
            if (size > 0 && size < range.SizeBytes) yield return range with { SizeBytes = size };
        }
    }

    internal static IEnumerable<ulong> Rounder(ulong address)
    {
        foreach (var alignment in new ulong[] { 1 << 30, 2 << 20, 4096, 8 })
        {
            yield return address / alignment * alignment;
            yield return (address + alignment - 1) / alignment * alignment;
        }
    }

    private static IEnumerable<ScheduleChoice> Schedules(ScheduleChoice schedule)
    {
        switch (schedule)
        {
            case ScheduleChoice.RoundRobin turns:
                foreach (var quantum in new ulong[] { 1000, 100, 10, 1 }) yield return new ScheduleChoice.RoundRobin(quantum);
                foreach (var quantum in Rounder(turns.Quantum).Where(quantum => quantum > 0)) yield return new ScheduleChoice.RoundRobin(quantum);
                break;
            case ScheduleChoice.Interleaved random:
                foreach (var quantum in new ulong[] { 1000, 100, 10, random.QuantumMax, random.QuantumMin }) yield return new ScheduleChoice.RoundRobin(quantum);
                foreach (var seed in new ulong[] { 0, 1, 2, 3, 4, random.Seed >> 32 }) yield return random with { Seed = seed };
                yield return random with { QuantumMin = 1024, QuantumMax = 16_384 };
                if (random.QuantumMin < random.QuantumMax) yield return random with { QuantumMax = random.QuantumMin };
                yield return random with { QuantumMin = 1 };
                break;
            case ScheduleChoice.Recorded recorded:
                foreach (var turns in recorded.Record.Turns.Without()) yield return new ScheduleChoice.Recorded(new ScheduleRecord(turns));
                break;
        }
    }
}
