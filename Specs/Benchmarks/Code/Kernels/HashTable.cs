using System.Runtime.InteropServices;

namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>A table from page numbers to frames: open addressing, linear probing, removal by moving entries back.</summary>
internal static unsafe class HashTable
{
    private struct Entry
    {
        public ulong Key;
        public ulong Value;
    }

    private ref struct Table(Span<Entry> entries)
    {
        private readonly Span<Entry> _entries = entries;

        public int Count { get; private set; }

        public bool TryAdd(ulong key, ulong value)
        {
            int mask = _entries.Length - 1;
            for (int index = Home(key) & mask; ; index = (index + 1) & mask)
            {
                ref Entry entry = ref _entries[index];
                if (entry.Key == key) return false;
                if (entry.Key != 0) continue;
                entry.Key = key;
                entry.Value = value;
                Count++;
                return true;
            }
        }

        public readonly bool TryFind(ulong key, out ulong value)
        {
            int mask = _entries.Length - 1;
            for (int index = Home(key) & mask; _entries[index].Key != 0; index = (index + 1) & mask)
            {
                if (_entries[index].Key != key) continue;
                value = _entries[index].Value;
                return true;
            }

            value = 0;
            return false;
        }

        public bool Remove(ulong key)
        {
            int mask = _entries.Length - 1;
            int hole = Home(key) & mask;
            while (_entries[hole].Key != key)
            {
                if (_entries[hole].Key == 0) return false;
                hole = (hole + 1) & mask;
            }

            for (int next = (hole + 1) & mask; _entries[next].Key != 0; next = (next + 1) & mask)
            {
                int home = Home(_entries[next].Key) & mask;
                if (((next - home) & mask) < ((next - hole) & mask)) continue;
                _entries[hole] = _entries[next];
                hole = next;
            }

            _entries[hole] = default;
            Count--;
            return true;
        }

        private static int Home(ulong key) => (int)((key * 0x9e3779b97f4a7c15) >> 48);
    }

    public static ulong Run(byte* memory, int sizeBytes)
    {
        Span<byte> bytes = new(memory, sizeBytes);
        Table table = new(MemoryMarshal.Cast<byte, Entry>(bytes));
        ulong result = 0;
        for (ulong page = 1; page <= 300; page++) table.TryAdd(page * 4096, page);
        for (ulong page = 1; page <= 400; page++)
        {
            if (table.TryFind(page * 4096, out ulong frame)) result += frame * page;
        }

        for (ulong page = 3; page <= 400; page += 3)
        {
            if (table.Remove(page * 4096)) result += page;
        }

        return (result << 16) + (ulong)table.Count;
    }
}
