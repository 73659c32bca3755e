using FsCheck.Xunit;
using Verification.Machine.Images;
using Verification.Specs.Oracles;
using Xunit;

namespace Verification.Specs.Images;

public sealed class ElfImageSpecs
{
    [Fact]
    public void Segments_sections_and_entry_are_those_of_the_file()
    {
        var image = ElfImage.Read(ElfFile.Create());

        Assert.Equal(0x8020_0004u, image.EntryAddress);
        Assert.Equal([(0x8020_0000ul, 16ul, SegmentPermissions.Read | SegmentPermissions.Execute), (0x8020_1000ul, 32ul, SegmentPermissions.Read | SegmentPermissions.Write)],
            image.Segments.Select(segment => (segment.PhysicalAddress, segment.MemorySizeBytes, segment.Permissions)));
        Assert.Equal(["", ".text", ".data", ".symtab", ".strtab", ".shstrtab"], image.Sections.Select(section => section.Name));
        Span<byte> read = stackalloc byte[12];
        Assert.True(image.TryRead(0x8020_1004, read));
        Assert.Equal([5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0], read.ToArray());
        Assert.False(image.TryRead(0x8020_1018, read));
    }

    [Theory]
    [InlineData(0, 0x7e, "The file is not an ELF file: it does not begin with 7f 45 4c 46.")]
    [InlineData(4, 1, "The ELF file is a 32-bit one for RISC-V, and the board is 64-bit RISC-V (at file offset 0x4).")]
    [InlineData(5, 2, "The ELF file is big-endian, and the board is little-endian (at file offset 0x5).")]
    [InlineData(16, 1, "The ELF file is a relocatable object that still has to be linked (at file offset 0x10).")]
    [InlineData(16, 4, "The ELF file is a core dump, not a program (at file offset 0x10).")]
    [InlineData(18, 62, "The ELF file is for x86-64, and the board is RISC-V (at file offset 0x12).")]
    [InlineData(18, 183, "The ELF file is for AArch64, and the board is RISC-V (at file offset 0x12).")]
    [InlineData(18, 99, "The ELF file is for an unknown machine (number 99), and the board is RISC-V (at file offset 0x12).")]
    [InlineData(56, 0, "The ELF file has no segment to load.")]
    [InlineData(54, 32, "The ELF file has program headers of 32 bytes, and 56 are expected (at file offset 0x36).")]
    [InlineData(62, 9, "The ELF file names section 9 as its table of section names, and has 6 sections (at file offset 0x3e).")]
    [InlineData(64 + 40, 8, "Segment 0 of the ELF file has more bytes in the file (0x10) than in memory (0x8) (at file offset 0x40).")]
    [InlineData(64 + 9, 0xff, "The ELF file is truncated: segment 0 needs the bytes up to 0xffc0, and the file has 0x320 (at file offset 0x40).")]
    [InlineData(64 + 56 + 25, 0, "Two segments of the ELF file overlap in memory at 0x80200000.")]
    public void Each_fault_has_its_sentence(int at, byte value, string sentence)
    {
        var file = ElfFile.Create();
        file[at] = value;

        var refusal = Assert.Throws<ImageFormatException>(() => ElfImage.Read(file));

        Assert.Equal(sentence, refusal.Message);
    }

    [Fact]
    public void A_segment_that_leaves_the_address_space_is_refused()
    {
        var file = ElfFile.Create();
        ElfFile.Write64(file, ElfFile.ProgramHeaders + ElfFile.ProgramHeaderBytes + 40, ulong.MaxValue);

        var refusal = Assert.Throws<ImageFormatException>(() => ElfImage.Read(file));
        Assert.Equal("Segment 1 of the ELF file wraps around the end of the address space (at file offset 0x78).", refusal.Message);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_in_one_sentence()
    {
        var file = ElfFile.Create();
        for (var length = 0; length < file.Length; length++)
        {
            var refusal = Assert.Throws<ImageFormatException>(() => ElfImage.Read(file.AsMemory(0, length)));
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.EndsWith(".", refusal.Message);
        }
    }

    [Property(MaxTest = 2000)]
    public void A_mutated_file_is_read_or_refused_in_one_sentence((ushort At, byte Value)[] changes)
    {
        var file = ElfFile.Create();
        foreach (var (at, value) in changes) file[at % file.Length] = value;
        try
        {
            var image = KernelImage.FromElf(ElfImage.Read(file));
            foreach (var symbol in image.Symbols.All) _ = image.Symbols.Find(symbol.Address);
        }
        catch (ImageFormatException refusal)
        {
            Assert.EndsWith(".", refusal.Message);
        }
    }

    [RequiresToolFact(DebugInfo.CompiledSample.Compiler, "riscv64-unknown-elf-nm")]
    public void Symbols_are_those_of_nm()
    {
        using var sample = new DebugInfo.CompiledSample("-g");
        var told = Tool.Run("riscv64-unknown-elf-nm", "-S", sample.ElfPath).SuccessfulOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')).Where(words => words.Length == 4)
            .Select(words => (words[3], Convert.ToUInt64(words[0], 16), Convert.ToUInt64(words[1], 16))).Order();

        Assert.Equal(told, sample.Image.Symbols.All.Where(symbol => symbol.SizeBytes > 0).Select(symbol => (symbol.Name, symbol.Address, symbol.SizeBytes)).Order());
    }
}
