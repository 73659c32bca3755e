using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>A second console: Virtual I/O Device specification 1.2, section 5.3.</summary>
/// <remarks>
/// Of what is sent the first 16 MiB are kept. Not modelled: several ports, the size of the window.
/// </remarks>
public sealed class VirtioConsole : VirtioFunction
{
    private const ulong ChainBytesMaximum = 1 << 20;
    private const int SentBytesMaximum = 16 << 20;
    private const ulong EmergencyWrite = 1 << 2;
    private const int EmergencyOffset = 8;

    private readonly List<byte> _sent = [];
    private readonly Queue<byte> _arrived = new();

    /// <inheritdoc/>
    public override string Name => "virtio-serial-device";

    /// <inheritdoc/>
    public override uint DeviceId => 3;

    /// <inheritdoc/>
    public override int QueueCount => 2;

    /// <inheritdoc/>
    public override ulong Features => EmergencyWrite;

    /// <summary>Columns, rows and number of ports, all unknown, and the register of emergency writes.</summary>
    public override int ConfigurationBytes => 12;

    /// <summary>A byte that is written here is sent at once, without a queue (5.3.4).</summary>
    public override void WriteConfiguration(int offset, byte value)
    {
        if (offset == EmergencyOffset) Keep([value]);
    }

    /// <summary>Every byte that was sent since power-on.</summary>
    public IReadOnlyList<byte> Sent => _sent;

    /// <summary>Bytes arrive from outside.</summary>
    public void Arrive(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) _arrived.Enqueue(value);
        Notified(0);
    }

    /// <inheritdoc/>
    public override void Notified(int queue)
    {
        if (queue == 0) Slot.Serve(0, Receive, () => _arrived.Count > 0);
        else Slot.Serve(1, Transmit, () => true);
    }

    /// <inheritdoc/>
    public override void Transfer(StateTransfer transfer)
    {
        transfer.List(_sent);
        transfer.Queue(_arrived);
    }

    private uint Receive(VirtioChain chain)
    {
        var bytes = new byte[Math.Min((ulong)_arrived.Count, chain.WritableBytes)];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = _arrived.Dequeue();
        chain.Write(Memory, 0, bytes);
        return (uint)bytes.Length;
    }

    private uint Transmit(VirtioChain chain)
    {
        if (chain.ReadableBytes > ChainBytesMaximum) throw new VirtioBrokenException("a console's buffer is absurdly long");
        var bytes = new byte[chain.ReadableBytes];
        chain.Read(Memory, 0, bytes);
        Keep(bytes);
        return 0;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes[..Math.Min(bytes.Length, SentBytesMaximum - _sent.Count)]) _sent.Add(value);
    }
}
