using Verification.Machine.Devices;
using Verification.Machine.Harts;
using Verification.Machine.Images;

namespace Verification.Machine.Boot;

/// <summary>
/// The ways into a kernel, as QEMU's <c>virt</c> board has them: image, ramdisk and devicetree are put into memory, and the
/// harts into the state in which they leave reset, or, where the model is the firmware, in which the kernel is entered.
/// </summary>
internal static class WayIn
{
    /// <summary>Where firmware is loaded and where the reset vector leads.</summary>
    private const ulong FirmwareAddress = 0x8000_0000;

    private const ulong KernelAlignment = 2UL << 20;
    private const ulong LargestRamdiskDistance = 128UL << 20;

    /// <summary>Prepares a board on which nothing has run yet.</summary>
    /// <exception cref="ArgumentException">Something does not fit into memory, lies upon something else, or is missing.</exception>
    public static void Prepare(Board board, KernelImage? image)
    {
        var configuration = board.Configuration;
        var layout = new Layout(board.Memory);
        var firmware = Firmware(configuration);
        if (firmware is not null) layout.Load("the firmware", firmware);
        if (image is not null) layout.Load("the kernel", image);
        var loaded = Load(layout, configuration);

        var initrd = default(AddressRange);
        if (configuration.Initrd is { Count: > 0 } ramdisk)
        {
            if (image is null) throw new ArgumentException("A ramdisk needs a kernel.");
            initrd = layout.Place("the ramdisk", ramdisk.AsSpan(), InitrdAddress(configuration, image));
        }
        var blob = BoardDevicetree.BlobOf(board, initrd);
        var devicetree = DevicetreePlacement.Place(layout, configuration, blob, (image ?? firmware)?.Extent.BaseAddress ?? FirmwareAddress);
        // In the second bank of flash lies what the firmware is to start, and the kernel is that one's business.
        var next = HasFlash(configuration, 1) ? FlashAddress(board, 1) : image?.StartAddress ?? 0;
        if (configuration.Firmware is FirmwareChoice.Model && !HasFlash(configuration, 0))
        {
            if (next == 0) throw new ArgumentException("There is neither a kernel nor firmware to start.");
            board.Rom.Fill(next, devicetree, initrd, next);
            EnterKernel(board, next, devicetree);
            return;
        }

        var start = HasFlash(configuration, 0) ? FlashAddress(board, 0) : FirmwareAddress;
        if (start == FirmwareAddress) CheckStart(firmware, image, loaded);
        board.Rom.Fill(start, devicetree, initrd, next);
        Reset(board);
    }

    /// <summary>Where QEMU loads a kernel whose file doesn't say: behind the firmware, at a multiple of 2 MiB.</summary>
    public static ulong LoadAddress(BoardConfiguration configuration) => configuration.Firmware switch
    {
        FirmwareChoice.None => FirmwareAddress,
        FirmwareChoice.File => (Firmware(configuration)!.Extent.EndAddress + KernelAlignment - 1) / KernelAlignment * KernelAlignment,
        _ => KernelImage.DefaultLoadAddress,
    };

    private static KernelImage? Firmware(BoardConfiguration configuration) => configuration.Firmware is FirmwareChoice.File file
        ? KernelImage.Read(file.Image.AsMemory(), FirmwareAddress)
        : null;

    private static List<KernelImage> Load(Layout layout, BoardConfiguration configuration)
    {
        var loaded = new List<KernelImage>();
        foreach (var file in configuration.Devices.OfType<DeviceConfiguration.Loader>())
        {
            var image = file.Address is { } address
                ? KernelImage.FromRaw(file.Content.AsMemory(), address)
                : KernelImage.FromElf(ElfImage.Read(file.Content.AsMemory()));
            layout.Load("a file of the loader", image);
            loaded.Add(image);
        }
        return loaded;
    }

    /// <summary>The boot hart enters the kernel; the others are stopped, until the kernel starts them (SBI HSM).</summary>
    private static void EnterKernel(Board board, ulong start, AddressRange devicetree)
    {
        var boot = board.FindHart(board.Configuration.BootHartId)
            ?? throw new ArgumentException($"There is no hart {board.Configuration.BootHartId} to boot on.");
        if (board.Configuration.Harts[boot.Index].Status == HartStatus.Disabled)
            throw new ArgumentException($"The hart {boot.Id} is disabled and can't boot.");
        boot.Start(PrivilegeMode.Supervisor, start, boot.Id, devicetree.BaseAddress);
    }

    /// <summary>Every hart begins at the reset vector, with nothing in its registers.</summary>
    private static void Reset(Board board)
    {
        // What runs in M-mode serves S-mode's calls.
        board.Firmware = null;
        foreach (var hart in board.Harts)
            if (board.Configuration.Harts[hart.Index].Status != HartStatus.Disabled)
                hart.Start(PrivilegeMode.Machine, board.Rom.Range.BaseAddress, 0, 0);
    }

    /// <summary>QEMU would jump there all the same, and trap for ever.</summary>
    private static void CheckStart(KernelImage? firmware, KernelImage? image, List<KernelImage> loaded)
    {
        var all = new[] { firmware, image }.OfType<KernelImage>().Concat(loaded).ToList();
        if (all.Count == 0) throw new ArgumentException("There is neither a kernel nor firmware to start.");
        if (all.Any(one => one.Segments.Any(segment => segment.PhysicalAddress <= FirmwareAddress && FirmwareAddress < segment.PhysicalEnd)))
            return;
        var what = firmware is not null ? "the firmware" : "the kernel";
        throw new ArgumentException(
            $"The reset vector leads to 0x{FirmwareAddress:x}, where nothing is loaded: {what} begins at 0x{all[0].Extent.BaseAddress:x}.");
    }

    /// <summary>As QEMU: half of the memory, at most 128 MiB, behind the kernel's start.</summary>
    private static ulong InitrdAddress(BoardConfiguration configuration, KernelImage image)
    {
        var bank = configuration.Memory.FirstOrDefault(bank => bank.Contains(image.StartAddress, 1));
        return image.StartAddress + Math.Min(bank.SizeBytes / 2, LargestRamdiskDistance);
    }

    private static bool HasFlash(BoardConfiguration configuration, int bank) =>
        configuration.Devices.OfType<DeviceConfiguration.Flash>().Any(flash => flash.Bank == bank);

    private static ulong FlashAddress(Board board, int bank) =>
        board.Bus.Devices.OfType<CfiFlash>().ElementAt(bank).Range.BaseAddress;
}
