using System.Buffers.Binary;
using System.Numerics;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// A bank of NOR flash that knows Intel's command set: JEDEC JESD68.01 (Common Flash Interface) and JEP137 command set 1,
/// Intel StrataFlash P30 data sheet. Two 16-bit chips side by side make the 32-bit bus, as on QEMU's virt board.
/// </summary>
/// <remarks>
/// Commands: read array (ff, f0), read identifier (90), query (98), read and clear status (70, 50), program word (10, 40),
/// write to buffer (e8), erase block (20 d0), lock and unlock (60, accepted). Harts can execute from it while it shows its
/// array. As on QEMU, a sector is erased by the first word of the command, and clearing the status clears the ready bit
/// too. The buffer takes what lies in the block of 2 KiB that the count was written to,
/// and is programmed by the confirmation.
/// Not modelled: block locks, suspension, the time that programming and erasing take. Programming clears bits and never
/// sets one, as the chips do and QEMU doesn't.
/// </remarks>
public sealed class CfiFlash : IDevice
{
    private const uint SectorBytes = 256 << 10, BufferBytes = 2048;
    private const byte Ready = 0x80, ProgramError = 0x10, Confirm = 0xd0;
    private const byte ShowArray = 0x00, ShowStatus = 0x70, ShowIdentifier = 0x90, Query = 0x98;
    private const byte Program = 0x40, AlternateProgram = 0x10, WriteBuffer = 0xe8, Erase = 0x20, ClearStatus = 0x50, Lock = 0x60;

    private readonly CopyOnWriteImage _content;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private byte _command = ShowArray, _status = Ready, _cycle;
    private ushort _remainingWrites;
    private ulong _bufferStart;

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
    public int WidestAccessBytes => 4;

    /// <inheritdoc/>
    public bool Read(ulong offset, int sizeBytes, out ulong value)
    {
        if (_command == ShowArray)
        {
            Span<byte> bytes = stackalloc byte[8];
            bytes.Clear();
            _content.Read(offset, bytes[..sizeBytes]);
            value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            return true;
        }
        // Each chip answers with 16 bits, both with the same; the chips' addresses are 4 apart on the bus.
        var word = _command switch
        {
            ShowIdentifier => (offset / 4 & 0xff) switch { 0 => 0x89u, 1 => 0x18u, _ => 0u },
            Query => QueryByte((int)Math.Min(offset / 4, int.MaxValue)),
            _ => _status,
        };
        value = (word | word << 16) & (uint.MaxValue >> (32 - sizeBytes * 8));
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ulong offset, int sizeBytes, ulong value)
    {
        var word = (byte)value;
        switch (_cycle, _command)
        {
            case (0, _): Begin(word, offset); break;
            case (1, Program or AlternateProgram):
                ClearBits(offset, sizeBytes, value);
                Finish();
                break;
            case (1, Erase) when word == Confirm: Finish(); break;
            case (1, Lock) when word is Confirm or 0x01: Finish(); break;
            case (1, WriteBuffer):
                // The number of writes to come, less one. What is not written stays as it is: ones clear nothing.
                _remainingWrites = (ushort)value;
                _bufferStart = offset & ~(ulong)(BufferBytes - 1);
                _buffer.AsSpan().Fill(0xff);
                _cycle = 2;
                break;
            case (1, Query) when word != 0xff: break;
            case (2, WriteBuffer):
                Buffer(offset, sizeBytes, value);
                _status |= Ready;
                if (_remainingWrites-- == 0) _cycle = 3;
                break;
            case (3, WriteBuffer) when word == Confirm && (_status & ProgramError) == 0:
                for (uint at = 0; at < BufferBytes; at += 8)
                    ClearBits(_bufferStart + at, 8, BinaryPrimitives.ReadUInt64LittleEndian(_buffer.AsSpan((int)at)));
                Finish();
                break;
            default: Show(ShowArray); break;
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
        transfer.Value(ref _command);
        transfer.Value(ref _status);
        transfer.Value(ref _cycle);
        transfer.Value(ref _remainingWrites);
        transfer.Value(ref _bufferStart);
        if (_cycle >= 2) transfer.Bytes(_buffer);
        _content.Transfer(transfer);
    }

    private void Begin(byte command, ulong offset)
    {
        switch (command)
        {
            case Program or AlternateProgram or Lock or Query: _cycle = 1; break;
            case ShowStatus or ShowIdentifier: break;
            case Erase:
                EraseSector(offset);
                goto case WriteBuffer;
            case WriteBuffer:
                _status |= Ready;
                _cycle = 1;
                break;
            case ClearStatus:
                _status = 0;
                command = ShowArray;
                break;
            default: command = ShowArray; break;
        }
        _command = command;
    }

    private void Buffer(ulong offset, int sizeBytes, ulong value)
    {
        if (offset < _bufferStart || offset + (ulong)sizeBytes > _bufferStart + BufferBytes)
        {
            _status |= ProgramError;
            return;
        }
        for (var i = 0; i < sizeBytes; i++) _buffer[offset - _bufferStart + (ulong)i] = (byte)(value >> i * 8);
    }

    // The chip goes on showing its status until it is told to show something else.
    private void Finish() => (_status, _cycle) = ((byte)(_status | Ready), 0);

    private void Show(byte what) => (_command, _cycle) = (what, 0);

    private void EraseSector(ulong offset)
    {
        Span<byte> ones = stackalloc byte[4096];
        ones.Fill(0xff);
        for (uint at = 0; at < SectorBytes; at += (uint)ones.Length)
            _content.Write(offset / SectorBytes * SectorBytes + at, ones);
    }

    /// <summary>Programming can only clear bits.</summary>
    private void ClearBits(ulong offset, int sizeBytes, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        _content.Read(offset, bytes[..sizeBytes]);
        for (var i = 0; i < sizeBytes; i++) bytes[i] &= (byte)(value >> i * 8);
        _content.Write(offset, bytes[..sizeBytes]);
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
            0x1f or 0x20 => 7, // typical times, as powers of two
            0x21 => 10,
            0x23 or 0x24 or 0x25 => 4, // longest times, as multiples of these
            0x27 => (uint)BitOperations.Log2(chipBytes),
            0x28 => 2, // 8 and 16 bits wide
            0x2a => (uint)BitOperations.Log2(BufferBytes),
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
            0x3f => 1, // one protection register
            _ => 0u,
        };
    }
}
