using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// A PCI Express host bridge without a card: PCI Express specification 4.0, section 7.2.2 (enhanced configuration access),
/// devicetree binding <c>pci-host-ecam-generic</c>. Function 00:00.0 is the bridge itself, every other slot is empty.
/// </summary>
/// <remarks>
/// Not modelled: cards; the bridge's registers are read-only besides the command register's three enable bits and the
/// interrupt line. The windows of I/O and memory space are a <see cref="PciWindow"/> each.
/// </remarks>
/// <param name="baseAddress">First address of the 256 MiB of configuration space.</param>
/// <param name="interrupt">The controller's source of the first of four wires.</param>
/// <param name="highWindow">First address of the third window, behind all memory.</param>
public sealed class PciHost(ulong baseAddress, uint interrupt, ulong highWindow = 0x4_0000_0000) : IDevice
{
    /// <summary>Where the windows into I/O space and into 32-bit memory space begin.</summary>
    public const ulong PortWindow = 0x300_0000, MemoryWindow = 0x4000_0000;

    /// <summary>The sizes of the three windows.</summary>
    public const ulong PortWindowBytes = 0x1_0000, MemoryWindowBytes = 0x4000_0000, HighWindowBytes = 0x4_0000_0000;

    // A conventional function has 256 bytes; the rest of its 4096 is not there.
    private const ulong FunctionBytes = 0x100;

    // Red Hat's vendor id and QEMU's "PCIe host bridge", class 06 (bridge) 00 (host).
    private const uint Identity = 0x0008_1b36, ClassAndRevision = 0x0600_0000;
    private const uint Subsystem = 0x1100_1af4;

    private ushort _command;
    private byte _interruptLine;

    /// <inheritdoc/>
    public string Name => "gpex-pcihost";

    /// <inheritdoc/>
    public AddressRange Range { get; } = new(baseAddress, 0x1000_0000);

    /// <inheritdoc/>
    public int WidestAccessBytes => 4;

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = ulong.MaxValue >> (64 - sizeBytes * 8);
        if (offset >= FunctionBytes) return true;
        var word = (offset & ~3UL) switch
        {
            0x00 => Identity,
            0x04 => _command,
            0x08 => ClassAndRevision,
            0x2c => Subsystem,
            0x3c => _interruptLine,
            _ => 0u,
        };
        value &= word >> (int)(offset & 3) * 8;
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        if (offset == 0x04) _command = (ushort)(value & 7);
        if (offset == 0x3c) _interruptLine = (byte)value;
        return true;
    }

    /// <inheritdoc/>
    public void Describe(BoardDescription description)
    {
        var map = new List<uint>();
        for (uint slot = 0; slot < 4; slot++)
        {
            for (uint pin = 0; pin < 4; pin++)
                map.AddRange([slot << 11, 0, 0, pin + 1, description.InterruptController, interrupt + (slot + pin) % 4]);
        }
        description.Soc.Add($"pci@{Range.BaseAddress:x}")
            .Set("interrupt-map-mask", 0x1800u, 0u, 0u, 7u)
            .Set("interrupt-map", map.ToArray())
            .Set("ranges", Windows(description))
            .Set("reg", description.Registers(Range))
            .Set("dma-coherent")
            .Set("bus-range", 0u, 255u)
            .Set("linux,pci-domain", 0u)
            .Set("device_type", "pci")
            .Set("compatible", "pci-host-ecam-generic")
            .Set("#size-cells", 2u)
            .Set("#interrupt-cells", 1u)
            .Set("#address-cells", 3u);
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _command);
        transfer.Value(ref _interruptLine);
    }

    /// <summary>Space and address on the bus (three cells), address on the board, size (two cells). A window that the tree's
    /// cells can't express is left out.</summary>
    private uint[] Windows(BoardDescription description)
    {
        List<uint> cells =
        [
            0x0100_0000, 0, 0, .. description.Address(PortWindow), 0, 0x1_0000,
            0x0200_0000, 0, (uint)MemoryWindow, .. description.Address(MemoryWindow), 0, 0x4000_0000,
        ];
        if (description.CanExpress(highWindow) && highWindow < 1UL << 56)
            cells.AddRange([0x0300_0000, (uint)(highWindow >> 32), (uint)highWindow, .. description.Address(highWindow), 4, 0]);
        return [.. cells];
    }
}
