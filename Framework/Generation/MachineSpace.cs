using Verification.Machine;
using Verification.Machine.Devices;
using Verification.Machine.Images;
using Verification.Machine.Isa;
using Verification.Machine.Memory;

namespace Verification.Framework.Generation;

/// <summary>
/// The machines that a kernel may be booted on: all that QEMU's <c>virt</c> and its devicetree allow, within what this
/// image needs. Generator and shrinker stay inside.
/// </summary>
/// <param name="Kernel">The physical memory that the image takes; it must fit into one bank.</param>
public sealed record MachineSpace(KernelExtent Kernel)
{
    private const ulong MebiByte = 1 << 20;
    private const ulong PageBytes = 4096;

    /// <summary>Where memory begins on QEMU's board, below which its devices lie.</summary>
    public const ulong UsualMemoryBase = 0x8000_0000;

    /// <summary>The one hole between the devices that is wide enough for memory: behind the flash, before PCI.</summary>
    public static AddressRange MemoryHole { get; } = new(0x2400_0000, 0x0c00_0000);

    /// <summary>Where PCI's 64-bit window lies while memory is small; no bank may lie there.</summary>
    public static AddressRange PciWindow { get; } = new(0x4_0000_0000, 0x4_0000_0000);

    /// <summary>Most harts; at least 1.</summary>
    public int MostHarts { get; init; } = 64;

    /// <summary>Highest hart id; at least <see cref="MostHarts"/> - 1.</summary>
    public ulong HighestHartId { get; init; } = 511;

    /// <summary>Most memory banks; at least 1.</summary>
    public int MostBanks { get; init; } = 6;

    /// <summary>Highest address of memory.</summary>
    public ulong HighestAddress { get; init; } = 1UL << 46;

    /// <summary>Most memory that a bank has besides what the kernel needs. Kernels look at every page when they boot, so this
    /// decides how long a boot takes.</summary>
    public ulong MostFreeBytes { get; init; } = 128 * MebiByte;

    /// <summary>What starts the kernel.</summary>
    public FirmwareChoice Firmware { get; init; } = new FirmwareChoice.Model();

    /// <summary>Extensions that no machine may lack.</summary>
    public IsaExtensions Required { get; init; } = IsaExtensions.Default;

    /// <summary>The space of an image's machines.</summary>
    public static MachineSpace For(KernelImage image) => new(image.Extent) { Required = RequiredExtensions.Of(image) };

    /// <summary>The simplest machine: one hart with id 0, one bank of 128 MiB, zeros, a bare devicetree, turns in order.</summary>
    public BoardConfiguration Simplest => new()
    {
        Memory = [UsualBank],
        Firmware = Firmware,
        Schedule = MachineComplexity.SimplestSchedule,
    };

    /// <summary>Memory that is to be free behind the image, in its bank: for the devicetree, and for what each hart
    /// takes.</summary>
    public ulong LeastFreeBytes(int harts) => (2 * MebiByte) + ((ulong)harts * 256 * 1024);

    /// <summary>QEMU's memory, or as much as the kernel needs from the page of its first byte on.</summary>
    internal MemoryBank UsualBank
    {
        get
        {
            var start = Kernel.BaseAddress >= UsualMemoryBase ? UsualMemoryBase : Kernel.BaseAddress / PageBytes * PageBytes;
            if (Kernel.BaseAddress - start > 1UL << 30) start = Kernel.BaseAddress / PageBytes * PageBytes;
            var needed = Kernel.EndAddress - start + LeastFreeBytes(1);
            return new MemoryBank(start, Math.Max(128 * MebiByte, (needed + MebiByte - 1) / MebiByte * MebiByte));
        }
    }

    /// <summary>What is wrong with a machine for this kernel, in one sentence; null when nothing is.</summary>
    public string? Flaw(BoardConfiguration machine) => (machine.Extensions & Required) != Required ? $"The harts lack {Required & ~machine.Extensions}." : HartFlaw(machine) ?? MemoryFlaw(machine) ?? DevicetreeFlaw(machine);

    private static string? HartFlaw(BoardConfiguration machine)
    {
        var ids = new HashSet<ulong>();
        foreach (var hart in machine.Harts)
        {
            if (!ids.Add(hart.Id)) return $"Two harts have the id {hart.Id}.";
        }

        return machine.Harts.Any(hart => hart.Id == machine.BootHartId && hart.Status == HartStatus.Okay)
            ? null
            : $"There is no enabled hart {machine.BootHartId} to boot on.";
    }

    private string? MemoryFlaw(BoardConfiguration machine)
    {
        var banks = machine.Memory.OrderBy(bank => bank.BaseAddress).ToArray();
        for (var i = 0; i < banks.Length; i++)
        {
            var bank = banks[i];
            if (bank.SizeBytes == 0 || bank.EndAddress < bank.BaseAddress || bank.EndAddress > 1UL << 56) return $"The bank {bank} is impossible.";
            if (i > 0 && bank.BaseAddress < banks[i - 1].EndAddress) return $"The banks {banks[i - 1]} and {bank} overlap.";
            if (machine.Devicetree.AddressCells == 1 && bank.EndAddress > 1UL << 32) return $"The bank {bank} needs two address cells.";
            if (machine.Devicetree.SizeCells == 1 && bank.SizeBytes >> 32 != 0) return $"The bank {bank} needs two size cells.";
        }

        return KernelBank(machine) is not null ? null : "The kernel's image does not fit into one bank of memory.";
    }

    /// <summary>The bank that holds the whole image; null without one.</summary>
    internal MemoryBank? KernelBank(BoardConfiguration machine)
    {
        foreach (var bank in machine.Memory)
        {
            if (bank.Contains(Kernel.BaseAddress, Kernel.SizeBytes)) return bank;
        }

        return null;
    }

    private string? DevicetreeFlaw(BoardConfiguration machine)
    {
        var choices = machine.Devicetree;
        var image = new AddressRange(Kernel.BaseAddress, Kernel.SizeBytes);
        foreach (var (range, _) in choices.ReservedMemory)
        {
            if (!InMemory(machine, range)) return $"The reserved memory {range} lies outside the banks.";
            if (FreeMemory.Overlap(range, image)) return $"The reserved memory {range} lies upon the kernel.";
        }

        if (choices.ReservedMemory.Select(reserved => reserved.Range.BaseAddress).Distinct().Count() != choices.ReservedMemory.Count)
            return "Two nodes of reserved memory have the same name.";
        if (choices.PlacementAddress is not { } place)
            return FreeMemory.Of(machine, Kernel).Largest(KernelBank(machine)!.Value) >= BlobSize.AtMost(machine) ? null : "The devicetree fits nowhere.";
        if (place % 8 != 0) return $"The devicetree at 0x{place:x} is not aligned to 8 bytes.";
        return FreeMemory.ForDevicetree(machine, Kernel).Contains(new AddressRange(place, BlobSize.AtMost(machine)))
            ? null
            : $"The devicetree at 0x{place:x} does not lie in free memory.";
    }

    private static bool InMemory(BoardConfiguration machine, AddressRange range) =>
        machine.Memory.Any(bank => bank.Contains(range.BaseAddress, range.SizeBytes));
}
