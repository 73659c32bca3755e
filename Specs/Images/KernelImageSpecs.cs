using Verification.Machine.Images;
using Xunit;

namespace Verification.Specs.Images;

public sealed class KernelImageSpecs
{
    [Fact]
    public void An_elf_file_is_entered_at_its_entry_and_takes_what_its_segments_take()
    {
        var image = KernelImage.Read(ElfFile.Create());

        Assert.Equal(KernelImageKind.Elf, image.Kind);
        Assert.Equal(0x8020_0004u, image.EntryAddress);
        Assert.Equal(new KernelExtent(0x8020_0000, 0x8020_1020), image.Extent);
        Assert.Equal("kmain", image.Symbols.FindFunction(0x8020_0004)?.ToString());
    }

    [Fact]
    public void A_kernel_linked_high_and_loaded_low_is_entered_low()
    {
        var file = ElfFile.Create();
        ElfFile.Write64(file, 24, 0xffff_ffff_8000_0004);
        ElfFile.Write64(file, ElfFile.ProgramHeaders + 16, 0xffff_ffff_8000_0000);

        Assert.Equal(0x8020_0004u, KernelImage.Read(file).EntryAddress);
    }

    [Fact]
    public void An_entry_that_is_named_by_its_physical_address_is_that_one()
    {
        var file = ElfFile.Create();
        ElfFile.Write64(file, ElfFile.ProgramHeaders + 16, 0xffff_ffff_8000_0000);

        Assert.Equal(0x8020_0004u, KernelImage.Read(file).EntryAddress);
    }

    [Fact]
    public void A_kernel_is_started_at_its_lowest_address() =>
        Assert.Equal(0x8020_0000u, KernelImage.Read(ElfFile.Create()).StartAddress);

    [Fact]
    public void A_linux_image_goes_behind_larger_firmware()
    {
        var file = new byte[200];
        ElfFile.Write64(file, 8, 0x20_0000);
        "RISCV\0\0\0RSC\u0005"u8.CopyTo(file.AsSpan(48));

        Assert.Equal(0x8040_0000u, KernelImage.Read(file, 0x8040_0000).StartAddress);
        Assert.Equal(0x8020_0000u, KernelImage.Read(file, 0x8000_0000).StartAddress);
    }

    [Fact]
    public void A_compressed_image_is_refused() => Assert.Equal("The image is compressed by gzip: decompress it first, as for QEMU.",
        Assert.Throws<ImageFormatException>(() => KernelImage.Read(new byte[] { 0x1f, 0x8b, 8, 0 })).Message);

    [Fact]
    public void An_entry_outside_the_segments_is_refused()
    {
        var file = ElfFile.Create();
        ElfFile.Write64(file, 24, 0x9000_0000);

        var refusal = Assert.Throws<ImageFormatException>(() => KernelImage.Read(file));
        Assert.Equal("The ELF file's entry 0x90000000 lies outside its segments.", refusal.Message);
    }

    [Fact]
    public void A_linux_image_lies_where_its_header_says_with_room_for_its_bss()
    {
        // Documentation/arch/riscv/boot-image-header.rst.
        var file = new byte[200];
        ElfFile.Write64(file, 8, 0x20_0000);
        ElfFile.Write64(file, 16, 0x9000);
        ElfFile.Write32(file, 32, 2);
        "RISCV\0\0\0RSC\u0005"u8.CopyTo(file.AsSpan(48));

        var image = KernelImage.Read(file);

        Assert.Equal(KernelImageKind.LinuxImage, image.Kind);
        Assert.Equal(0x8020_0000u, image.EntryAddress);
        Assert.Equal(new KernelExtent(0x8020_0000, 0x8020_9000), image.Extent);
    }

    [Fact]
    public void Anything_else_is_loaded_as_it_is()
    {
        var image = KernelImage.Read(new byte[100], 0x8000_0000);

        Assert.Equal(KernelImageKind.Raw, image.Kind);
        Assert.Equal(new KernelExtent(0x8000_0000, 0x8000_0064), image.Extent);
        Assert.Equal("The image is empty.", Assert.Throws<ImageFormatException>(() => KernelImage.Read(default)).Message);
    }
}
