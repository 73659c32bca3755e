using System.Runtime.InteropServices;

namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>Copies blocks word by word, and what is left byte by byte.</summary>
internal static unsafe class MemoryCopy
{
    public static ulong Run(byte* memory, int sizeBytes)
    {
        Span<byte> bytes = new(memory, sizeBytes);
        Span<byte> destination = bytes[(sizeBytes / 2)..];
        int total = 0;
        for (int length = 0; length < 200; length += 7)
        {
            Copy(bytes.Slice(length * 8, length), destination[total..]);
            total += (length + 7) & ~7;
        }

        Copy(bytes[..4096], destination[total..]);
        return (ulong)total;
    }

    private static void Copy(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        ReadOnlySpan<ulong> from = MemoryMarshal.Cast<byte, ulong>(source);
        Span<ulong> to = MemoryMarshal.Cast<byte, ulong>(destination);
        for (int index = 0; index < from.Length; index++) to[index] = from[index];
        for (int index = from.Length * 8; index < source.Length; index++) destination[index] = source[index];
    }
}
