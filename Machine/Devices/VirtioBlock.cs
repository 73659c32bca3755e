using System.Buffers.Binary;
using System.Text;
using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>A disk: Virtual I/O Device specification 1.2, section 5.2.</summary>
/// <remarks>
/// Requests: read, write, flush and identify; any other one is answered as unsupported.
/// Not modelled: discard, write zeroes, secure erase, zones, several queues, topology, a write-through choice.
/// </remarks>
/// <param name="content">What the disk holds.</param>
public sealed class VirtioBlock(CopyOnWriteImage content) : VirtioFunction
{
    private const int SectorBytes = 512, HeaderBytes = 16, PieceBytes = 64 << 10;
    private const uint In = 0, Out = 1, Flush = 4, Identify = 8;
    private const byte Done = 0, Failed = 1, Unsupported = 2;

    /// <summary>A copy of what it holds now.</summary>
    public byte[] CopyContent() => content.ToArray();

    /// <inheritdoc/>
    public override string Name => "virtio-blk-device";

    /// <inheritdoc/>
    public override uint DeviceId => 2;

    /// <inheritdoc/>
    public override int QueueCount => 1;

    /// <summary>SEG_MAX, BLK_SIZE and FLUSH.</summary>
    public override ulong Features => 1 << 2 | 1 << 6 | 1 << 9;

    /// <inheritdoc/>
    public override byte ReadConfiguration(int offset)
    {
        Span<byte> space = stackalloc byte[60];
        space.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(space, content.SizeBytes / SectorBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(space[12..], VirtioQueue.SizeMaximum - 2);
        BinaryPrimitives.WriteUInt32LittleEndian(space[20..], SectorBytes);
        return offset < space.Length ? space[offset] : (byte)0;
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

    private (byte Status, ulong Written) Name20(VirtioChain chain, ulong roomBytes)
    {
        var name = new byte[20];
        Encoding.ASCII.GetBytes("virtio-disk", name);
        var written = Math.Min(roomBytes, (ulong)name.Length);
        chain.Write(Memory, 0, name.AsSpan(0, (int)written));
        return (Done, written);
    }
}
