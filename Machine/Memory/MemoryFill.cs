using System.Runtime.InteropServices;
using Verification.Machine.State;

namespace Verification.Machine.Memory;

/// <summary>
/// What memory holds before anything is stored. The content of a page is a pure function of the fill and the page's
/// number, so that it need not exist until it is touched.
/// </summary>
public readonly record struct MemoryFill
{
    private readonly ulong _seed;

    private MemoryFill(bool isNoise, ulong seed) => (IsNoise, _seed) = (isNoise, seed);

    /// <summary>Zeros, as QEMU has it.</summary>
    public static MemoryFill Zero => default;

    /// <summary>Pseudo-random bytes, as real memory has it after power-on.</summary>
    public static MemoryFill Noise(ulong seed) => new(true, seed);

    /// <summary>Whether this is <see cref="Noise"/>.</summary>
    public bool IsNoise { get; }

    /// <summary>What the noise follows from; 0 for zeros.</summary>
    public ulong Seed => _seed;

    /// <summary>Writes the initial content of a 4 KiB page.</summary>
    public void FillPage(ulong pageNumber, Span<byte> page)
    {
        if (!IsNoise)
        {
            page.Clear();
            return;
        }
        var state = State(pageNumber);
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(page))
        {
            var random = StateHasher.Mix(state += 0x9E3779B97F4A7C15);
            word = BitConverter.IsLittleEndian ? random : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(random);
        }
    }

    /// <summary>Whether this may be the initial content of a page: never false when it is.</summary>
    internal bool MayBegin(ulong pageNumber, ReadOnlySpan<byte> page)
    {
        if (!IsNoise) return !page.ContainsAnyExcept((byte)0);
        var first = StateHasher.Mix(State(pageNumber) + 0x9E3779B97F4A7C15);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(page) == first;
    }

    private ulong State(ulong pageNumber) => StateHasher.Mix(_seed + 0x9E3779B97F4A7C15) ^ StateHasher.Mix(pageNumber);

    /// <inheritdoc/>
    public override string ToString() => IsNoise ? $"noise:0x{_seed:x}" : "zero";
}
