using System.Runtime.CompilerServices;

namespace Verification.Kernel;

/// <summary>A run of whole usable pages.</summary>
public struct PageRegion
{
    /// <summary>Address of the first page.</summary>
    public ulong Start;

    /// <summary>First address behind the last page.</summary>
    public ulong End;

    /// <summary>
    /// The first page that was never handed out. Pages from here on are free without being in any list, so that starting
    /// with a terabyte costs what starting with a megabyte does.
    /// </summary>
    public ulong NeverUsed;

    /// <summary>The first page's bit in the table's bitmap, a multiple of 64.</summary>
    public ulong FirstBit;
}

/// <summary>As many regions as the table holds.</summary>
[InlineArray(PageRegionTable.Capacity)]
public struct PageRegions
{
    private PageRegion _first;
}
