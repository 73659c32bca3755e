namespace Verification.Specs.Benchmarks.Code.Kernels;

/// <summary>Looks paths up in a small tree of directories: splits at slashes, compares names, follows entries.</summary>
internal static unsafe class PathLookup
{
    private readonly struct DirectoryEntry(byte* name, int nameLength, ushort directory, ushort node)
    {
        private readonly byte* _name = name;
        private readonly int _nameLength = nameLength;

        public ushort Directory { get; } = directory;

        public ushort Node { get; } = node;

        public ReadOnlySpan<byte> Name => new(_name, _nameLength);
    }

    public static ulong Run(byte* memory, int sizeBytes)
    {
        int count = Fill(memory, new Span<DirectoryEntry>(memory + 2048, 64));
        ReadOnlySpan<DirectoryEntry> entries = new(memory + 2048, count);
        ulong result = (ulong)count;
        for (int round = 0; round < 10; round++)
        {
            result = (result * 31) + Find(entries, "/bin/init"u8);
            result = (result * 31) + Find(entries, "//dev//console"u8);
            result = (result * 31) + Find(entries, "/etc/network/hosts"u8);
            result = (result * 31) + Find(entries, "/usr/share/none"u8);
            result = (result * 31) + Find(entries, "/"u8);
        }

        // The entries hold addresses: what is left behind must not depend on where memory lies.
        new Span<DirectoryEntry>(memory + 2048, count).Clear();
        return result;
    }

    private static uint Find(ReadOnlySpan<DirectoryEntry> entries, ReadOnlySpan<byte> path)
    {
        ushort node = 1;
        while (NextName(ref path, out ReadOnlySpan<byte> name))
        {
            node = Find(entries, node, name);
            if (node == 0) return 0;
        }

        return node;
    }

    private static ushort Find(ReadOnlySpan<DirectoryEntry> entries, ushort directory, ReadOnlySpan<byte> name)
    {
        foreach (ref readonly DirectoryEntry entry in entries)
        {
            if (entry.Directory == directory && entry.Name.SequenceEqual(name)) return entry.Node;
        }

        return 0;
    }

    private static bool NextName(ref ReadOnlySpan<byte> path, out ReadOnlySpan<byte> name)
    {
        while (path.Length > 0 && path[0] == '/') path = path[1..];
        int length = 0;
        while (length < path.Length && path[length] != '/') length++;
        name = path[..length];
        path = path[length..];
        return length > 0;
    }

    // A text of lines "directory name" becomes entries; the node of a line is its number.
    private static int Fill(byte* text, Span<DirectoryEntry> entries)
    {
        int count = 0;
        while (*text != 0 && count < entries.Length)
        {
            ushort directory = 0;
            for (; *text != ' '; text++) directory = (ushort)((directory * 10) + (*text - '0'));
            byte* name = ++text;
            while (*text != '\n') text++;
            entries[count] = new DirectoryEntry(name, (int)(text - name), directory, (ushort)(count + 2));
            count++;
            text++;
        }

        return count;
    }
}
