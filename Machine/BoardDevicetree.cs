using System.Buffers.Binary;
using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.Schedule;
using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>
/// The devicetree of a board: each device adds its node, the rest stands here. Nodes and properties come in the order that
/// QEMU's <c>dumpdtb</c> shows, so that a kernel which takes the first match takes the same one.
/// </summary>
internal static class BoardDevicetree
{
    private const ulong PlatformBus = 0x400_0000, PlatformBusBytes = 0x200_0000;
    private const int SeedWords = 8;

    /// <summary>The tree of a board with its ramdisk at <paramref name="initrd"/> (empty for none).</summary>
    /// <exception cref="ArgumentException">A choice that no tree can express.</exception>
    /// <exception cref="DevicetreeFormatException">The user's blob or source is no devicetree.</exception>
    public static DevicetreeDocument Of(Board board, AddressRange initrd)
    {
        var choices = board.Configuration.Devicetree;
        if (choices.Blob is { } blob)
        {
            var own = DevicetreeDocument.Parse(blob.AsSpan());
            if (SaysWhatToBoot(board.Configuration, initrd)) TellWhatToBoot(own.Root.GetOrAdd("chosen"), board.Configuration, initrd);
            return own;
        }

        var tree = new BoardDescription(choices.AddressCells, choices.SizeCells);
        tree.Root.Set("compatible", "riscv-virtio").Set("model", "riscv-virtio,qemu");
        NumberPhandles(tree, board.Configuration);

        Describe<FirmwareConfiguration>();
        Describe<CfiFlash>();
        DescribeChosen(tree, board.Configuration, initrd);
        Finisher.DescribeSyscon(tree);
        DescribePlatformBus(tree);
        DescribeMemory(tree, board.Configuration);
        HartNodes.Describe(tree, board.Configuration);
        Describe<GoldfishRtc>();
        Describe<Uart16550>();
        Describe<Finisher>();
        Describe<PciHost>();
        Describe<VirtioMmio>();
        Describe<Plic>();
        Describe<SupervisorSoftwareInterrupts>();
        Describe<Clint>();
        ChosenNodes.Add(tree, choices);
        return tree.Document;

        // Of several devices of a kind QEMU shows the last first.
        void Describe<TDevice>() where TDevice : IDevice
        {
            var devices = board.Bus.Devices.OfType<TDevice>();
            foreach (var device in typeof(TDevice) == typeof(VirtioMmio) ? devices.Reverse() : devices) device.Describe(tree);
        }
    }

    /// <summary>The tree as bytes; a blob of the user's stays as it is, unless the command line or the ramdisk enter it.</summary>
    public static ReadOnlySpan<byte> BlobOf(Board board, AddressRange initrd)
    {
        var choices = board.Configuration.Devicetree;
        var tree = Of(board, initrd);
        return choices.Blob is { } own && !SaysWhatToBoot(board.Configuration, initrd)
            ? own.AsSpan()
            : tree.ToBlob(choices.BlobForm);
    }

    /// <summary>QEMU numbers the harts from the last to the first, then the interrupt controller and the finisher.</summary>
    private static void NumberPhandles(BoardDescription tree, BoardConfiguration configuration)
    {
        foreach (var hart in configuration.Harts.Reverse())
        {
            tree.Phandle(HartNodes.PhandleKey(hart.Id));
            tree.HartInterruptController(hart.Id);
        }
        _ = tree.InterruptController;
    }

    private static void DescribeChosen(BoardDescription tree, BoardConfiguration configuration, AddressRange initrd)
    {
        var chosen = tree.Chosen;
        chosen.Set("rng-seed", SeedWordsOf(configuration.Schedule));
        TellWhatToBoot(chosen, configuration, initrd);
    }

    /// <summary>Length of <c>/chosen/rng-seed</c>.</summary>
    internal const int SeedBytes = SeedWords * 4;

    /// <summary>The bytes of <c>/chosen/rng-seed</c>: all that the devicetree has of the schedule.</summary>
    internal static byte[] SeedOf(ScheduleChoice schedule)
    {
        var bytes = new byte[SeedBytes];
        foreach (var (place, word) in SeedWordsOf(schedule).Index()) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(place * 4), word);
        return bytes;
    }

    private static uint[] SeedWordsOf(ScheduleChoice schedule)
    {
        var seed = schedule is ScheduleChoice.Interleaved interleaved ? interleaved.Seed : 0;
        var words = new uint[SeedWords];
        for (uint i = 0; i < SeedWords; i++) words[i] = (uint)StateHasher.Mix(seed * SeedWords + i + 1);
        return words;
    }

    private static bool SaysWhatToBoot(BoardConfiguration configuration, AddressRange initrd) =>
        initrd.SizeBytes > 0 || configuration.Append is { Length: > 0 };

    private static void TellWhatToBoot(DevicetreeNode chosen, BoardConfiguration configuration, AddressRange initrd)
    {
        if (initrd.SizeBytes > 0)
        {
            Number("linux,initrd-end", initrd.EndAddress);
            Number("linux,initrd-start", initrd.BaseAddress);
        }
        if (configuration.Append is { Length: > 0 } append) chosen.Set("bootargs", append);

        // QEMU writes one cell as long as it can.
        void Number(string name, ulong value)
        {
            if (value <= uint.MaxValue) chosen.Set(name, (uint)value);
            else chosen.SetWide(name, value);
        }
    }

    private static void DescribePlatformBus(BoardDescription tree) => tree.Root.Add($"platform-bus@{PlatformBus:x}")
        .Set("interrupt-parent", tree.InterruptController)
        .Set("ranges", [0u, .. tree.Address(PlatformBus), (uint)PlatformBusBytes])
        .Set("#address-cells", 1u)
        .Set("#size-cells", 1u)
        .Set("compatible", "qemu,platform", "simple-bus");

    private static void DescribeMemory(BoardDescription tree, BoardConfiguration configuration)
    {
        foreach (var bank in configuration.Memory)
        {
            tree.Root.Add($"memory@{bank.BaseAddress:x}")
                .Set("device_type", "memory")
                .Set("reg", tree.Registers(new AddressRange(bank.BaseAddress, bank.SizeBytes)));
        }
    }
}
