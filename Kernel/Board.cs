using System.Runtime.CompilerServices;

namespace Verification.Kernel;

/// <summary>The tables that the boot fills from the devicetree. They live as long as the kernel, outside every stack.</summary>
public static unsafe class Board
{
    private const int BankCapacity = 64;
    private const int ReservedCapacity = 128;

    private static HartIdTable s_hartIds;
    private static BankTable s_banks;
    private static ReservedTable s_reserved;

    /// <summary>The usable pages.</summary>
    [Intrinsics.Export("PAGES")]
    public static PageRegionTable Pages;

    /// <summary>An empty survey over these tables.</summary>
    public static BoardSurvey NewSurvey() => new(s_hartIds, s_banks, s_reserved);

    /// <summary>Finds the usable pages. Panics if there are more regions than the table holds.</summary>
    public static void FindPages(ref BoardSurvey survey)
    {
        MemoryRange image;
        image.Start = Image.Start;
        image.End = Image.End;
        if (!MemoryMap.AddUsable(survey.Memory, survey.Reserved, image, ref Pages))
            throw new KernelPanic("more memory regions than the table holds");
    }

    [InlineArray(HartTable.Capacity)]
    private struct HartIdTable
    {
        private ulong _first;
    }

    [InlineArray(BankCapacity)]
    private struct BankTable
    {
        private MemoryRange _first;
    }

    [InlineArray(ReservedCapacity)]
    private struct ReservedTable
    {
        private MemoryRange _first;
    }
}
