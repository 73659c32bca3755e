using System.Buffers.Binary;

namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>Walks a flattened devicetree: counts harts, adds up the memory that its nodes give.</summary>
internal static unsafe class DevicetreeWalk
{
    private const uint BeginNode = 1;
    private const uint EndNode = 2;
    private const uint Property = 3;
    private const uint Nop = 4;

    public static ulong Run(byte* memory, int sizeBytes)
    {
        ReadOnlySpan<byte> blob = new(memory, sizeBytes);
        ReadOnlySpan<byte> structure = blob[(int)Word(blob, 8)..];
        ReadOnlySpan<byte> strings = blob[(int)Word(blob, 12)..];
        Survey survey = default;
        int offset = 0;
        int depth = 0;
        bool isMemory = false;
        while (true)
        {
            uint token = Word(structure, offset);
            offset += 4;
            if (token == BeginNode)
            {
                ReadOnlySpan<byte> name = Text(structure[offset..]);
                offset = Align(offset + name.Length + 1);
                depth++;
                isMemory = depth == 2 && name.StartsWith("memory@"u8);
                if (name.StartsWith("cpu@"u8)) survey.Harts++;
            }
            else if (token == Property)
            {
                int length = (int)Word(structure, offset);
                ReadOnlySpan<byte> name = Text(strings[(int)Word(structure, offset + 4)..]);
                offset += 8;
                if (isMemory && name.SequenceEqual("reg"u8)) survey.Add(structure.Slice(offset, length));
                offset = Align(offset + length);
                survey.Properties++;
            }
            else if (token == EndNode)
            {
                depth--;
                isMemory = false;
            }
            else if (token != Nop)
            {
                break;
            }
        }

        return survey.MemoryBytes ^ ((ulong)survey.Harts << 48) ^ ((ulong)survey.Properties << 56) ^ survey.Lowest;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private static int Align(int offset) => (offset + 3) & ~3;

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        while (bytes[length] != 0) length++;
        return bytes[..length];
    }

    private struct Survey
    {
        public int Harts;
        public int Properties;
        public ulong MemoryBytes;
        public ulong Lowest;

        public void Add(ReadOnlySpan<byte> ranges)
        {
            for (; ranges.Length >= 16; ranges = ranges[16..])
            {
                ulong start = BinaryPrimitives.ReadUInt64BigEndian(ranges);
                MemoryBytes += BinaryPrimitives.ReadUInt64BigEndian(ranges[8..]);
                if (Lowest == 0 || start < Lowest) Lowest = start;
            }
        }
    }
}
