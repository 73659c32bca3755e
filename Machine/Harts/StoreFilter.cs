using System.Runtime.CompilerServices;

namespace Verification.Machine.Harts;

/// <summary>
/// The words of a page whose stores somebody must be told of, an observer or who has code from there: a bit for each aligned 8
/// bytes, bit 0 of the first word for the page's first. Lies at a fixed address as long as those live.
/// </summary>
internal unsafe struct StoreFilter
{
    internal const int GranuleShift = 3;
    internal const int Granules = 4096 >> GranuleShift;

    // Code looks at up to 64 granules at once: behind the page's last there are some that nobody asks for.
    internal fixed ulong Words[Granules / 64 + 1];

    /// <summary>The most granules that so many bytes lie in.</summary>
    internal static int GranulesOf(int sizeBytes) => (sizeBytes + (2 << GranuleShift) - 2) >> GranuleShift;

    /// <summary>One without a word, at a fixed address.</summary>
    internal static StoreFilter[] New() => GC.AllocateArray<StoreFilter>(1, pinned: true);

    /// <summary>Where it lies.</summary>
    internal static StoreFilter* AddressOf(StoreFilter[] filter) => (StoreFilter*)Unsafe.AsPointer(ref filter[0]);

    /// <summary>Adds the words that something was derived from.</summary>
    internal void Add(PageCoverage covered)
    {
        for (var granule = 0; granule < Granules; granule++)
        {
            if (covered.Overlaps(granule << GranuleShift, 1 << GranuleShift)) Words[granule / 64] |= 1UL << granule;
        }
    }

    /// <summary>Adds the bytes of a range that lie in the page.</summary>
    internal void Add(ulong page, ulong address, int sizeBytes)
    {
        for (var at = address; at < address + (ulong)sizeBytes; at++)
        {
            if (at >> 12 != page) continue;
            var granule = (int)(at & 0xFFF) >> GranuleShift;
            Words[granule / 64] |= 1UL << granule;
        }
    }
}
