using Verification.Machine.Images;

namespace Verification.Framework.DebugInfo;

/// <summary>The debug sections of an image, decompressed; missing ones are empty.</summary>
internal sealed class DwarfSections(ElfImage? elf)
{
    public byte[] Info { get; } = Read(elf, ".debug_info");

    public byte[] Abbreviations { get; } = Read(elf, ".debug_abbrev");

    public byte[] Lines { get; } = Read(elf, ".debug_line");

    public byte[] Strings { get; } = Read(elf, ".debug_str");

    public byte[] LineStrings { get; } = Read(elf, ".debug_line_str");

    public byte[] StringOffsets { get; } = Read(elf, ".debug_str_offsets");

    public byte[] Addresses { get; } = Read(elf, ".debug_addr");

    public byte[] Ranges { get; } = Read(elf, ".debug_ranges");

    public byte[] RangeLists { get; } = Read(elf, ".debug_rnglists");

    public byte[] Frame { get; } = Read(elf, ".debug_frame");

    public byte[] ExceptionFrame { get; } = Read(elf, ".eh_frame");

    public ulong ExceptionFrameAddress { get; } = elf?.Section(".eh_frame")?.Address ?? 0;

    private static byte[] Read(ElfImage? elf, string name)
    {
        try
        {
            return elf?.Content(name).ToArray() ?? [];
        }
        catch (ImageFormatException)
        {
            return [];
        }
    }
}
