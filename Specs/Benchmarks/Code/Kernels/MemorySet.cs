namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>Sets blocks to a byte: single bytes up to a word's boundary, words, single bytes.</summary>
internal static unsafe class MemorySet
{
    public static ulong Run(byte* memory, int sizeBytes)
    {
        int start = 0;
        for (int length = 1; length < 200; length += 7)
        {
            Set(memory + start, (byte)length, (nuint)length);
            start += length;
        }

        Set(memory + start, 0, (nuint)(sizeBytes / 2));
        return (ulong)start;
    }

    private static void Set(byte* destination, byte value, nuint sizeBytes)
    {
        byte* end = destination + sizeBytes;
        while (destination < end && ((nuint)destination & 7) != 0) *destination++ = value;
        ulong word = value * 0x0101_0101_0101_0101UL;
        for (; end - destination >= 8; destination += 8) *(ulong*)destination = word;
        while (destination < end) *destination++ = value;
    }
}
