using Verification.Machine.State;

namespace Verification.Machine.Devices;

/// <summary>
/// What a disk or a flash bank holds: an initial content that all machines share, and the blocks that this machine has
/// changed since. Behind the initial content there are zeros up to the size.
/// </summary>
/// <param name="initial">The initial content.</param>
/// <param name="sizeBytes">The size; at least that of the initial content.</param>
public sealed class CopyOnWriteImage(ReadOnlyMemory<byte> initial, ulong sizeBytes) : IStateful
{
    private const int BlockBytes = 4096;

    // What every block of zeros is, so that a disk can be cleared at no cost; never written.
    private static readonly byte[] Zeros = new byte[BlockBytes];

    // Sorted, so that the state's order is not that of the writes.
    private readonly SortedDictionary<ulong, byte[]> _changed = [];

    /// <summary>Its size.</summary>
    public ulong SizeBytes => sizeBytes;

    /// <summary>Whether these bytes lie inside.</summary>
    public bool Contains(ulong offset, ulong lengthBytes) => offset <= sizeBytes && lengthBytes <= sizeBytes - offset;

    /// <summary>All of it, as it is now.</summary>
    public byte[] ToArray()
    {
        var all = new byte[sizeBytes];
        Read(0, all);
        return all;
    }

    /// <summary>Reads; the bytes must lie inside.</summary>
    public void Read(ulong offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var at = (int)(offset % BlockBytes);
            var part = destination[..Math.Min(destination.Length, BlockBytes - at)];
            if (_changed.TryGetValue(offset / BlockBytes, out var block)) block.AsSpan(at, part.Length).CopyTo(part);
            else ReadInitial(offset, part);
            destination = destination[part.Length..];
            offset += (ulong)part.Length;
        }
    }

    /// <summary>Writes; the bytes must lie inside.</summary>
    public void Write(ulong offset, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            var at = (int)(offset % BlockBytes);
            var part = source[..Math.Min(source.Length, BlockBytes - at)];
            if (!_changed.TryGetValue(offset / BlockBytes, out var block) || block == Zeros)
            {
                var isCleared = block is not null;
                _changed[offset / BlockBytes] = block = new byte[BlockBytes];
                if (!isCleared) ReadInitial(offset / BlockBytes * BlockBytes, block);
            }
            part.CopyTo(block.AsSpan(at));
            source = source[part.Length..];
            offset += (ulong)part.Length;
        }
    }

    /// <summary>Writes zeros; the bytes must lie inside.</summary>
    public void Clear(ulong offset, ulong lengthBytes)
    {
        while (lengthBytes > 0)
        {
            var at = offset % BlockBytes;
            var part = Math.Min(lengthBytes, BlockBytes - at);
            if (part == BlockBytes) _changed[offset / BlockBytes] = Zeros;
            else Write(offset, Zeros.AsSpan(0, (int)part));
            offset += part;
            lengthBytes -= part;
        }
    }

    /// <inheritdoc/>
    public void Transfer(StateTransfer transfer)
    {
        var count = _changed.Count;
        transfer.Value(ref count);
        if (!transfer.IsRestoring)
        {
            foreach (var (index, block) in _changed)
            {
                var (number, isCleared) = (index, block == Zeros);
                transfer.Value(ref number);
                transfer.Value(ref isCleared);
                if (!isCleared) transfer.Bytes(block);
            }
            return;
        }
        _changed.Clear();
        for (var i = 0; i < count; i++)
        {
            var (index, isCleared) = (0UL, false);
            transfer.Value(ref index);
            transfer.Value(ref isCleared);
            var block = isCleared ? Zeros : new byte[BlockBytes];
            if (!isCleared) transfer.Bytes(block);
            _changed[index] = block;
        }
    }

    private void ReadInitial(ulong offset, Span<byte> destination)
    {
        destination.Clear();
        if (offset >= (ulong)initial.Length) return;
        var available = initial.Span[(int)offset..];
        available[..Math.Min(available.Length, destination.Length)].CopyTo(destination);
    }
}
