using Verification.Machine.Devices;

namespace Verification.Machine;

/// <summary>Which virtio device is in which of the eight slots.</summary>
internal static class VirtioSlots
{
    private const int Count = 8;
    private const int SectorBytes = 512;

    /// <summary>
    /// The slots' functions. A device that names its slot (<c>bus=virtio-mmio-bus.0</c>) gets it; the others take the free
    /// slots from the highest down, which is the order of QEMU.
    /// </summary>
    /// <exception cref="ArgumentException">A slot is taken twice, or there are too many devices.</exception>
    public static VirtioFunction?[] Fill(Board board)
    {
        var slots = new VirtioFunction?[Count];
        foreach (var (device, slot) in board.Configuration.Devices.Zip(Assign(board.Configuration)))
            if (slot is { } number) slots[number] = Make(board, (DeviceConfiguration.Virtio)device);
        return slots;
    }

    /// <summary>The slot of each device, null for those that have none.</summary>
    /// <exception cref="ArgumentException">A slot is taken twice, or there are too many devices.</exception>
    public static int?[] Assign(BoardConfiguration configuration)
    {
        var slots = configuration.Devices.Select(device => (device as DeviceConfiguration.Virtio)?.Slot).ToArray();
        var taken = new bool[Count];
        foreach (var slot in slots.OfType<int>())
        {
            if (slot is < 0 or >= Count) throw new ArgumentException($"There is no virtio slot {slot}: they are 0 to {Count - 1}.");
            if (taken[slot]) throw new ArgumentException($"The virtio slot {slot} is taken twice.");
            taken[slot] = true;
        }
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] is not null || configuration.Devices[i] is not DeviceConfiguration.Virtio) continue;
            var slot = Array.LastIndexOf(taken, false);
            if (slot < 0) throw new ArgumentException($"The board has {Count} virtio slots, not more.");
            (slots[i], taken[slot]) = (slot, true);
        }
        return slots;
    }

    private static VirtioFunction Make(Board board, DeviceConfiguration.Virtio device) => device switch
    {
        DeviceConfiguration.VirtioBlock disk => new VirtioBlock(Disk(disk)),
        DeviceConfiguration.VirtioConsole => new VirtioConsole(),
        DeviceConfiguration.VirtioRandom => new VirtioEntropy(board.RandomWord),
        DeviceConfiguration.VirtioNet card => new VirtioNet(card.Peer),
        _ => throw new ArgumentException($"The board has no device {device.GetType().Name}."),
    };

    private static CopyOnWriteImage Disk(DeviceConfiguration.VirtioBlock disk)
    {
        // Shared by every machine with this disk, and by their forks.
        var content = disk.Content.AsMemory();
        return new CopyOnWriteImage(content, ((ulong)content.Length + SectorBytes - 1) / SectorBytes * SectorBytes);
    }
}
