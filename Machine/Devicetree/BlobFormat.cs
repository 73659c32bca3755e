namespace Verification.Machine.Devicetree;

/// <summary>Numbers of the blob format (Devicetree Specification v0.4, sections 5.2 to 5.4).</summary>
internal static class BlobFormat
{
    public const uint Magic = 0xd00dfeed;
    public const uint BeginNode = 1;
    public const uint EndNode = 2;
    public const uint Property = 3;
    public const uint Nop = 4;
    public const uint End = 9;

    /// <summary>The oldest version that a reader of version 17 can read, and that the writer names as its compatible one.</summary>
    public const uint CompatibleVersion = 16;
    public const uint NewestVersion = 17;

    /// <summary>Header size of version 17; version 16 lacks the last field.</summary>
    public const int HeaderBytes = 40;
    public const int HeaderBytesBefore17 = 36;

    public const int ReservationAlignment = 8;
    public const int TokenAlignment = 4;
    public const int ReservationBytes = 16;
}
