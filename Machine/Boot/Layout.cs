using Verification.Machine.Devices;
using Verification.Machine.Images;
using Verification.Machine.Memory;

namespace Verification.Machine.Boot;

/// <summary>Puts things into memory and sees that none lies upon another.</summary>
/// <param name="memory">The machine's memory.</param>
internal sealed class Layout(PhysicalMemory memory)
{
    private const int ZeroPieceBytes = 64 << 10;

    private readonly List<(string Name, AddressRange Range)> _taken = [];

    /// <summary>The machine's banks.</summary>
    public IReadOnlyList<MemoryBank> Banks => memory.Banks;

    /// <summary>Loads an image's segments, the zeros behind their content included.</summary>
    public void Load(string name, KernelImage image)
    {
        foreach (var segment in image.Segments)
        {
            var skipped = HeaderBytesOutside(segment);
            Take(name, new AddressRange(segment.PhysicalAddress + skipped, segment.MemorySizeBytes - skipped));
        }
        var next = 0UL;
        foreach (var (page, frame) in image.Frames.Pages)
        {
            if (!memory.TryMap(page, frame)) continue;
            Copy(image, next, page << 12);
            next = (page + 1) << 12;
        }
        Copy(image, next, ulong.MaxValue);
    }

    /// <summary>Writes what the image has between two addresses.</summary>
    private void Copy(KernelImage image, ulong from, ulong to)
    {
        foreach (var segment in image.Segments)
        {
            var (start, end) = (Math.Max(from, segment.PhysicalAddress + HeaderBytesOutside(segment)), Math.Min(to, segment.PhysicalEnd));
            if (start >= end) continue;
            memory.NoteLoaded(start, end);
            var contentEnd = segment.PhysicalAddress + (ulong)segment.Content.Length;
            if (start < contentEnd)
                memory.Write(start, segment.Content.Span[(int)(start - segment.PhysicalAddress)..(int)(Math.Min(end, contentEnd) - segment.PhysicalAddress)]);
            if (end > contentEnd) Clear(Math.Max(start, contentEnd), end);
        }
    }

    /// <summary>
    /// Linkers put an ELF file's own headers into its first segment, a page before the code: of a kernel for the start of
    /// memory they lie outside. On QEMU nobody misses them there.
    /// </summary>
    private ulong HeaderBytesOutside(ImageSegment segment)
    {
        var start = segment.PhysicalAddress;
        if (memory.Contains(start, 1) || !ElfImage.IsElf(segment.Content.Span)) return 0;
        var page = (start | 4095) + 1;
        return page - start < (ulong)segment.Content.Length && memory.Contains(page, 1) ? page - start : 0;
    }

    /// <summary>Puts bytes at an address.</summary>
    public AddressRange Place(string name, ReadOnlySpan<byte> content, ulong address)
    {
        var range = new AddressRange(address, (ulong)content.Length);
        Take(name, range);
        memory.Write(address, content);
        return range;
    }

    /// <summary>What is taken.</summary>
    public IEnumerable<AddressRange> Taken => _taken.Select(taken => taken.Range);

    private void Take(string name, AddressRange range)
    {
        if (!memory.Contains(range.BaseAddress, range.SizeBytes))
            throw new ArgumentException(
                $"{Capital(name)} takes 0x{range.SizeBytes:x} bytes at 0x{range.BaseAddress:x}, where the machine has no memory.");
        if (Obstacle(range) is { } obstacle)
            throw new ArgumentException(
                $"{Capital(name)} takes 0x{range.SizeBytes:x} bytes at 0x{range.BaseAddress:x}, where {obstacle} lies already.");
        _taken.Add((name, range));
    }

    private string? Obstacle(AddressRange range)
    {
        foreach (var (name, taken) in _taken)
            if (range.BaseAddress < taken.EndAddress && taken.BaseAddress < range.EndAddress) return name;
        return null;
    }

    private void Clear(ulong start, ulong end)
    {
        // A loader gives zeros, where memory may hold noise.
        if (!memory.Fill.IsNoise) return;
        var zeros = new byte[Math.Min(end - start, ZeroPieceBytes)];
        for (var at = start; at < end; at += (ulong)zeros.Length)
            memory.Write(at, zeros.AsSpan(0, (int)Math.Min((ulong)zeros.Length, end - at)));
    }

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
