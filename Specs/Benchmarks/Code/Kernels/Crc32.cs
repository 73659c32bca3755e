using System.Runtime.InteropServices;

namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>The CRC-32 of ISO-HDLC, by a table of 256 words that is built first.</summary>
internal static unsafe class Crc32
{
    private const uint Polynomial = 0xedb88320;

    public static ulong Run(byte* memory, int sizeBytes)
    {
        Span<byte> bytes = new(memory, sizeBytes);
        Span<uint> table = MemoryMarshal.Cast<byte, uint>(bytes[..1024]);
        FillTable(table);
        return Update(0, bytes[1024..], table);
    }

    private static void FillTable(Span<uint> table)
    {
        for (int index = 0; index < table.Length; index++)
        {
            uint value = (uint)index;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            table[index] = value;
        }
    }

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes, ReadOnlySpan<uint> table)
    {
        crc = ~crc;
        foreach (byte value in bytes) crc = (crc >> 8) ^ table[(byte)(crc ^ value)];
        return ~crc;
    }
}
