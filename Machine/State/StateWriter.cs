namespace Verification.Machine.State;

/// <summary>Copies the state out, as the bytes of a snapshot.</summary>
public sealed class StateWriter : StateTransfer
{
    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <inheritdoc/>
    public override bool IsRestoring => false;

    /// <summary>What was written so far, as a copy.</summary>
    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    /// <inheritdoc/>
    public override void Bytes(Span<byte> bytes)
    {
        if (_length + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
