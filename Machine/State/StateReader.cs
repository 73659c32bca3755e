namespace Verification.Machine.State;

/// <summary>Writes the bytes of a snapshot back into the parts, in the order in which they were saved.</summary>
/// <param name="saved">What a <see cref="StateWriter"/> wrote.</param>
public sealed class StateReader(byte[] saved) : StateTransfer
{
    private int _position;

    /// <inheritdoc/>
    public override bool IsRestoring => true;

    /// <summary>True when every saved byte has been read: parts that disagree on their fields are found by this.</summary>
    public bool IsAtEnd => _position == saved.Length;

    /// <inheritdoc/>
    public override void Bytes(Span<byte> bytes)
    {
        if (_position + bytes.Length > saved.Length)
            throw new InvalidOperationException("The snapshot ends before the machine's state does: it is another machine's.");
        saved.AsSpan(_position, bytes.Length).CopyTo(bytes);
        _position += bytes.Length;
    }
}
