namespace Verification.Machine.Devices;

/// <summary>A network card on a cable that leads back to it: Virtual I/O Device specification 1.2, section 5.1.</summary>
/// <remarks>
/// Each frame sent is received again, if the driver has lent a large enough buffer; otherwise it is lost, as on a wire.
/// Not modelled: offloads, the control queue, several queue pairs, announcements.
/// </remarks>
public sealed class VirtioNet : VirtioFunction
{
    private const int Receive = 0, Transmit = 1;
    private const int FrameBytesMaximum = 65_550;
    private const ulong MacFeature = 1 << 5, StatusFeature = 1 << 16;

    // The first address that QEMU gives to a card.
    private static readonly byte[] Configuration = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 1, 0];

    /// <inheritdoc/>
    public override string Name => "virtio-net-device";

    /// <inheritdoc/>
    public override uint DeviceId => 1;

    /// <inheritdoc/>
    public override int QueueCount => 2;

    /// <inheritdoc/>
    public override ulong Features => MacFeature | StatusFeature;

    /// <inheritdoc/>
    public override byte ReadConfiguration(int offset) => offset < Configuration.Length ? Configuration[offset] : (byte)0;

    /// <inheritdoc/>
    public override void Notified(int queue)
    {
        if (queue == Transmit) Slot.Serve(Transmit, Loop, () => true);
    }

    /// <summary>5.1.6: the header has a count of buffers at its end, save for legacy drivers.</summary>
    private int HeaderBytes => Slot.IsModern ? 12 : 10;

    private uint Loop(VirtioChain sent)
    {
        if (sent.ReadableBytes < (ulong)HeaderBytes || sent.ReadableBytes > FrameBytesMaximum)
            throw new VirtioBrokenException("a frame is shorter than its header, or absurdly long");
        var frame = new byte[sent.ReadableBytes];
        sent.Read(Memory, 0, frame);
        frame.AsSpan(0, HeaderBytes).Clear();
        if (Slot.IsModern) frame[10] = 1;
        var waiting = true;
        Slot.Serve(Receive, received =>
        {
            waiting = false;
            if (received.WritableBytes < (ulong)frame.Length) return 0;
            received.Write(Memory, 0, frame);
            return (uint)frame.Length;
        }, () => waiting);
        return 0;
    }
}
