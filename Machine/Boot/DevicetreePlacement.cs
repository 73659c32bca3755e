using Verification.Machine.Devices;
using Verification.Machine.Memory;

namespace Verification.Machine.Boot;

/// <summary>
/// Where the devicetree lies: where the user says, else where QEMU puts it: as high as possible in the kernel's bank, but
/// below 3 GiB, at a multiple of 2 MiB. Where this is taken or reserved, the next free place below or, in small banks, a
/// place of finer alignment is used.
/// </summary>
internal static class DevicetreePlacement
{
    private const ulong Limit = 3UL << 30;

    private static readonly ulong[] Alignments = [2UL << 20, 4096, 8];

    /// <summary>Places the blob.</summary>
    /// <exception cref="ArgumentException">It fits nowhere, or not where the user wants it.</exception>
    public static AddressRange Place(Layout layout, BoardConfiguration configuration, ReadOnlySpan<byte> blob, ulong kernelAddress)
    {
        var choices = configuration.Devicetree;
        if (choices.PlacementAddress is { } address)
        {
            if (address % 8 != 0) throw new ArgumentException($"A devicetree must lie at a multiple of 8, not at 0x{address:x}.");
            return layout.Place("the devicetree", blob, address);
        }
        var kernelBank = layout.Banks.Where(bank => bank.Contains(kernelAddress, 1));
        foreach (var bank in kernelBank.Concat(configuration.Memory))
        {
            if (Find(layout, choices, bank, (ulong)blob.Length) is { } place)
                return layout.Place("the devicetree", blob, place);
        }
        throw new ArgumentException($"The devicetree of {blob.Length} bytes fits nowhere in memory.");
    }

    private static ulong? Find(Layout layout, DevicetreeChoices choices, MemoryBank bank, ulong sizeBytes)
    {
        var end = bank.BaseAddress < Limit ? Math.Min(bank.EndAddress, Limit) : bank.EndAddress;
        if (sizeBytes > end - bank.BaseAddress) return null;
        foreach (var alignment in Alignments)
        {
            // Each obstacle is passed in one step, so that the search is as short as the list of obstacles.
            var place = (end - sizeBytes) / alignment * alignment;
            while (place >= bank.BaseAddress)
            {
                var range = new AddressRange(place, sizeBytes);
                if (Obstacle(layout, choices, range) is not { } obstacle) return place;
                if (obstacle < sizeBytes) break;
                place = (obstacle - sizeBytes) / alignment * alignment;
            }
        }
        return null;
    }

    /// <summary>The start of something that the range would lie upon.</summary>
    private static ulong? Obstacle(Layout layout, DevicetreeChoices choices, AddressRange range)
    {
        var reserved = choices.ReservedMemory.Select(choice => choice.Range).Concat(choices.HeaderReservations);
        foreach (var other in layout.Taken.Concat(reserved))
            if (range.BaseAddress < other.EndAddress && other.BaseAddress < range.EndAddress) return other.BaseAddress;
        return null;
    }
}
