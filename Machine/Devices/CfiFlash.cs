using System.Buffers.Binary;
using System.Numerics;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// A bank of NOR flash that knows Intel's command set: JEDEC JESD68.01 (Common Flash Interface) and JEP137 command set 1,
/// Intel StrataFlash P30 data sheet. Two 16-bit chips side by side make the 32-bit bus, as on QEMU's virt board.
/// </summary>
/// <remarks>
/// Commands: read array (ff), read identifier (90), query (98), read and clear status (70, 50), program word (10, 40),
/// write to buffer (e8), erase block (20 d0), lock and unlock (60, accepted).
/// Not modelled: block locks, suspension, the time that programming and erasing take.
/// </remarks>
public sealed class CfiFlash : IDevice
{
    private const uint SectorBytes = 256 << 10, BufferBytes = 2048;
    private const uint Ready = 0x0080_0080;
    private const byte ReadArray = 0xff, ReadStatus = 0x70, ReadIdentifier = 0x90, Query = 0x98;
    private const byte Program = 0x40, WriteBuffer = 0xe8, FillBuffer = 0xe9, Erase = 0x20, Lock = 0x60;

    private readonly CopyOnWriteImage _content;
    private byte _mode = ReadArray;
    private uint _remainingWords;

    /// <summary>A bank at <paramref name="baseAddress"/> with an initial content of at most <paramref name="sizeBytes"/>.</summary>
    public CfiFlash(string name, ulong baseAddress, ulong sizeBytes, ReadOnlyMemory<byte> content)
    {
        if ((ulong)content.Length > sizeBytes)
            throw new ArgumentException($"{content.Length} bytes do not fit the {sizeBytes} bytes of a flash bank.");
        (Name, Range) = (name, new AddressRange(baseAddress, sizeBytes));
        _content = new CopyOnWriteImage(content, sizeBytes);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public AddressRange Range { get; }

    /// <summary>A copy of what it holds now.</summary>
    public byte[] CopyContent() => _content.ToArray();

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        if (_mode == ReadArray)
        {
            Span<byte> bytes = stackalloc byte[8];
            bytes.Clear();
            _content.Read(offset, bytes[..sizeBytes]);
            value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            return true;
        }
        // Both chips answer alike; a chip's bytes are 4 addresses apart on the 32-bit bus.
        uint word = _mode switch
        {
            ReadIdentifier => (offset / 4 & 0xff) switch { 0 => 0x89u, 1 => 0x18u, _ => 0u },
            Query => QueryByte((int)(offset / 4 & 0xff)),
            _ => Ready & 0xff,
        };
        word |= word << 16;
        var wide = word | (ulong)word << 32;
        value = sizeBytes == 8 ? wide : (wide >> (int)(offset & 3) * 8) & (ulong.MaxValue >> (64 - sizeBytes * 8));
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        var command = (byte)value;
        switch (_mode)
        {
            case Program:
                ClearBits(offset, sizeBytes, value);
                _mode = ReadStatus;
                break;
            case WriteBuffer:
                // The number of words less one.
                _remainingWords = Math.Min((uint)(value & 0xffff) + 1, BufferBytes / 4);
                _mode = FillBuffer;
                break;
            case FillBuffer when _remainingWords > 0:
                ClearBits(offset, sizeBytes, value);
                _remainingWords--;
                break;
            case FillBuffer or Lock:
                _mode = ReadStatus;
                break;
            case Erase:
                if (command == 0xd0) EraseSector(offset);
                _mode = ReadStatus;
                break;
            default:
                _mode = command switch
                {
                    ReadStatus or ReadIdentifier or Query or WriteBuffer or Erase or Lock => command,
                    0x10 or Program => Program,
                    0x50 => _mode,
                    _ => ReadArray,
                };
                break;
        }
        return true;
    }

    /// <summary>Adds a node, or its range to the node of the bank before: all banks are one flash.</summary>
    public void Describe(BoardDescription description)
    {
        var registers = description.Registers(Range);
        if (description.Root.Children.FirstOrDefault(child => child.GenericName == "flash") is { } node)
        {
            node.Set("reg", [.. node.Cells("reg")!, .. registers]);
            return;
        }
        description.Root.Add($"flash@{Range.BaseAddress:x}")
            .Set("bank-width", 4u)
            .Set("reg", registers)
            .Set("compatible", "cfi-flash");
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _mode);
        transfer.Value(ref _remainingWords);
        _content.Transfer(transfer);
    }

    /// <summary>Programming can only clear bits.</summary>
    private void ClearBits(ulong offset, int sizeBytes, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        _content.Read(offset, bytes[..sizeBytes]);
        for (var i = 0; i < sizeBytes; i++) bytes[i] &= (byte)(value >> i * 8);
        _content.Write(offset, bytes[..sizeBytes]);
    }

    private void EraseSector(ulong offset)
    {
        var ones = new byte[SectorBytes];
        ones.AsSpan().Fill(0xff);
        _content.Write(offset / SectorBytes * SectorBytes, ones);
    }

    /// <summary>The query table (JESD68.01, section 2.3), as one chip holds it.</summary>
    private uint QueryByte(int index)
    {
        var chipBytes = Range.SizeBytes / 2;
        var sectors = (uint)(Range.SizeBytes / SectorBytes) - 1;
        const uint chipSector = SectorBytes / 2;
        return index switch
        {
            0x10 => 'Q',
            0x11 => 'R',
            0x12 => 'Y',
            0x13 => 1, // the Intel extended command set
            0x15 => 0x31, // where its table is
            0x1b => 0x45, // 4.5 V to 5.5 V
            0x1c => 0x55,
            0x1f or 0x20 or 0x21 => 7, // typical times, as powers of two
            0x23 or 0x24 or 0x25 => 4, // longest times, as multiples of these
            0x27 => (uint)BitOperations.Log2(chipBytes),
            0x28 => 2, // 8 and 16 bits wide
            0x2a => (uint)BitOperations.Log2(BufferBytes / 2),
            0x2c => 1, // one region of equal sectors: their number less one, their size / 256
            0x2d => sectors & 0xff,
            0x2e => sectors >> 8,
            0x2f => chipSector >> 8 & 0xff,
            0x30 => chipSector >> 16,
            0x31 => 'P',
            0x32 => 'R',
            0x33 => 'I',
            0x34 => '1',
            0x35 => '0',
            _ => 0u,
        };
    }
}
