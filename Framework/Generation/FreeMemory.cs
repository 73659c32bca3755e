using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Images;
using Verification.Machine.Memory;

namespace Verification.Framework.Generation;

/// <summary>The memory that neither the image nor a reservation takes: gaps, ascending.</summary>
internal sealed class FreeMemory
{
    private readonly List<AddressRange> gaps = [];

    private FreeMemory()
    {
    }

    public IReadOnlyList<AddressRange> Gaps => gaps;

    /// <summary>What no reservation of either kind takes.</summary>
    public static FreeMemory Of(BoardConfiguration machine, KernelExtent kernel) =>
        Between(machine, [new(kernel.BaseAddress, kernel.SizeBytes), .. machine.Devicetree.ReservedMemory.Select(entry => entry.Range), .. machine.Devicetree.HeaderReservations]);

    /// <summary>Where a devicetree may lie: the header's reservations may well be its own.</summary>
    public static FreeMemory ForDevicetree(BoardConfiguration machine, KernelExtent kernel) =>
        Between(machine, [new(kernel.BaseAddress, kernel.SizeBytes), .. machine.Devicetree.ReservedMemory.Select(entry => entry.Range)]);

    public static bool Overlap(AddressRange left, AddressRange right) =>
        left.BaseAddress < right.EndAddress && right.BaseAddress < left.EndAddress;

    public bool Contains(AddressRange range)
    {
        foreach (var gap in gaps)
        {
            if (range.BaseAddress >= gap.BaseAddress && range.EndAddress <= gap.EndAddress && range.EndAddress >= range.BaseAddress) return true;
        }

        return false;
    }

    /// <summary>Size of the largest gap in a bank.</summary>
    public ulong Largest(MemoryBank bank)
    {
        var largest = 0ul;
        foreach (var gap in gaps)
        {
            if (bank.Contains(gap.BaseAddress, gap.SizeBytes)) largest = Math.Max(largest, gap.SizeBytes);
        }

        return largest;
    }

    private static FreeMemory Between(BoardConfiguration machine, List<AddressRange> taken)
    {
        taken.Sort((left, right) => left.BaseAddress.CompareTo(right.BaseAddress));

        var free = new FreeMemory();
        foreach (var bank in machine.Memory.OrderBy(bank => bank.BaseAddress))
        {
            var start = bank.BaseAddress;
            foreach (var range in taken)
            {
                if (range.EndAddress <= start || range.BaseAddress >= bank.EndAddress) continue;
                free.Add(start, range.BaseAddress);
                start = Math.Max(start, range.EndAddress);
            }

            free.Add(start, bank.EndAddress);
        }

        return free;
    }

    private void Add(ulong start, ulong end)
    {
        if (start < end) gaps.Add(new AddressRange(start, end - start));
    }
}
