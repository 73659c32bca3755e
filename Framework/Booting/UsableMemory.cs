using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Memory;

namespace Verification.Framework.Booting;

/// <summary>The memory that a kernel may hand out, reckoned from the machine and the image, not from the devicetree.</summary>
public sealed class UsableMemory
{
    private readonly BoardConfiguration _machine;
    private readonly List<(AddressRange Range, string What)> _taken = [];

    private readonly MemoryBank[] _banks;

    private UsableMemory(BoardConfiguration machine) => (_machine, _banks) = (machine, [.. machine.Memory]);

    /// <summary>The usable memory of a machine on which this kernel was started.</summary>
    public static UsableMemory Of(KernelDescription kernel, Board board)
    {
        var machine = board.Configuration;
        var memory = new UsableMemory(machine);
        var extent = kernel.Image.Extent;
        memory._taken.Add((new AddressRange(extent.BaseAddress, extent.SizeBytes), "the kernel's image"));
        // In front of the image lies whoever loaded it: the firmware, which protects its memory.
        var home = machine.Memory.FirstOrDefault(b => b.Contains(extent.BaseAddress, 1), new MemoryBank(extent.BaseAddress, 1));
        memory._taken.Add((new AddressRange(home.BaseAddress, extent.BaseAddress - home.BaseAddress), "the firmware's memory in front of the kernel"));
        memory._taken.Add((board.DevicetreeRange, "the devicetree blob"));
        if (board.InitrdRange.SizeBytes > 0) memory._taken.Add((board.InitrdRange, "the initial ramdisk"));
        foreach (var reserved in machine.Devicetree.ReservedMemory) memory._taken.Add((reserved.Range, "reserved memory"));
        foreach (var range in machine.Devicetree.HeaderReservations) memory._taken.Add((range, "the devicetree's reservation block"));
        return memory;
    }

    /// <summary>How many whole pages may be handed out.</summary>
    public ulong CountPages(ulong pageSizeBytes)
    {
        ulong pages = 0;
        foreach (var bank in _machine.Memory)
        {
            ulong next = bank.BaseAddress;
            foreach (var (start, end) in Holes(bank))
            {
                if (start > next) pages += Whole(next, start, pageSizeBytes);
                next = Math.Max(next, end);
            }

            pages += Whole(next, bank.EndAddress, pageSizeBytes);
        }

        return pages;
    }

    private IEnumerable<(ulong Start, ulong End)> Holes(MemoryBank bank) => _taken
        .Select(t => (Start: Math.Max(t.Range.BaseAddress, bank.BaseAddress), End: Math.Min(t.Range.BaseAddress + t.Range.SizeBytes, bank.EndAddress)))
        .Where(h => h.Start < h.End).OrderBy(h => h.Start);

    private static ulong Whole(ulong start, ulong end, ulong pageSizeBytes)
    {
        ulong first = (start + pageSizeBytes - 1) / pageSizeBytes, last = end / pageSizeBytes;
        return last > first ? last - first : 0;
    }

    /// <summary>Why a page must not be handed out; nothing when it may.</summary>
    public string? WhyNot(ulong page)
    {
        const ulong pageSizeBytes = 4096;
        if (!LiesInOneBank(page, pageSizeBytes)) return "it does not lie in one bank of memory";
        foreach (var (range, what) in _taken)
            if (page < range.BaseAddress + range.SizeBytes && range.BaseAddress < page + pageSizeBytes) return $"it lies in {what}";
        return null;
    }

    // Asked for each page that is handed out.
    private bool LiesInOneBank(ulong page, ulong sizeBytes)
    {
        foreach (var bank in _banks)
            if (bank.Contains(page, sizeBytes)) return true;
        return false;
    }
}
