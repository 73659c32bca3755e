using System.Buffers.Binary;

namespace Verification.Kernel;

/// <summary>
/// The header of a flattened devicetree (Devicetree Specification 0.4, section 5.2), checked: once <see cref="Read"/>
/// has returned no error, the three blocks lie inside the blob.
/// </summary>
public struct DevicetreeHeader
{
    /// <summary>Size of the header in bytes.</summary>
    public const int SizeBytes = 40;

    private const uint Magic = 0xD00DFEED;
    private const uint NewestVersion = 17;
    private const uint OldestVersion = 16;

    /// <summary>Size of the whole blob in bytes.</summary>
    public int TotalSizeBytes;

    /// <summary>Offset of the structure block.</summary>
    public int StructureOffset;

    /// <summary>Size of the structure block in bytes.</summary>
    public int StructureSizeBytes;

    /// <summary>Offset of the strings block.</summary>
    public int StringsOffset;

    /// <summary>Size of the strings block in bytes.</summary>
    public int StringsSizeBytes;

    /// <summary>Offset of the memory reservation block.</summary>
    public int ReservationsOffset;

    /// <summary>
    /// The size that the header at an address claims, for mapping the blob before reading it; 0 without the magic number.
    /// </summary>
    public static unsafe int ClaimedSizeBytes(byte* blob)
    {
        ReadOnlySpan<byte> start = new(blob, SizeBytes);
        uint size = BinaryPrimitives.ReadUInt32BigEndian(start.Slice(4));
        return BinaryPrimitives.ReadUInt32BigEndian(start) != Magic || size > int.MaxValue ? 0 : (int)size;
    }

    /// <summary>Reads and checks the header at the blob's start.</summary>
    public static DevicetreeError Read(ReadOnlySpan<byte> blob, out DevicetreeHeader header)
    {
        header = default;
        if (blob.Length < SizeBytes) return DevicetreeError.Truncated;
        if (BinaryPrimitives.ReadUInt32BigEndian(blob) != Magic) return DevicetreeError.BadMagic;

        uint total = Field(blob, 4);
        uint structure = Field(blob, 8);
        uint strings = Field(blob, 12);
        uint reservations = Field(blob, 16);
        uint stringsSize = Field(blob, 32);
        uint structureSize = Field(blob, 36);
        uint version = Field(blob, 20);
        if (version < OldestVersion || Field(blob, 24) > NewestVersion) return DevicetreeError.UnknownVersion;
        if (total > (uint)blob.Length || structure > total) return DevicetreeError.Truncated;
        // Version 16 does not tell the structure block's size; its end token does.
        if (version < NewestVersion) structureSize = total - structure;
        if ((ulong)structure + structureSize > total || (ulong)strings + stringsSize > total || reservations > total)
            return DevicetreeError.Truncated;
        if ((structure & 3) != 0) return DevicetreeError.BadStructure;

        header.TotalSizeBytes = (int)total;
        header.StructureOffset = (int)structure;
        header.StructureSizeBytes = (int)structureSize;
        header.StringsOffset = (int)strings;
        header.StringsSizeBytes = (int)stringsSize;
        header.ReservationsOffset = (int)reservations;
        return DevicetreeError.None;
    }

    private static uint Field(ReadOnlySpan<byte> blob, int offset) => BinaryPrimitives.ReadUInt32BigEndian(blob.Slice(offset));
}
