using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>Draws how the devicetree is written: reserved memory, the blob's form and place, further nodes.</summary>
internal static class DevicetreeDraw
{
    private const ulong PageBytes = 4096;

    public static DevicetreeChoices Choices(Draw draw, MachineSpace space, BoardConfiguration machine, int cells)
    {
        var reserved = Reserved(draw, space, machine);
        var choices = new DevicetreeChoices
        {
            AddressCells = cells,
            SizeCells = draw.Happens(30) ? 1 : 2,
            ReservedMemory = ValueList.Create<ReservedMemoryChoice>([.. reserved]),
            HeaderReservations = HeaderReservations(draw, space, machine),
            ExtraSource = ExtraNodes.Source(draw),
            BlobForm = Form(draw),
        };
        var furnished = machine with { Devicetree = choices };
        if (FreeMemory.Of(furnished, space.Kernel).Largest(space.KernelBank(machine)!.Value) < BlobSize.AtMost(furnished))
        {
            // Rare: reservations and a large blob don't go together in a small bank.
            choices = choices with { ReservedMemory = [], HeaderReservations = [], BlobForm = DevicetreeBlobOptions.Default, ExtraSource = "" };
            furnished = machine with { Devicetree = choices };
        }

        if (draw.Happens(40)) return choices;
        choices = choices with { PlacementAddress = Placement(draw, space, furnished) };
        if (choices.PlacementAddress is { } place && draw.Happens(20))
        {
            // A loader that lists the blob itself among the reservations.
            var own = new AddressRange(place, BlobSize.AtMost(furnished));
            choices = choices with { HeaderReservations = ValueList.Create<AddressRange>([.. choices.HeaderReservations, own]), PlacementAddress = place };
        }

        return choices;
    }

    private static List<ReservedMemoryChoice> Reserved(Draw draw, MachineSpace space, BoardConfiguration machine)
    {
        var reserved = new List<ReservedMemoryChoice>();
        for (var count = Count(draw); count > 0; count--)
        {
            var range = Piece(draw, machine);
            if (FreeMemory.Overlap(range, new AddressRange(space.Kernel.BaseAddress, space.Kernel.SizeBytes))) continue;
            if (reserved.Any(other => FreeMemory.Overlap(range, other.Range))) continue;
            reserved.Add(new ReservedMemoryChoice(range, draw.Happens(50) ? ReservedMapping.NoMap : ReservedMapping.Allowed));
        }

        return reserved;
    }

    private static ValueList<AddressRange> HeaderReservations(Draw draw, MachineSpace space, BoardConfiguration machine)
    {
        var ranges = new List<AddressRange>();
        for (var count = Count(draw); count > 0; count--) ranges.Add(Piece(draw, machine));
        var kernel = space.Kernel;
        var bank = space.KernelBank(machine)!.Value;
        // What loaders really list: the kernel itself, and the firmware below it.
        if (draw.Happens(5)) ranges.Add(new AddressRange(kernel.BaseAddress, kernel.SizeBytes));
        if (draw.Happens(5) && bank.BaseAddress < kernel.BaseAddress) ranges.Add(new AddressRange(bank.BaseAddress, kernel.BaseAddress - bank.BaseAddress));
        return ValueList.Create<AddressRange>([.. ranges]);
    }

    private static int Count(Draw draw) => draw.Below(20) switch
    {
        < 12 => 0,
        < 18 => draw.Between(1, 2),
        _ => draw.Between(3, 8),
    };

    /// <summary>A piece of a bank, small enough that many leave most of the memory.</summary>
    private static AddressRange Piece(Draw draw, BoardConfiguration machine)
    {
        var bank = draw.Pick(machine.Memory.AsSpan());
        var size = draw.Magnitude(Math.Max(1, Math.Min(bank.SizeBytes / 32, 1 << 20)));
        var address = bank.BaseAddress + draw.Below(bank.SizeBytes - size + 1);
        if (draw.Happens(60))
        {
            var aligned = address / PageBytes * PageBytes;
            var whole = (size + PageBytes - 1) / PageBytes * PageBytes;
            if (bank.Contains(aligned, whole)) return new AddressRange(aligned, whole);
        }

        return new AddressRange(address, size);
    }

    private static DevicetreeBlobOptions Form(Draw draw)
    {
        if (draw.Happens(50)) return DevicetreeBlobOptions.Default;
        return new DevicetreeBlobOptions
        {
            PaddingBytes = draw.Happens(40) ? (int)draw.Magnitude(draw.Happens(20) ? 1ul << 20 : 1ul << 13) : 0,
            GapBytes = draw.Happens(30) ? draw.Between(1, 100) : 0,
            Order = draw.Happens(50) ? (BlobBlockOrder)draw.Between(0, 5) : BlobBlockOrder.ReservationsStructureStrings,
            StringSharing = (BlobStringSharing)draw.Between(0, 2),
            MaximumNops = draw.Happens(30) ? draw.Between(1, 3) : 0,
            NopSeed = draw.Word(),
        };
    }

    private static ulong? Placement(Draw draw, MachineSpace space, BoardConfiguration machine)
    {
        var size = BlobSize.AtMost(machine) + BlobSize.ReservationBytes;
        var gaps = new List<AddressRange>();
        foreach (var gap in FreeMemory.Of(machine, space.Kernel).Gaps)
        {
            var start = (gap.BaseAddress + 7) & ~7ul;
            if (start < gap.EndAddress && gap.EndAddress - start >= size) gaps.Add(new AddressRange(start, gap.EndAddress - start));
        }

        if (gaps.Count == 0) return null;
        var chosen = gaps[draw.Between(0, gaps.Count - 1)];
        var last = (chosen.EndAddress - size) & ~7ul;
        var inside = draw.Between(chosen.BaseAddress, last) & ~7ul;
        return draw.Below(10) switch
        {
            // Right behind what lies below, for instance the kernel's .bss.
            < 2 => chosen.BaseAddress,
            < 4 => last,
            < 7 when inside / PageBytes * PageBytes >= chosen.BaseAddress => inside / PageBytes * PageBytes,
            _ => inside,
        };
    }
}
