using System.Buffers;
using System.Buffers.Binary;

namespace Verification.Machine.Devicetree;

/// <summary>A byte array that grows while a blob's block is written into it, big-endian.</summary>
internal sealed class GrowingBytes : IDisposable
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(8192);

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Count);

    public void Add(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    public void Add(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);

    public void Add(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    /// <summary>Adds Latin-1 characters and a NUL.</summary>
    public void AddName(string name)
    {
        var target = Reserve(name.Length + 1);
        for (var i = 0; i < name.Length; i++) target[i] = (byte)name[i];
        target[name.Length] = 0;
    }

    public void AddZeros(int count) => Reserve(count).Clear();

    public void Align(int alignment) => AddZeros(-Count & (alignment - 1));

    /// <summary>Adds a whole block at its alignment and answers where it begins.</summary>
    public int Append(GrowingBytes block, int alignment)
    {
        Align(alignment);
        var start = Count;
        Add(block.Written);
        return start;
    }

    /// <summary>Gives the array to the next.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
    }

    private Span<byte> Reserve(int count)
    {
        var start = Count;
        Count = checked(start + count);
        if (Count > bytes.Length) Grow(start);
        return bytes.AsSpan(start, count);
    }

    private void Grow(int used)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Count, (int)Math.Min(2L * bytes.Length, Array.MaxLength)));
        bytes.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
