using Verification.Framework.Kernels;
using Verification.Machine;

namespace Verification.Specs.Kernel;

/// <summary>
/// The pages that a kernel may hand out, reckoned page by page from the machine alone: slow, and with no arithmetic that
/// could be wrong in the same way as the kernel's.
/// </summary>
internal static class UsablePages
{
    private const ulong Page = 4096;

    /// <summary>All usable pages of a machine that the kernel was started on.</summary>
    public static HashSet<ulong> Of(KernelDescription kernel, Board board)
    {
        var machine = board.Configuration;
        var pages = new HashSet<ulong>();
        foreach (var bank in machine.Memory)
            for (ulong page = (bank.BaseAddress + Page - 1) & ~(Page - 1); page + Page <= bank.EndAddress; page += Page)
                pages.Add(page);

        // In the image's bank memory begins behind the image: what lies in front of it is the firmware's.
        var image = kernel.Image.Extent;
        foreach (var bank in machine.Memory.Where(b => b.Contains(image.BaseAddress, 1)))
            Remove(bank.BaseAddress, image.EndAddress - bank.BaseAddress);
        Remove(board.DevicetreeRange.BaseAddress, board.DevicetreeRange.SizeBytes);
        Remove(board.InitrdRange.BaseAddress, board.InitrdRange.SizeBytes);
        foreach (var reserved in machine.Devicetree.ReservedMemory) Remove(reserved.Range.BaseAddress, reserved.Range.SizeBytes);
        foreach (var range in machine.Devicetree.HeaderReservations) Remove(range.BaseAddress, range.SizeBytes);
        return pages;

        void Remove(ulong start, ulong sizeBytes)
        {
            for (ulong address = start & ~(Page - 1); address < start + sizeBytes; address += Page) pages.Remove(address);
        }
    }
}
