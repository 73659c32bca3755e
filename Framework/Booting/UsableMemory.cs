using Verification.Framework.Kernels;
using Verification.Machine;
using Verification.Machine.Devices;

namespace Verification.Framework.Booting;

/// <summary>The memory that a kernel may hand out, reckoned from the machine and the image, not from the devicetree.</summary>
public sealed class UsableMemory
{
    private readonly BoardConfiguration _machine;
    private readonly List<(AddressRange Range, string What)> _taken = [];

    private UsableMemory(BoardConfiguration machine) => _machine = machine;

    /// <summary>The usable memory of a machine on which this kernel was started.</summary>
    public static UsableMemory Of(KernelDescription kernel, Board board)
    {
        var machine = board.Configuration;
        var memory = new UsableMemory(machine);
        var extent = kernel.Image.Extent;
        memory._taken.Add((new AddressRange(extent.BaseAddress, extent.SizeBytes), "the kernel's image"));
        memory._taken.Add((board.DevicetreeRange, "the devicetree blob"));
        foreach (var reserved in machine.Devicetree.ReservedMemory) memory._taken.Add((reserved.Range, "reserved memory"));
        foreach (var range in machine.Devicetree.HeaderReservations) memory._taken.Add((range, "the devicetree's reservation block"));
        return memory;
    }

    /// <summary>Why a page must not be handed out; nothing when it may.</summary>
    public string? WhyNot(ulong page)
    {
        const ulong pageSizeBytes = 4096;
        if (!_machine.Memory.Any(b => b.Contains(page, pageSizeBytes))) return "it does not lie in one bank of memory";
        foreach (var (range, what) in _taken)
            if (page < range.BaseAddress + range.SizeBytes && range.BaseAddress < page + pageSizeBytes) return $"it lies in {what}";
        return null;
    }
}
