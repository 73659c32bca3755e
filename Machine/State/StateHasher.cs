using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Verification.Machine.State;

/// <summary>Digests the state to 64 bits. The same on every host, since it reads little-endian words.</summary>
public sealed class StateHasher : StateTransfer
{
    private ulong _hash = 0x9E3779B97F4A7C15;

    /// <inheritdoc/>
    public override bool IsRestoring => false;

    /// <summary>The digest of everything that was transferred so far.</summary>
    public ulong Hash => Mix(_hash);

    /// <inheritdoc/>
    public override void Bytes(Span<byte> bytes) => _hash = Digest(_hash, bytes);

    /// <summary>Continues the digest <paramref name="seed"/> over <paramref name="bytes"/>.</summary>
    public static ulong Digest(ulong seed, ReadOnlySpan<byte> bytes)
    {
        // Four independent lanes keep the multiplier busy: a page costs some 400 ns.
        ulong a = seed, b = seed ^ 0x2545F4914F6CDD1D, c = seed ^ 0xD6E8FEB86659FD93, d = seed ^ 0xA0761D6478BD642F;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var at = 0;
        for (; at + 4 <= words.Length; at += 4)
        {
            a = Step(a, Little(words[at]));
            b = Step(b, Little(words[at + 1]));
            c = Step(c, Little(words[at + 2]));
            d = Step(d, Little(words[at + 3]));
        }
        for (; at < words.Length; at++) a = Step(a, Little(words[at]));
        foreach (var rest in bytes[(words.Length * 8)..]) b = Step(b, rest);
        return Step(Step(Step(a, b), c), d ^ (ulong)bytes.Length);
    }

    /// <summary>Spreads every bit of <paramref name="value"/> over the whole word (the finaliser of SplitMix64).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static ulong Step(ulong hash, ulong word)
    {
        hash = (hash ^ word) * 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 29);
    }

    private static ulong Little(ulong word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
}
