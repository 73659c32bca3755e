using System.Buffers.Binary;
using System.Text;
using Verification.Machine.Memory;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// Tells firmware about the machine: QEMU's <c>fw_cfg</c> device (QEMU documentation, docs/specs/fw_cfg), memory-mapped,
/// with the DMA interface.
/// </summary>
/// <remarks>
/// Registers: data at 0 (1 to 8 bytes), selector at 8 (2 bytes, big-endian), DMA address at 16 (8 bytes, big-endian).
/// Not modelled: items that the guest may write; kernel, command line and ramdisk as items, which QEMU adds where flash starts
/// the machine.
/// </remarks>
public sealed class FirmwareConfiguration : IDevice
{
    private const ulong SelectorOffset = 8, DmaOffset = 16;
    private const uint DmaError = 1, DmaRead = 2, DmaSkip = 4, DmaSelect = 8, DmaWrite = 16;

    private readonly PhysicalMemory _memory;
    private const ushort WriteChannel = 0x4000, FirstFile = 0x20;

    // The files that QEMU's riscv64 board has without any option: no disk geometry, no boot order, no waiting for a failed boot.
    private static readonly (string Name, byte[] Content)[] Files =
        [("bios-geometry", []), ("bootorder", []), ("etc/boot-fail-wait", [0xff, 0xff, 0xff, 0xff])];

    private readonly Dictionary<ushort, byte[]> _items;
    private ushort _selected;
    private ulong _position;
    private uint _dmaAddressHigh;

    /// <summary>A device at <paramref name="baseAddress"/> of a machine with that many harts.</summary>
    public FirmwareConfiguration(ulong baseAddress, PhysicalMemory memory, int hartCount)
    {
        Range = new AddressRange(baseAddress, 0x18);
        _memory = memory;
        _items = new()
        {
            [0x00] = Encoding.ASCII.GetBytes("QEMU"),
            [0x01] = Number(3, 4), // the interface has DMA
            [0x02] = new byte[16],
            [0x04] = Number(1, 2), // no graphics
            [0x05] = Number((ulong)hartCount, 2),
            [0x0e] = Number(0, 2),
            [0x19] = Directory(),
        };
        for (var i = 0; i < Files.Length; i++) _items[(ushort)(FirstFile + i)] = Files[i].Content;
    }

    /// <inheritdoc/>
    public string Name => "fw_cfg";

    /// <inheritdoc/>
    public AddressRange Range { get; }

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        value = 0;
        switch (offset)
        {
            case 0:
                // Bytes keep their order in memory, whatever the width.
                for (var i = 0; i < sizeBytes; i++) value |= (ulong)Next() << i * 8;
                return true;
            case >= DmaOffset:
                var signature = BinaryPrimitives.ReadUInt64LittleEndian("QEMU CFG"u8);
                value = signature >> (int)(offset - DmaOffset) * 8 & (ulong.MaxValue >> (64 - sizeBytes * 8));
                return true;
            default: return false;
        }
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        switch (offset)
        {
            case 0: return true;
            case SelectorOffset when sizeBytes == 2:
                Select(BinaryPrimitives.ReverseEndianness((ushort)value));
                return true;
            case DmaOffset when sizeBytes == 8:
                Transact(BinaryPrimitives.ReverseEndianness(value));
                return true;
            case DmaOffset when sizeBytes == 4:
                _dmaAddressHigh = BinaryPrimitives.ReverseEndianness((uint)value);
                return true;
            case DmaOffset + 4 when sizeBytes == 4:
                Transact((ulong)_dmaAddressHigh << 32 | BinaryPrimitives.ReverseEndianness((uint)value));
                _dmaAddressHigh = 0;
                return true;
            default: return false;
        }
    }

    /// <inheritdoc/>
    public void Describe(BoardDescription description) => description.Root.Add($"fw-cfg@{Range.BaseAddress:x}")
        .Set("dma-coherent")
        .Set("reg", description.Registers(Range))
        .Set("compatible", "qemu,fw-cfg-mmio");

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _selected);
        transfer.Value(ref _position);
        transfer.Value(ref _dmaAddressHigh);
    }

    private void Select(ushort key)
    {
        _selected = (ushort)(key & ~WriteChannel);
        _position = 0;
    }

    private byte Next()
    {
        var item = _items.GetValueOrDefault(_selected, []);
        return _position < (ulong)item.Length ? item[_position++] : (byte)0;
    }

    /// <summary>Does what the 16 bytes at <paramref name="address"/> ask for: control, length, address.</summary>
    private void Transact(ulong address)
    {
        Span<byte> request = stackalloc byte[16];
        if (!_memory.TryRead(address, request)) return;
        var control = BinaryPrimitives.ReadUInt32BigEndian(request);
        var lengthBytes = BinaryPrimitives.ReadUInt32BigEndian(request[4..]);
        var target = BinaryPrimitives.ReadUInt64BigEndian(request[8..]);
        if ((control & DmaSelect) != 0) Select((ushort)(control >> 16));
        var fails = false;
        if ((control & DmaRead) != 0) fails = !Copy(target, lengthBytes);
        else if ((control & DmaWrite) != 0) fails = true;
        else if ((control & DmaSkip) != 0) _position += lengthBytes;
        BinaryPrimitives.WriteUInt32BigEndian(request, fails ? DmaError : 0);
        _memory.TryWrite(address, request[..4]);
    }

    private bool Copy(ulong target, uint lengthBytes)
    {
        if (!_memory.Contains(target, lengthBytes)) return false;
        Span<byte> piece = stackalloc byte[512];
        while (lengthBytes > 0)
        {
            var part = piece[..(int)Math.Min(lengthBytes, (uint)piece.Length)];
            for (var i = 0; i < part.Length; i++) part[i] = Next();
            if (!_memory.TryWrite(target, part)) return false;
            target += (ulong)part.Length;
            lengthBytes -= (uint)part.Length;
        }
        return true;
    }

    /// <summary>A count, then size, key and name of each file in 64 bytes; numbers are big-endian.</summary>
    private static byte[] Directory()
    {
        var directory = new byte[4 + Files.Length * 64];
        BinaryPrimitives.WriteInt32BigEndian(directory, Files.Length);
        for (var i = 0; i < Files.Length; i++)
        {
            var entry = directory.AsSpan(4 + i * 64, 64);
            BinaryPrimitives.WriteInt32BigEndian(entry, Files[i].Content.Length);
            BinaryPrimitives.WriteInt16BigEndian(entry[4..], (short)(FirstFile + i));
            Encoding.ASCII.GetBytes(Files[i].Name, entry[8..]);
        }
        return directory;
    }

    private static byte[] Number(ulong value, int sizeBytes)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..sizeBytes];
    }
}
