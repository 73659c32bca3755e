using FsCheck.Xunit;
using Verification.Kernel;
using Xunit;

namespace Verification.Specs.KernelCode;

/// <summary>
/// Which pages the kernel takes for usable. The oracle looks at every page of a small address space by itself: usable is
/// one that lies whole in a bank, meets no reserved range, and is not in front of the image's end in the image's bank.
/// </summary>
public sealed class MemoryMapSpecs
{
    private const ulong Unit = 1024;
    private const ulong Page = 4096;
    private const ulong Pages = 64;

    [Property(MaxTest = 500)]
    public void Usable_is_every_whole_page_that_nothing_claims(byte[] bankPlaces, byte[] reservedPlaces, byte imagePlace, byte imageSize)
    {
        MemoryRange[] banks = Apart(Ranges(bankPlaces));
        MemoryRange[] reserved = Ranges(reservedPlaces);
        MemoryRange image = MemoryRange.FromSize(imagePlace * Unit, (1 + (ulong)imageSize % 32) * Unit);
        ulong[] expected = [.. PageAddresses().Where(page => IsUsable(page, banks, reserved, image))];

        PageRegionTable table = default;
        Assert.True(MemoryMap.AddUsable(banks, reserved, image, ref table));
        Assert.Equal(expected, PagesOf(table));
    }

    [Fact]
    public void Banks_that_overlap_give_each_page_once()
    {
        PageRegionTable table = default;
        MemoryRange[] banks = [MemoryRange.FromSize(0x4000, 0x4000), MemoryRange.FromSize(0x1000, 0x5000), MemoryRange.FromSize(0x2000, 0x1000)];
        Assert.True(MemoryMap.AddUsable(banks, [], MemoryRange.FromSize(0x100000, 1), ref table));
        Assert.Equal([0x1000ul, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000, 0x7000], PagesOf(table));
    }

    [Fact]
    public void A_range_that_leaves_the_address_space_ends_with_it()
    {
        MemoryRange range = MemoryRange.FromSize(ulong.MaxValue - 10, 1000);
        Assert.Equal(ulong.MaxValue, range.End);
    }

    private static bool IsUsable(ulong page, MemoryRange[] banks, MemoryRange[] reserved, MemoryRange image)
    {
        ulong end = page + Page;
        foreach (MemoryRange bank in banks)
        {
            if (page < bank.Start || end > bank.End) continue;
            bool isImageBank = image.Start >= bank.Start && image.Start < bank.End;
            return (!isImageBank || page >= image.End) && reserved.All(range => range.End <= page || range.Start >= end);
        }

        return false;
    }

    private static IEnumerable<ulong> PageAddresses()
    {
        for (ulong page = 0; page < Pages; page++) yield return page * Page;
    }

    private static List<ulong> PagesOf(PageRegionTable table)
    {
        List<ulong> pages = [];
        for (int index = 0; index < table.Count; index++)
        {
            for (ulong page = table.Regions[index].Start; page < table.Regions[index].End; page += Page) pages.Add(page);
        }

        return pages;
    }

    private static MemoryRange[] Ranges(byte[] places)
    {
        List<MemoryRange> ranges = [];
        for (int index = 0; index + 1 < places.Length; index += 2)
            ranges.Add(MemoryRange.FromSize(places[index] * Unit, (1 + (ulong)places[index + 1] % 60) * Unit));
        return [.. ranges.Where(range => range.End <= Pages * Page)];
    }

    /// <summary>Leaves out what overlaps or touches: a page that two touching banks share is neither's.</summary>
    private static MemoryRange[] Apart(MemoryRange[] ranges)
    {
        List<MemoryRange> apart = [];
        foreach (MemoryRange range in ranges)
        {
            if (apart.All(other => range.End <= other.Start || range.Start >= other.End)) apart.Add(range);
        }

        return [.. apart];
    }
}
