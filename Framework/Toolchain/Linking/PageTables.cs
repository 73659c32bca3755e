using System.Buffers.Binary;

namespace Verification.Toolchain.Linking;

/// <summary>
/// Page tables made at link time (privileged specification, section "Sv48"): every address below 2^47 stands for itself.
/// Memory is readable and writable; in the image each page has its section's permissions, and the page under the boot
/// stack has none. Accessed and dirty bits are set from the start, so that no hart ever writes the tables.
/// <para>
/// One table a level, since the image lies in one 512 GiB, one 1 GiB and few 2 MiB regions; of the last level as many
/// as the image has 2 MiB regions.
/// </para>
/// </summary>
internal static class PageTables
{
    /// <summary>The value of <c>satp</c> that switches to tables at an address: mode Sv48, address space 0.</summary>
    public static ulong Satp(ulong tablesAddress) => 9UL << 60 | tablesAddress >> PageBits;

    private const int PageBits = 12;
    private const int IndexBits = 9;
    private const int EntriesOfTable = 1 << IndexBits;
    private const int UpperTables = 3;
    private const int LowerHalfEntries = EntriesOfTable / 2;

    private const ulong Valid = 1;
    private const ulong Read = 2;
    private const ulong Write = 4;
    private const ulong Execute = 8;
    private const ulong AccessedAndDirty = 0xC0;
    private const ulong Memory = Valid | Read | Write | AccessedAndDirty;

    /// <summary>Size of the tables for an image of at most some size.</summary>
    public static int SizeBytes(ulong loadAddress, ulong imageSizeBytes)
    {
        ulong regions = (loadAddress + imageSizeBytes >> 21) - (loadAddress >> 21) + 1;
        return (UpperTables + (int)regions) << PageBits;
    }

    /// <summary>Fills the tables in.</summary>
    /// <param name="tables">Their bytes.</param>
    /// <param name="address">Their address.</param>
    /// <param name="sections">The image's sections, on pages of their own.</param>
    /// <param name="guards">Addresses of the pages to leave unmapped.</param>
    public static void Fill(Span<byte> tables, ulong address, IReadOnlyList<LinkedSection> sections, IReadOnlySet<ulong> guards)
    {
        ulong image = sections[0].Address;
        for (int index = 0; index < LowerHalfEntries; index++) Set(tables, 0, index, (ulong)index << 39, Memory);
        int levels = UpperTables;
        for (int level = 1; level < levels; level++)
        {
            int shift = 48 - IndexBits * level;
            ulong region = image >> shift << shift;
            SetTable(tables, level - 1, Index(image, shift), address + ((ulong)level << PageBits));
            for (int index = 0; index < EntriesOfTable; index++)
                Set(tables, level, index, region + ((ulong)index << shift - IndexBits), Memory);
        }

        int lastTables = (tables.Length >> PageBits) - UpperTables;
        for (int table = 0; table < lastTables; table++)
        {
            ulong region = (image >> 21) + (ulong)table << 21;
            SetTable(tables, UpperTables - 1, Index(region, 21), address + ((ulong)(UpperTables + table) << PageBits));
            for (int index = 0; index < EntriesOfTable; index++)
            {
                ulong page = region + ((ulong)index << PageBits);
                if (!guards.Contains(page)) Set(tables, UpperTables + table, index, page, PermissionsOf(page, sections));
            }
        }
    }

    private static ulong PermissionsOf(ulong page, IReadOnlyList<LinkedSection> sections)
    {
        LinkedSection? section = sections.FirstOrDefault(section => page < section.End && page + (1 << PageBits) > section.Address);
        if (section is null) return Memory;
        return Valid | Read | AccessedAndDirty | (section.IsWritten ? Write : 0) | (section.IsExecuted ? Execute : 0);
    }

    private static int Index(ulong address, int shift) => (int)(address >> shift) & EntriesOfTable - 1;

    private static void SetTable(Span<byte> tables, int table, int index, ulong next) => Set(tables, table, index, next, Valid);

    private static void Set(Span<byte> tables, int table, int index, ulong target, ulong bits) =>
        BinaryPrimitives.WriteUInt64LittleEndian(
            tables[((table << PageBits) + index * sizeof(ulong))..], target >> PageBits << 10 | bits);
}
