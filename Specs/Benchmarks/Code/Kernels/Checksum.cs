using System.Runtime.InteropServices;

namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>The Internet checksum (RFC 1071) of packets of several lengths.</summary>
internal static unsafe class Checksum
{
    public static ulong Run(byte* memory, int sizeBytes)
    {
        ReadOnlySpan<byte> bytes = new(memory, sizeBytes);
        ulong result = 0;
        for (int length = 20; length < 1500; length += 97) result = (result * 31) + Of(bytes.Slice(length & ~1, length));
        return result;
    }

    private static ushort Of(ReadOnlySpan<byte> packet)
    {
        uint sum = 0;
        foreach (ushort word in MemoryMarshal.Cast<byte, ushort>(packet)) sum += word;
        if ((packet.Length & 1) != 0) sum += packet[^1];
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
