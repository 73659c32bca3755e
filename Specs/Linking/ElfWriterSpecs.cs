using System.Text;
using Verification.Machine.Images;
using Verification.Specs.Oracles;
using Verification.Toolchain.Dwarf;
using Verification.Toolchain.Images;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.Linking;

/// <summary>The image as an ELF file and as raw bytes; binutils and QEMU are the oracles.</summary>
public sealed class ElfWriterSpecs
{
    public static TheoryData<LinkerLayout> Layouts => LinkerSpecs.Layouts;

    [Theory]
    [MemberData(nameof(Layouts))]
    public void The_same_program_gives_the_same_bytes(LinkerLayout layout) => Assert.Equal(Elf(layout), Elf(layout));

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Every_symbol_is_read_back_at_its_address_with_its_size(LinkerLayout layout)
    {
        LinkedImage image = HandMadeProgram.Link(layout);
        ElfImage elf = ElfImage.Read(Elf(layout));
        Assert.Equal(image.EntryAddress, elf.EntryAddress);
        foreach (LinkedSymbol symbol in image.Symbols)
        {
            Symbol? found = elf.Symbols.Find(symbol.Name);
            Assert.NotNull(found);
            Assert.Equal((symbol.Address, symbol.SizeBytes), (found.Address, found.SizeBytes));
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void No_segment_is_both_written_and_executed(LinkerLayout layout) =>
        Assert.DoesNotContain(ElfImage.Read(Elf(layout)).Segments, segment =>
            segment.Permissions.HasFlag(SegmentPermissions.Write) && segment.Permissions.HasFlag(SegmentPermissions.Execute));

    [Fact]
    public void In_the_safe_layout_no_page_has_two_sets_of_permissions()
    {
        ImageSegment[] segments = [.. ElfImage.Read(Elf(LinkerLayout.Safe())).Segments.OrderBy(segment => segment.PhysicalAddress)];
        for (int index = 1; index < segments.Length; index++)
        {
            if (segments[index - 1].Permissions == segments[index].Permissions) continue;
            Assert.True((segments[index - 1].PhysicalEnd - 1) / 4096 < segments[index].PhysicalAddress / 4096);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void The_whole_image_zeros_and_stack_included_is_in_segments(LinkerLayout layout)
    {
        LinkedImage image = HandMadeProgram.Link(layout);
        IReadOnlyList<ImageSegment> segments = ElfImage.Read(Elf(layout)).Segments;
        foreach (LinkedSection section in image.Sections)
            Assert.Contains(segments, segment => segment.PhysicalAddress <= section.Address && segment.PhysicalEnd >= section.End);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_raw_image_holds_what_the_elf_file_loads(LinkerLayout layout)
    {
        LinkedImage image = HandMadeProgram.Link(layout);
        byte[] raw = RawImageWriter.Write(image);
        ElfImage elf = ElfImage.Read(Elf(layout));
        foreach (LinkedSection section in image.Sections.Where(section => section.Content is not null))
        {
            byte[] loaded = new byte[section.SizeBytes];
            Assert.True(elf.TryRead(section.Address, loaded));
            Assert.Equal(loaded, raw.AsSpan((int)(section.Address - image.Start), loaded.Length).ToArray());
        }
    }

    [Fact]
    public void A_raw_image_of_the_safe_layout_is_a_Linux_image()
    {
        LinkedImage image = HandMadeProgram.Link(LinkerLayout.Safe());
        LinuxImageHeader? header = LinuxImageHeader.TryRead(RawImageWriter.Write(image));
        Assert.NotNull(header);
        Assert.Equal(0x20_0000ul, header.TextOffsetBytes);
        Assert.Equal(image.End - image.Start, header.ImageSizeBytes);
        Assert.Equal((0, 2), (header.MajorVersion, header.MinorVersion));
    }

    [Fact]
    public void The_call_graph_names_entries_and_edges()
    {
        LinkedImage image = HandMadeProgram.Link(LinkerLayout.Story());
        string text = Encoding.UTF8.GetString(ElfImage.Read(Elf(LinkerLayout.Story())).Content(".verification.callgraph").Span);
        ulong site = image.Find("kmain").Address + 16;
        Assert.Equal($"verification.callgraph 1\0call {site:x} {image.Find("print").Address:x}\0", text);
    }

    [RequiresToolTheory("readelf")]
    [MemberData(nameof(Layouts))]
    public void Readelf_has_no_complaint(LinkerLayout layout)
    {
        using TemporaryFile file = new(Elf(layout));
        ToolResult result = Tool.Run("readelf", "--wide", "--all", "--debug-dump", file.Path);
        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Error);
        Assert.DoesNotContain("warning", result.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<corrupt", result.Output, StringComparison.OrdinalIgnoreCase);
    }

    [RequiresToolFact("readelf")]
    public void Readelf_shows_frame_sizes()
    {
        using TemporaryFile file = new(Elf(LinkerLayout.Story()));
        string address = $"{HandMadeProgram.Link(LinkerLayout.Story()).Find("kmain").Address:x}";
        string dump = Tool.Run("readelf", "--hex-dump=.stack_sizes", file.Path).SuccessfulOutput;
        // 8 bytes of address, least significant first, then the frame's size.
        string bytes = string.Concat(dump.Split('\n').Where(line => line.Contains("0x0", StringComparison.Ordinal))
            .SelectMany(line => line.Trim().Split(' ').Skip(1).TakeWhile(word => word.Length is 8 or 2 && word.All(Uri.IsHexDigit))));
        string reversed = string.Concat(address.Chunk(2).Reverse().Select(pair => new string(pair)));
        Assert.Contains($"{reversed}0000000010", bytes, StringComparison.Ordinal);
    }

    [RequiresToolTheory("qemu-system-riscv64")]
    [InlineData("story", "elf")]
    [InlineData("safe", "elf")]
    [InlineData("story", "raw")]
    [InlineData("safe", "raw")]
    public void Qemu_boots_it(string layoutName, string form)
    {
        LinkerLayout layout = layoutName == "story" ? LinkerLayout.Story() : LinkerLayout.Safe();
        using TemporaryFile file = new(form == "elf" ? Elf(layout) : RawImageWriter.Write(HandMadeProgram.Link(layout)));
        Assert.EndsWith("K", QemuBoard.Boot(file.Path).SuccessfulOutput.TrimEnd(), StringComparison.Ordinal);
    }

    private static byte[] Elf(LinkerLayout layout)
    {
        LinkedImage image = HandMadeProgram.Link(layout);
        return ElfWriter.Write(image, DebugSections.Write(image, "/src"));
    }
}
