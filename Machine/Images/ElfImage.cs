namespace Verification.Machine.Images;

/// <summary>
/// A linked ELF file for a 64-bit little-endian RISC-V: System V gABI, chapters 4 and 5, and the RISC-V ELF psABI. The file
/// may come from anywhere: each offset is checked before it is followed, and work stays proportionate to the file.
/// </summary>
/// <remarks>Not modelled: relocations of position-independent files, dynamic linking, notes.</remarks>
public sealed class ElfImage
{
    private readonly Dictionary<string, ImageSection> sectionsByName = [];

    internal ElfImage(ReadOnlyMemory<byte> file, ulong entryAddress, IReadOnlyList<ImageSegment> segments,
        IReadOnlyList<ImageSection> sections, SymbolTable symbols)
    {
        File = file;
        EntryAddress = entryAddress;
        Segments = segments;
        Sections = sections;
        Symbols = symbols;
        foreach (var section in sections) sectionsByName.TryAdd(section.Name, section);
    }

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>e_entry: the virtual address of the first instruction.</summary>
    public ulong EntryAddress { get; }

    /// <summary>The segments to be loaded (PT_LOAD of a size above 0), by physical address.</summary>
    public IReadOnlyList<ImageSegment> Segments { get; }

    /// <summary>The sections in the file's order, the empty one at index 0 included; empty in a file stripped of them.</summary>
    public IReadOnlyList<ImageSection> Sections { get; }

    /// <summary>The symbols.</summary>
    public SymbolTable Symbols { get; }

    /// <summary>Whether the bytes begin as an ELF file does.</summary>
    public static bool IsElf(ReadOnlySpan<byte> file) => file.StartsWith("\u007fELF"u8);

    /// <summary>Reads an ELF file; the bytes are kept, not copied.</summary>
    /// <exception cref="ImageFormatException">The file is no such ELF file, or a broken one.</exception>
    public static ElfImage Read(ReadOnlyMemory<byte> file) => new ElfReader(file).Read();

    /// <summary>The first section of that name; null without one.</summary>
    public ImageSection? Section(string name) => sectionsByName.GetValueOrDefault(name);

    /// <summary>The bytes of the section of that name, decompressed; empty without one.</summary>
    /// <exception cref="ImageFormatException">The section's compressed form is broken.</exception>
    public ReadOnlyMemory<byte> Content(string sectionName) => Section(sectionName)?.ReadContent() ?? default;

    /// <summary>The initial content of memory at a virtual address, as the file has it.</summary>
    /// <returns>False where the file has no bytes for the whole of the destination.</returns>
    public bool TryRead(ulong virtualAddress, Span<byte> destination)
    {
        foreach (var segment in Segments)
        {
            if (virtualAddress < segment.VirtualAddress) continue;
            var offset = virtualAddress - segment.VirtualAddress;
            if (offset > segment.MemorySizeBytes || (ulong)destination.Length > segment.MemorySizeBytes - offset) continue;
            destination.Clear();
            if (offset < (ulong)segment.Content.Length)
            {
                var rest = segment.Content.Span[(int)offset..];
                rest[..Math.Min(rest.Length, destination.Length)].CopyTo(destination);
            }

            return true;
        }

        return false;
    }
}
