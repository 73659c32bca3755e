using System.Buffers.Binary;
using System.IO.Compression;

namespace Verification.Machine.Images;

/// <summary>A section of an ELF file.</summary>
/// <param name="Index">Place in the section header table.</param>
/// <param name="Name">The name, as in <c>.bss</c>.</param>
/// <param name="Type">sh_type: 1 program data, 2 symbols, 3 strings, 8 no bits in the file.</param>
/// <param name="Flags">sh_flags: 1 written, 2 in memory, 4 executed, 0x800 compressed.</param>
/// <param name="Address">Virtual address, 0 where it is not in memory.</param>
/// <param name="SizeBytes">Size in memory, or in the file where it is not in memory.</param>
/// <param name="Stored">The bytes in the file, still compressed where the flags say so; empty for sections without bits.</param>
public sealed record ImageSection(int Index, string Name, uint Type, ulong Flags, ulong Address, ulong SizeBytes, ReadOnlyMemory<byte> Stored)
{
    private const ulong InMemoryFlag = 2;
    private const ulong ExecutedFlag = 4;
    private const ulong CompressedFlag = 0x800;
    private const uint NoBits = 8;
    private const int CompressionHeaderBytes = 24;

    // deflate can't expand by more than about 1030; whoever claims more lies, and 1 GiB of debug information is no kernel's.
    private const ulong LargestExpansion = 1032;
    private const ulong LargestContentBytes = 1ul << 30;

    /// <summary>Whether the section lies in the running image's memory.</summary>
    public bool IsInMemory => (Flags & InMemoryFlag) != 0;

    /// <summary>Whether the section holds instructions.</summary>
    public bool IsExecuted => (Flags & ExecutedFlag) != 0;

    /// <summary>Whether the section has no bytes in the file and begins as zeros, as <c>.bss</c> does.</summary>
    public bool IsZeroFilled => Type == NoBits;

    /// <summary>Whether the virtual address lies in this section's memory.</summary>
    public bool Contains(ulong address) => IsInMemory && address >= Address && address - Address < SizeBytes;

    /// <summary>The section's bytes, decompressed where need be.</summary>
    /// <exception cref="ImageFormatException">The compressed form is broken or of a kind other than zlib.</exception>
    public ReadOnlyMemory<byte> ReadContent()
    {
        if ((Flags & CompressedFlag) == 0) return Stored;
        if (Stored.Length < CompressionHeaderBytes) throw new ImageFormatException($"The compressed section {Name} has no room for its header");
        var kind = BinaryPrimitives.ReadUInt32LittleEndian(Stored.Span);
        if (kind != 1) throw new ImageFormatException($"The section {Name} is compressed in a way (kind {kind}) other than zlib");
        var size = BinaryPrimitives.ReadUInt64LittleEndian(Stored.Span[8..]);
        if (size > LargestContentBytes || size > LargestExpansion * (ulong)Stored.Length)
            throw new ImageFormatException($"The compressed section {Name} claims to hold {size} bytes");
        var content = new byte[size];
        try
        {
            using var stream = new ZLibStream(new MemoryStream(Stored[CompressionHeaderBytes..].ToArray()), CompressionMode.Decompress);
            stream.ReadExactly(content);
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
        {
            throw new ImageFormatException($"The compressed section {Name} can't be decompressed");
        }

        return content;
    }
}
