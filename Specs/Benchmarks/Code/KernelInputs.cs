using System.Buffers.Binary;
using System.Text;

namespace Verification.Specs.Benchmarks.Code;

/// <summary>Memory that the kernels are given: the same bytes on every computer.</summary>
internal static class KernelInputs
{
    /// <summary>Bytes of a linear congruential generator.</summary>
    public static byte[] Random(int sizeBytes)
    {
        byte[] bytes = new byte[sizeBytes];
        ulong state = 2026;
        for (int index = 0; index < sizeBytes; index++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            bytes[index] = (byte)(state >> 56);
        }

        return bytes;
    }

    /// <summary>A bitmap whose first words are full and whose others are mostly so.</summary>
    public static byte[] Bitmap(int sizeBytes)
    {
        byte[] bytes = Random(sizeBytes);
        byte[] more = Random(2 * sizeBytes);
        for (int index = 0; index < sizeBytes; index++)
            bytes[index] = index < sizeBytes / 4 ? byte.MaxValue : (byte)(bytes[index] | more[sizeBytes + index]);
        return bytes;
    }

    /// <summary>Letters of a small alphabet, so that searches meet many beginnings.</summary>
    public static byte[] Text(int sizeBytes)
    {
        byte[] bytes = Random(sizeBytes);
        for (int index = 0; index < sizeBytes; index++) bytes[index] = (byte)('a' + (bytes[index] % 6));
        return bytes;
    }

    /// <summary>Lines "directory name"; the node of a line is 2 and its number.</summary>
    public static byte[] Directory()
    {
        StringBuilder text = new();
        string[] lines =
        [
            "1 bin", "1 dev", "1 etc", "1 usr", "1 home", "1 tmp", "1 lib",
            "2 sh", "2 ls", "2 cat", "2 echo", "2 grep", "2 init", "2 kill",
            "3 null", "3 zero", "3 console", "3 disk0", "3 disk1", "3 random",
            "4 passwd", "4 hostname", "4 network", "24 interfaces", "24 routes", "24 hosts",
            "5 share", "5 local", "28 doc", "28 man", "28 locale", "6 root", "6 guest",
        ];
        foreach (string line in lines) text.Append(line).Append('\n');
        byte[] bytes = new byte[8192];
        Encoding.ASCII.GetBytes(text.ToString(), bytes);
        return bytes;
    }

    /// <summary>A flattened devicetree (version 17) of eight harts, two banks of memory and some devices.</summary>
    public static byte[] Devicetree()
    {
        BlobWriter tree = new();
        tree.Begin("");
        tree.Property("#address-cells", 2);
        tree.Property("#size-cells", 2);
        tree.Property("compatible", "riscv-virtio");
        tree.Begin("cpus");
        tree.Property("timebase-frequency", 10_000_000);
        for (uint hart = 0; hart < 8; hart++)
        {
            tree.Begin($"cpu@{hart}");
            tree.Property("device_type", "cpu");
            tree.Property("reg", hart);
            tree.Property("riscv,isa", "rv64imafdc_zicsr_zifencei");
            tree.Property("mmu-type", "riscv,sv57");
            tree.Begin("interrupt-controller");
            tree.Property("#interrupt-cells", 1);
            tree.Property("phandle", hart + 1);
            tree.End();
            tree.End();
        }

        tree.End();
        tree.Begin("memory@80000000");
        tree.Property("device_type", "memory");
        tree.Property("reg", 0, 0x80000000, 0, 0x8000000);
        tree.End();
        tree.Begin("memory@100000000");
        tree.Property("device_type", "memory");
        tree.Property("reg", 1, 0, 2, 0x40000000, 4, 0, 1, 0x10000000);
        tree.End();
        tree.Begin("soc");
        for (uint device = 0; device < 8; device++)
        {
            tree.Begin($"virtio_mmio@{0x10001000 + (device * 0x1000):x}");
            tree.Property("compatible", "virtio,mmio");
            tree.Property("interrupts", device + 1);
            tree.Property("reg", 0, 0x10001000 + (device * 0x1000), 0, 0x1000);
            tree.End();
        }

        tree.End();
        tree.End();
        return tree.Finish();
    }

    private sealed class BlobWriter
    {
        private const int HeaderBytes = 56;

        private readonly List<byte> _structure = [];
        private readonly List<byte> _strings = [];
        private readonly Dictionary<string, int> _names = [];

        public void Begin(string name)
        {
            Word(1);
            Text(_structure, name);
        }

        public void End() => Word(2);

        public void Property(string name, string text)
        {
            Head(name, text.Length + 1);
            Text(_structure, text);
        }

        public void Property(string name, params uint[] cells)
        {
            Head(name, 4 * cells.Length);
            foreach (uint cell in cells) Word(cell);
        }

        public byte[] Finish()
        {
            Word(9);
            byte[] blob = new byte[(HeaderBytes + _structure.Count + _strings.Count + 7) & ~7];
            uint[] header =
            [
                0xd00dfeed, (uint)blob.Length, HeaderBytes, (uint)(HeaderBytes + _structure.Count), 40, 17, 16, 0,
                (uint)_strings.Count, (uint)_structure.Count,
            ];
            for (int index = 0; index < header.Length; index++) BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(4 * index), header[index]);
            _structure.CopyTo(blob, HeaderBytes);
            _strings.CopyTo(blob, HeaderBytes + _structure.Count);
            return blob;
        }

        private void Head(string name, int length)
        {
            if (!_names.TryGetValue(name, out int offset))
            {
                offset = _strings.Count;
                _names.Add(name, offset);
                foreach (byte value in Encoding.ASCII.GetBytes(name)) _strings.Add(value);
                _strings.Add(0);
            }

            Word(3);
            Word((uint)length);
            Word((uint)offset);
        }

        private void Word(uint value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            foreach (byte part in bytes) _structure.Add(part);
        }

        private static void Text(List<byte> bytes, string text)
        {
            bytes.AddRange(Encoding.ASCII.GetBytes(text));
            do bytes.Add(0);
            while (bytes.Count % 4 != 0);
        }
    }
}
