using System.Buffers.Binary;
using System.Text;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>A disk: Virtual I/O Device specification 1.2, section 5.2.</summary>
/// <remarks>
/// Requests: read, write, flush, identify, discard (accepted and without effect, as with QEMU's <c>discard=ignore</c>) and write
/// zeroes; any other one is answered as unsupported.
/// Not modelled: secure erase, zones, several queues, geometry, topology, a write-through choice.
/// </remarks>
/// <param name="content">What the disk holds.</param>
public sealed class VirtioBlock(CopyOnWriteImage content) : VirtioFunction
{
    private const int SectorBytes = 512, HeaderBytes = 16, PieceBytes = 64 << 10;
    private const int ConfigurationLength = 60, RangeBytes = 16;
    private const uint In = 0, Out = 1, Flush = 4, Identify = 8, Discard = 11, WriteZeroes = 13;
    private const uint RangeSectorsMaximum = 0x3f_ffff, Unmap = 1;
    private const byte Done = 0, Failed = 1, Unsupported = 2;

    /// <summary>A copy of what it holds now.</summary>
    public byte[] CopyContent() => content.ToArray();

    /// <inheritdoc/>
    public override string Name => "virtio-blk-device";

    /// <inheritdoc/>
    public override uint DeviceId => 2;

    /// <inheritdoc/>
    public override int QueueCount => 1;

    /// <summary>SEG_MAX, BLK_SIZE, FLUSH, DISCARD and WRITE_ZEROES.</summary>
    public override ulong Features => 1 << 2 | 1 << 6 | 1 << 9 | 1 << 13 | 1 << 14;

    /// <inheritdoc/>
    public override int ConfigurationBytes => ConfigurationLength;

    /// <inheritdoc/>
    public override byte ReadConfiguration(int offset)
    {
        Span<byte> space = stackalloc byte[ConfigurationLength];
        space.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(space, content.SizeBytes / SectorBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(space[12..], VirtioQueue.SizeMaximum - 2);
        BinaryPrimitives.WriteUInt32LittleEndian(space[20..], SectorBytes);
        // One range a request, of at most so many sectors, for discards (36) and for zeroes (48).
        foreach (var at in (ReadOnlySpan<int>)[36, 48])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(space[at..], RangeSectorsMaximum);
            BinaryPrimitives.WriteUInt32LittleEndian(space[(at + 4)..], 1);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(space[44..], 1);
        space[56] = 1;
        return space[offset];
    }

    /// <inheritdoc/>
    public override void Notified(int queue) => Slot.Serve(queue, Serve, () => true);

    /// <inheritdoc/>
    public override void Transfer(StateTransfer transfer) => content.Transfer(transfer);

    /// <summary>5.2.6: a header that is read, data either way, and a status byte at the very end of what is written.</summary>
    private uint Serve(VirtioChain chain)
    {
        var (readable, writable) = (chain.ReadableBytes, chain.WritableBytes);
        if (readable < HeaderBytes || writable < 1) throw new VirtioBrokenException("a disk request lacks its header or status");
        Span<byte> header = stackalloc byte[HeaderBytes];
        chain.Read(Memory, 0, header);
        var kind = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var sector = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        var (status, written) = kind switch
        {
            In => Move(chain, sector, writable - 1, write: false),
            Out => Move(chain, sector, readable - HeaderBytes, write: true),
            Flush => (Done, 0UL),
            Identify => Name20(chain, writable - 1),
            Discard or WriteZeroes => (ServeRange(chain, kind, readable - HeaderBytes), 0UL),
            _ => (Unsupported, 0UL),
        };
        chain.Write(Memory, writable - 1, [status]);
        return (uint)Math.Min(written + 1, uint.MaxValue);
    }

    private (byte Status, ulong Written) Move(VirtioChain chain, ulong sector, ulong lengthBytes, bool write)
    {
        if (lengthBytes % SectorBytes != 0 || sector > content.SizeBytes / SectorBytes
            || !content.Contains(sector * SectorBytes, lengthBytes))
            return (Failed, 0);
        var piece = new byte[Math.Min(lengthBytes, PieceBytes)];
        for (ulong at = 0; at < lengthBytes; at += (ulong)piece.Length)
        {
            var part = piece.AsSpan(0, (int)Math.Min((ulong)piece.Length, lengthBytes - at));
            if (write)
            {
                chain.Read(Memory, HeaderBytes + at, part);
                content.Write(sector * SectorBytes + at, part);
            }
            else
            {
                content.Read(sector * SectorBytes + at, part);
                chain.Write(Memory, at, part);
            }
        }
        return (Done, write ? 0 : lengthBytes);
    }

    /// <summary>5.2.6: first sector, number of sectors, flags.</summary>
    private byte ServeRange(VirtioChain chain, uint kind, ulong lengthBytes)
    {
        if (lengthBytes != RangeBytes) return lengthBytes < RangeBytes ? Failed : Unsupported;
        Span<byte> range = stackalloc byte[RangeBytes];
        chain.Read(Memory, HeaderBytes, range);
        var sector = BinaryPrimitives.ReadUInt64LittleEndian(range);
        var sectors = BinaryPrimitives.ReadUInt32LittleEndian(range[8..]);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(range[12..]);
        if ((flags & ~(kind == WriteZeroes ? Unmap : 0)) != 0) return Unsupported;
        if (sectors > RangeSectorsMaximum || sector > content.SizeBytes / SectorBytes
            || !content.Contains(sector * SectorBytes, (ulong)sectors * SectorBytes))
            return Failed;
        if (kind == WriteZeroes) content.Clear(sector * SectorBytes, (ulong)sectors * SectorBytes);
        return Done;
    }

    private (byte Status, ulong Written) Name20(VirtioChain chain, ulong roomBytes)
    {
        var name = new byte[20];
        Encoding.ASCII.GetBytes("virtio-disk", name);
        var written = Math.Min(roomBytes, (ulong)name.Length);
        chain.Write(Memory, 0, name.AsSpan(0, (int)written));
        return (Done, written);
    }
}
