using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>A network card with a partner at the other end of its cable: Virtual I/O Device specification 1.2, section 5.1.</summary>
/// <remarks>
/// Frames for the driver wait until it has lent buffers; one that no buffer is large enough for is lost, and so is what comes
/// when too many wait. The host can be the partner too: it reads what was sent, and lets frames arrive.
/// Not modelled: offloads, the control queue, several queue pairs, announcements, merged buffers.
/// </remarks>
public sealed class VirtioNet : VirtioFunction, IAlarm
{
    /// <summary>Frames that wait for the driver, or for their time; further ones are lost.</summary>
    public const int WaitingFramesMaximum = 256;

    private const int Receive = 0, Transmit = 1;
    private const int FrameBytesMaximum = 65_550, SentBytesMaximum = 16 << 20;
    private const ulong MacFeature = 1 << 5, StatusFeature = 1 << 16;

    // The first address that QEMU gives to a card, and "the link is up".
    private static readonly byte[] Configuration = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 1, 0];

    private readonly NetworkPeer _peer;
    private readonly List<byte[]> _sent = [], _waiting = [];
    private readonly List<(ulong Tick, byte[] Frame)> _later = [];
    private int _sentBytes;
    private bool _isGreeted;

    /// <summary>A card; without a partner it hears itself.</summary>
    public VirtioNet(NetworkPeer? peer = null) => _peer = peer ?? new NetworkPeer.Echo();

    /// <inheritdoc/>
    public override string Name => "virtio-net-device";

    /// <inheritdoc/>
    public override uint DeviceId => 1;

    /// <inheritdoc/>
    public override int QueueCount => 2;

    /// <inheritdoc/>
    public override ulong Features => MacFeature | StatusFeature;

    /// <inheritdoc/>
    public override int ConfigurationBytes => Configuration.Length;

    /// <summary>Every frame that the driver sent, from the destination's address on: the first 16 MiB of them.</summary>
    public IReadOnlyList<byte[]> Sent => _sent;

    /// <inheritdoc/>
    public override byte ReadConfiguration(int offset) => Configuration[offset];

    /// <summary>A frame arrives, from the destination's address on.</summary>
    public void Arrive(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > FrameBytesMaximum || _waiting.Count >= WaitingFramesMaximum) return;
        _waiting.Add(frame.ToArray());
        Deliver();
    }

    /// <inheritdoc/>
    public override void Notified(int queue)
    {
        if (!_isGreeted) Greet();
        if (queue == Transmit) Slot.Serve(Transmit, Take, () => true);
        else Deliver();
    }

    /// <summary>Frames whose time has come arrive.</summary>
    public void Elapsed(ulong tick)
    {
        foreach (var (due, frame) in _later.ToArray())
            if (due <= tick) Arrive(frame);
        _later.RemoveAll(later => later.Tick <= tick);
        Wake();
    }

    /// <inheritdoc/>
    public override void Transfer(StateTransfer transfer)
    {
        TransferFrames(transfer, _sent);
        TransferFrames(transfer, _waiting);
        var later = _later.Select(frame => frame.Frame).ToList();
        var ticks = _later.Select(frame => frame.Tick).ToList();
        TransferFrames(transfer, later);
        transfer.List(ticks);
        transfer.Value(ref _sentBytes);
        transfer.Value(ref _isGreeted);
        if (!transfer.IsRestoring) return;
        _later.Clear();
        _later.AddRange(ticks.Zip(later));
        Wake();
    }

    /// <summary>5.1.6: the header has a count of buffers at its end, save for legacy drivers.</summary>
    private int HeaderBytes => Slot.IsModern ? 12 : 10;

    private uint Take(VirtioChain sent)
    {
        if (sent.ReadableBytes < (ulong)HeaderBytes || sent.ReadableBytes > FrameBytesMaximum)
            throw new VirtioBrokenException("a frame is shorter than its header, or absurdly long");
        var frame = new byte[sent.ReadableBytes - (ulong)HeaderBytes];
        sent.Read(Memory, (ulong)HeaderBytes, frame);
        if (_sentBytes + frame.Length <= SentBytesMaximum)
        {
            _sent.Add(frame);
            // A list's place counts as well, or empty frames would cost nothing.
            _sentBytes += frame.Length + 64;
        }
        if (_peer is NetworkPeer.Echo) Arrive(frame);
        else if (_peer is NetworkPeer.Scripted script)
            foreach (var exchange in script.Exchanges)
                if (!exchange.IsUnasked && exchange.Fits(frame)) Send(exchange);
        return 0;
    }

    private void Greet()
    {
        _isGreeted = true;
        if (_peer is not NetworkPeer.Scripted script) return;
        foreach (var exchange in script.Exchanges)
            if (exchange.IsUnasked) Send(exchange);
    }

    private void Send(NetworkExchange exchange)
    {
        if (exchange.DelayTicks == 0 || Clock is null) Arrive(exchange.Answer.AsSpan());
        else if (_later.Count < WaitingFramesMaximum)
        {
            _later.Add((Clock.Ticks + Math.Min(exchange.DelayTicks, ulong.MaxValue - Clock.Ticks), exchange.Answer.AsSpan().ToArray()));
            Wake();
        }
    }

    private void Wake() => Clock?.WakeAt(this, _later.Count == 0 ? ulong.MaxValue : _later.Min(later => later.Tick));

    private void Deliver() => Slot.Serve(Receive, chain =>
    {
        var frame = new byte[HeaderBytes + _waiting[0].Length];
        _waiting[0].CopyTo(frame, HeaderBytes);
        _waiting.RemoveAt(0);
        // The number of buffers: one.
        if (Slot.IsModern) frame[10] = 1;
        if (chain.WritableBytes < (ulong)frame.Length) return 0;
        chain.Write(Memory, 0, frame);
        return (uint)frame.Length;
    }, () => _waiting.Count > 0);

    private static void TransferFrames(StateTransfer transfer, List<byte[]> frames)
    {
        var count = frames.Count;
        transfer.Value(ref count);
        if (transfer.IsRestoring) frames.Clear();
        for (var i = 0; i < count; i++)
        {
            var length = transfer.IsRestoring ? 0 : frames[i].Length;
            transfer.Value(ref length);
            if (transfer.IsRestoring) frames.Add(new byte[length]);
            transfer.Bytes(frames[i]);
        }
    }
}
