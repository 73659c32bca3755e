namespace Verification.Machine.Images;

/// <summary>What kind of file a kernel came in.</summary>
public enum KernelImageKind
{
    /// <summary>An ELF file.</summary>
    Elf,

    /// <summary>A Linux <c>Image</c> with its header.</summary>
    LinuxImage,

    /// <summary>Bytes to be loaded as they are.</summary>
    Raw,
}

/// <summary>Physical addresses that an image takes, from its first byte to behind its last zero-filled one.</summary>
/// <param name="BaseAddress">First address.</param>
/// <param name="EndAddress">First address behind.</param>
public readonly record struct KernelExtent(ulong BaseAddress, ulong EndAddress)
{
    /// <summary>Size in bytes.</summary>
    public ulong SizeBytes => EndAddress - BaseAddress;
}

/// <summary>Whatever <c>-kernel</c> or <c>-bios</c> names, ready to be loaded: pieces of memory and the first
/// instruction's address, all physical.</summary>
public sealed class KernelImage
{
    /// <summary>Where QEMU's <c>virt</c> loads a kernel that doesn't say: 2 MiB into memory, behind the firmware.</summary>
    public const ulong DefaultLoadAddress = 0x8020_0000;

    private static ReadOnlySpan<byte> Gzip => [0x1f, 0x8b, 0x08];

    private const ulong MemoryBase = 0x8000_0000;
    private const ulong LargestLinuxImageBytes = 1ul << 40;

    private ImageFrames? _frames;

    private KernelImage(KernelImageKind kind, ulong entryAddress, IReadOnlyList<ImageSegment> segments, ElfImage? elf)
    {
        Kind = kind;
        EntryAddress = entryAddress;
        Segments = segments;
        Elf = elf;
        Extent = new KernelExtent(segments[0].PhysicalAddress, segments[^1].PhysicalEnd);
    }

    /// <summary>What kind of file it was.</summary>
    public KernelImageKind Kind { get; }

    /// <summary>The entry that the file names, as a physical address.</summary>
    public ulong EntryAddress { get; }

    /// <summary>Where the kernel is entered: at its lowest address, whatever entry its file names. QEMU does so, that an ELF
    /// file and its raw bytes start alike; some systems keep another entry for their own loaders in the file.</summary>
    public ulong StartAddress => Extent.BaseAddress;

    /// <summary>What to load, by physical address, without overlaps.</summary>
    public IReadOnlyList<ImageSegment> Segments { get; }

    /// <summary>The ELF file with its sections and debug information; null for other kinds.</summary>
    public ElfImage? Elf { get; }

    /// <summary>The symbols; empty for files without.</summary>
    public SymbolTable Symbols => Elf?.Symbols ?? SymbolTable.Empty;

    /// <summary>What machines share of it.</summary>
    internal ImageFrames Frames => LazyInitializer.EnsureInitialized(ref _frames, () => ImageFrames.Of(Segments));

    /// <summary>All the memory that the image takes.</summary>
    public KernelExtent Extent { get; }

    /// <summary>Reads an image of any kind: an ELF file, a Linux <c>Image</c> by its magic number, else raw bytes.</summary>
    /// <exception cref="ImageFormatException">It is empty, or a broken or foreign ELF file or <c>Image</c>.</exception>
    public static KernelImage Read(ReadOnlyMemory<byte> file) => Read(file, DefaultLoadAddress);

    /// <summary>As <see cref="Read(ReadOnlyMemory{byte})"/>, with the address at which raw bytes are loaded and entered.</summary>
    /// <exception cref="ImageFormatException">It is empty, or a broken or foreign ELF file or <c>Image</c>.</exception>
    public static KernelImage Read(ReadOnlyMemory<byte> file, ulong rawLoadAddress)
    {
        if (file.IsEmpty) throw new ImageFormatException("The image is empty");
        if (file.Span.StartsWith(Gzip)) throw new ImageFormatException("The image is compressed by gzip: decompress it first, as for QEMU");
        if (ElfImage.IsElf(file.Span)) return FromElf(ElfImage.Read(file));
        return LinuxImageHeader.TryRead(file.Span) is { } header ? FromLinuxImage(file, header, rawLoadAddress) : FromRaw(file, rawLoadAddress);
    }

    /// <summary>An image that must be an ELF file.</summary>
    /// <exception cref="ImageFormatException">Its entry lies outside every segment.</exception>
    public static KernelImage FromElf(ElfImage elf)
    {
        var entry = elf.EntryAddress;
        foreach (var segment in elf.Segments)
            if (entry >= segment.VirtualAddress && entry - segment.VirtualAddress < segment.MemorySizeBytes)
                return new KernelImage(KernelImageKind.Elf, segment.PhysicalAddress + (entry - segment.VirtualAddress), elf.Segments, elf);
        // Kernels that are linked high name the entry's physical address, for loaders that know no other.
        if (elf.Segments.Any(segment => entry >= segment.PhysicalAddress && entry < segment.PhysicalEnd))
            return new KernelImage(KernelImageKind.Elf, entry, elf.Segments, elf);
        throw new ImageFormatException($"The ELF file's entry 0x{entry:x} lies outside its segments");
    }

    /// <summary>Bytes that are loaded and entered at <paramref name="loadAddress"/>, whatever they look like.</summary>
    /// <exception cref="ImageFormatException">There are none, or they reach beyond the address space.</exception>
    public static KernelImage FromRaw(ReadOnlyMemory<byte> content, ulong loadAddress)
    {
        if (content.IsEmpty) throw new ImageFormatException("The image is empty");
        if (loadAddress + (ulong)content.Length < loadAddress) throw new ImageFormatException("The image wraps around the end of the address space");
        return new KernelImage(KernelImageKind.Raw, loadAddress, [Whole(content, loadAddress, (ulong)content.Length)], null);
    }

    private static KernelImage FromLinuxImage(ReadOnlyMemory<byte> file, LinuxImageHeader header, ulong lowestAddress)
    {
        if (header.IsBigEndian) throw new ImageFormatException("The Linux image is big-endian, and the board is little-endian", 24);
        if (header.ImageSizeBytes > LargestLinuxImageBytes || header.TextOffsetBytes > LargestLinuxImageBytes)
            throw new ImageFormatException($"The Linux image claims a size of 0x{header.ImageSizeBytes:x} bytes at offset 0x{header.TextOffsetBytes:x}", 8);
        // The header's place, unless larger firmware lies there: a kernel runs at any multiple of 2 MiB.
        var loadAddress = Math.Max(MemoryBase + header.TextOffsetBytes, lowestAddress);
        var sizeBytes = Math.Max(header.ImageSizeBytes, (ulong)file.Length);
        return new KernelImage(KernelImageKind.LinuxImage, loadAddress, [Whole(file, loadAddress, sizeBytes)], null);
    }

    private static ImageSegment Whole(ReadOnlyMemory<byte> content, ulong address, ulong sizeBytes) =>
        new(address, address, sizeBytes, content, SegmentPermissions.Read | SegmentPermissions.Write | SegmentPermissions.Execute);
}
