namespace Verification.Machine.Devicetree;

/// <summary>Order of the three blocks behind the header; a reader must take any (section 5.1 fixes only the usual one).</summary>
public enum BlobBlockOrder
{
    /// <summary>Reservations, structure, strings: what dtc and QEMU write.</summary>
    ReservationsStructureStrings,

    /// <summary>Reservations, strings, structure.</summary>
    ReservationsStringsStructure,

    /// <summary>Structure, reservations, strings.</summary>
    StructureReservationsStrings,

    /// <summary>Structure, strings, reservations.</summary>
    StructureStringsReservations,

    /// <summary>Strings, reservations, structure.</summary>
    StringsReservationsStructure,

    /// <summary>Strings, structure, reservations.</summary>
    StringsStructureReservations,
}

/// <summary>How property names share the strings block.</summary>
public enum BlobStringSharing
{
    /// <summary>Each name once; a name that ends another one lies in its tail, as libfdt and dtc do.</summary>
    Suffix,

    /// <summary>Each name once.</summary>
    Whole,

    /// <summary>A copy for every property.</summary>
    None,
}

/// <summary>
/// The freedoms that the blob format leaves to its writer. Every choice describes the same tree; a kernel's parser must read
/// all of them, and most are tried with one only.
/// </summary>
public sealed record DevicetreeBlobOptions
{
    /// <summary>What dtc writes by default: version 17, no padding, no NOPs.</summary>
    public static DevicetreeBlobOptions Default { get; } = new();

    /// <summary>Format version, 16 or 17; 16 lacks the structure block's size in the header.</summary>
    public int Version { get; init; } = 17;

    /// <summary>Bytes of zeros that the blob's total size counts behind the last block, as <c>dtc -p</c> adds.</summary>
    public int PaddingBytes { get; init; }

    /// <summary>Bytes of zeros before each block; rounded up to the block's alignment.</summary>
    public int GapBytes { get; init; }

    /// <summary>Order of the blocks.</summary>
    public BlobBlockOrder Order { get; init; }

    /// <summary>Sharing of property names.</summary>
    public BlobStringSharing StringSharing { get; init; }

    /// <summary>Most FDT_NOP tokens that may stand before any one token of the structure; 0 for none.</summary>
    public int MaximumNops { get; init; }

    /// <summary>Seed from which the number of NOPs at each place follows.</summary>
    public ulong NopSeed { get; init; }
}
