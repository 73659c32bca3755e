using System.Buffers.Binary;

namespace Verification.Machine.Devices;

/// <summary>A source of random bytes: Virtual I/O Device specification 1.2, section 5.4.</summary>
/// <remarks>
/// Its bytes come from the run's stream of choices, so that a replay draws the same. A request is served in part where it
/// is longer than 4 KiB, which the specification allows. Not modelled: nothing.
/// </remarks>
/// <param name="randomWord">Draws a word.</param>
public sealed class VirtioEntropy(Func<ulong> randomWord) : VirtioFunction
{
    private const ulong PortionBytes = 4096;

    /// <inheritdoc/>
    public override string Name => "virtio-rng-device";

    /// <inheritdoc/>
    public override uint DeviceId => 4;

    /// <inheritdoc/>
    public override int QueueCount => 1;

    /// <inheritdoc/>
    public override void Notified(int queue) => Slot.Serve(queue, Fill, () => true);

    private uint Fill(VirtioChain chain)
    {
        var bytes = new byte[Math.Min(chain.WritableBytes, PortionBytes)];
        Span<byte> word = stackalloc byte[8];
        for (var at = 0; at < bytes.Length; at += word.Length)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, randomWord());
            word[..Math.Min(word.Length, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
        }
        chain.Write(Memory, 0, bytes);
        return (uint)bytes.Length;
    }
}
