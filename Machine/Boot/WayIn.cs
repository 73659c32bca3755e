using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Images;

namespace Verification.Machine.Boot;

/// <summary>
/// The ways into a kernel, as QEMU's <c>virt</c> board has them: image, ramdisk and devicetree are put into memory, and the
/// harts into the state in which they reach the first instruction.
/// </summary>
internal static class WayIn
{
    /// <summary>Where firmware is loaded and where the reset vector leads.</summary>
    private const ulong FirmwareAddress = 0x8000_0000;

    private const int EntryRegister = 5, DynamicInfoRegister = 12;

    /// <summary>Prepares a board on which nothing has run yet.</summary>
    /// <exception cref="ArgumentException">Something does not fit into memory, or lies upon something else.</exception>
    public static void Prepare(Board board, KernelImage? image)
    {
        var configuration = board.Configuration;
        var layout = new Layout(board.Memory);
        var firmware = configuration.Firmware is FirmwareChoice.File file
            ? KernelImage.Read(file.Image.AsMemory(), FirmwareAddress)
            : null;
        if (firmware is null && image is null) throw new ArgumentException("There is neither a kernel nor firmware to start.");
        if (firmware is not null) layout.Load("the firmware", firmware);
        if (image is not null) layout.Load("the kernel", image);

        var initrd = default(AddressRange);
        if (configuration.Initrd is { Count: > 0 } ramdisk)
        {
            if (image is null) throw new ArgumentException("A ramdisk needs a kernel.");
            initrd = layout.Place("the ramdisk", ramdisk.AsSpan(), InitrdAddress(configuration, image));
        }
        var blob = BoardDevicetree.BlobOf(board, initrd);
        var devicetree = DevicetreePlacement.Place(layout, configuration, blob, (image ?? firmware)!.Extent.BaseAddress);
        Enter(board, image, firmware, devicetree, initrd);
    }

    private static void Enter(Board board, KernelImage? image, KernelImage? firmware, AddressRange devicetree, AddressRange initrd)
    {
        var entry = (firmware ?? image)!.EntryAddress;
        // QEMU tells firmware the lowest address of an ELF file, not its entry: fw_jump and fw_payload know no other either.
        var next = firmware is not null && image is not null ? image.Extent.BaseAddress : 0;
        board.Rom.Fill(entry, devicetree, initrd, next);
        if (board.Configuration.Firmware is FirmwareChoice.Model)
        {
            // The other harts are stopped, until the kernel starts them (SBI HSM).
            var boot = board.FindHart(board.Configuration.BootHartId)
                ?? throw new ArgumentException($"There is no hart {board.Configuration.BootHartId} to boot on.");
            if (board.Configuration.Harts[boot.Index].Status == HartStatus.Disabled)
                throw new ArgumentException($"The hart {boot.Id} is disabled and can't boot.");
            boot.Start(PrivilegeMode.Supervisor, entry, boot.Id, devicetree.BaseAddress);
            return;
        }
        foreach (var hart in board.Harts)
        {
            if (board.Configuration.Harts[hart.Index].Status == HartStatus.Disabled) continue;
            hart.Start(PrivilegeMode.Machine, entry, hart.Id, devicetree.BaseAddress);
            hart.SetRegister(EntryRegister, entry);
            hart.SetRegister(DynamicInfoRegister, board.Rom.Range.BaseAddress + BootRom.DynamicInfoOffset);
        }
    }

    /// <summary>As QEMU: half of the memory, at most 128 MiB, behind the kernel's entry.</summary>
    private static ulong InitrdAddress(BoardConfiguration configuration, KernelImage image)
    {
        var bank = configuration.Memory.FirstOrDefault(bank => bank.Contains(image.EntryAddress, 1));
        return image.EntryAddress + Math.Min(bank.SizeBytes / 2, 128UL << 20);
    }
}
