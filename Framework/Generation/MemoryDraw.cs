using Verification.Machine.Devices;
using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>Draws the banks: one that holds the kernel, and others near, far and in the hole between the devices, of sizes
/// and at addresses that need not be whole pages.</summary>
internal static class MemoryDraw
{
    private const ulong PageBytes = 4096;
    private const ulong MebiByte = 1 << 20;
    private const ulong FourGibiBytes = 1UL << 32;

    public static ValueList<MemoryBank> Banks(Draw draw, MachineSpace space, int harts, int cells)
    {
        var highest = cells == 1 ? FourGibiBytes : space.HighestAddress;
        var banks = new List<MemoryBank> { KernelBank(draw, space, harts, highest) };
        for (var count = Math.Min(space.MostBanks - 1, FurtherBanks(draw)); count > 0; count--)
        {
            var bank = FurtherBank(draw, space, banks, highest);
            if (IsFree(bank, banks, highest)) banks.Add(bank);
        }

        var order = banks.ToArray();
        if (draw.Happens(50)) draw.Shuffle<MemoryBank>(order);
        return ValueList.Create<MemoryBank>(order);
    }

    private static int FurtherBanks(Draw draw) => draw.Below(20) switch
    {
        < 9 => 0,
        < 14 => 1,
        < 17 => 2,
        _ => draw.Between(3, 8),
    };

    private static MemoryBank KernelBank(Draw draw, MachineSpace space, int harts, ulong highest)
    {
        var kernel = space.Kernel;
        var usual = space.UsualBank.BaseAddress;
        var start = draw.Below(10) switch
        {
            < 5 => usual,
            < 7 => kernel.BaseAddress / PageBytes * PageBytes,
            < 9 => draw.Between(usual, kernel.BaseAddress) / PageBytes * PageBytes,
            _ => draw.Between(usual, kernel.BaseAddress) & ~7ul,
        };
        start = Math.Max(start, usual);
        var least = kernel.EndAddress + space.LeastFreeBytes(harts);
        var end = Math.Min(highest, Size(draw, least + draw.Magnitude(space.MostFreeBytes)));
        return new MemoryBank(start, Math.Max(end, Math.Min(least, highest)) - start);
    }

    private static MemoryBank FurtherBank(Draw draw, MachineSpace space, List<MemoryBank> banks, ulong highest)
    {
        var size = draw.Happens(10) ? draw.Between(8, PageBytes) : Size(draw, draw.Magnitude(space.MostFreeBytes / 4));
        var near = banks[draw.Between(0, banks.Count - 1)].EndAddress;
        return draw.Below(10) switch
        {
            // Right behind another one, so that the two look like one.
            < 2 when near % PageBytes == 0 => new MemoryBank(near, size),
            < 5 => new MemoryBank(Odd(draw, near + PageBytes + draw.Magnitude(64 * MebiByte)), size),
            < 6 => new MemoryBank(Odd(draw, MachineSpace.MemoryHole.BaseAddress + draw.Below(MachineSpace.MemoryHole.SizeBytes)), size),
            < 8 => new MemoryBank(Odd(draw, draw.Between(MachineSpace.UsualMemoryBase, Math.Min(highest, 4 * FourGibiBytes))), size),
            _ => new MemoryBank(Odd(draw, draw.Between(FourGibiBytes, Math.Max(FourGibiBytes, highest - 1))), size),
        };
    }

    private static bool IsFree(MemoryBank bank, List<MemoryBank> banks, ulong highest)
    {
        var range = new AddressRange(bank.BaseAddress, bank.SizeBytes);
        var isInHole = bank.BaseAddress >= MachineSpace.MemoryHole.BaseAddress && bank.EndAddress <= MachineSpace.MemoryHole.EndAddress;
        if (bank.BaseAddress < MachineSpace.UsualMemoryBase && !isInHole) return false;
        if (bank.EndAddress > highest || FreeMemory.Overlap(range, MachineSpace.PciWindow)) return false;
        foreach (var other in banks)
        {
            // A page of its own between two banks, unless they meet at a page's border: whether a page made of two banks may
            // be used is nobody's promise.
            var border = Math.Max(bank.BaseAddress, other.BaseAddress);
            var margin = border % PageBytes == 0 ? 0 : PageBytes;
            if (bank.BaseAddress < other.EndAddress + margin && other.BaseAddress < bank.EndAddress + margin) return false;
        }

        return true;
    }

    private static ulong Size(Draw draw, ulong size) => draw.Below(10) switch
    {
        < 4 => (size + MebiByte - 1) / MebiByte * MebiByte,
        < 8 => (size + PageBytes - 1) / PageBytes * PageBytes,
        < 9 => (size + 7) & ~7ul,
        _ => size,
    };

    private static ulong Odd(Draw draw, ulong address) => draw.Below(10) switch
    {
        < 4 => address / (2 * MebiByte) * (2 * MebiByte),
        < 9 => address / PageBytes * PageBytes,
        _ => address & ~7ul,
    };
}
