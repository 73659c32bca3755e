using System.Buffers.Binary;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.Linking;

/// <summary>
/// The page tables of the guarded layout, read by a walker written from the privileged specification (section "Virtual
/// Address Translation Process").
/// </summary>
public sealed class PageTableSpecs
{
    private const ulong Page = 4096;

    private static readonly LinkedImage Image = HandMadeProgram.Link(LinkerLayout.For(StackPlacement.Guarded, 8192));

    [Fact]
    public void Every_page_of_the_image_stands_for_itself_with_its_sections_permissions()
    {
        ulong guard = Image.Find("boot_stack_guard").Address;
        foreach (LinkedSection section in Image.Sections)
        {
            for (ulong page = section.Address; page < section.End; page += Page)
            {
                if (page == guard) continue;
                Translation found = Assert.IsType<Translation>(Walk(page));
                Assert.Equal(new Translation(page, section.IsWritten, section.IsExecuted), found);
            }
        }
    }

    [Fact]
    public void The_page_under_the_boot_stack_is_not_mapped()
    {
        Assert.Equal(Image.Find("boot_stack_bottom").Address - Page, Image.Find("boot_stack_guard").Address);
        Assert.Null(Walk(Image.Find("boot_stack_bottom").Address - 1));
        Assert.Null(Walk(Image.Find("boot_stack_bottom").Address - Page));
        Assert.NotNull(Walk(Image.Find("boot_stack_bottom").Address));
    }

    [Theory]
    [InlineData(0x1000_0000)]
    [InlineData(0x8000_0000)]
    [InlineData(0x8020_0000 + (64L << 20))]
    [InlineData(0x100_0000_0000)]
    [InlineData((1L << 47) - 4096)]
    public void All_other_memory_is_there_to_be_read_and_written(long address) =>
        Assert.Equal(new Translation((ulong)address, true, false), Walk((ulong)address));

    private static Translation? Walk(ulong address)
    {
        ulong satp = Word(Image.Find("boot_satp").Address);
        Assert.Equal(9ul, satp >> 60);
        ulong table = (satp & 0xFFF_FFFF_FFFF) << 12;
        for (int level = 3; level >= 0; level--)
        {
            ulong entry = Word(table + (address >> 12 + 9 * level & 511) * 8);
            if ((entry & 1) == 0) return null;
            ulong target = (entry >> 10 & 0xFFF_FFFF_FFFF) << 12;
            if ((entry & 0xE) == 0)
            {
                table = target;
                continue;
            }

            ulong within = (1UL << 12 + 9 * level) - 1;
            // A leaf above the last level must be aligned, and one without A and D would fault or be written.
            Assert.Equal(0ul, target & within);
            Assert.Equal(0xC0ul, entry & 0xC0);
            Assert.Equal(2ul, entry & 2);
            return new Translation(target | address & within, (entry & 4) != 0, (entry & 8) != 0);
        }

        return null;
    }

    private static ulong Word(ulong address)
    {
        LinkedSection section = Image.Sections.Single(section => address >= section.Address && address < section.End);
        return BinaryPrimitives.ReadUInt64LittleEndian(section.Content.AsSpan((int)(address - section.Address)));
    }

    private sealed record Translation(ulong Address, bool IsWritten, bool IsExecuted);
}
