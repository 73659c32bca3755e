using Verification.Machine.Devices;
using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>What a board's devicetree is free to choose: every choice is legal, and no kernel may depend on one.</summary>
public sealed record DevicetreeChoices
{
    /// <summary><c>#address-cells</c> of the root: 1 or 2.</summary>
    public int AddressCells { get; init; } = 2;

    /// <summary><c>#size-cells</c> of the root: 1 or 2.</summary>
    public int SizeCells { get; init; } = 2;

    /// <summary>Children of <c>/reserved-memory</c>, with <c>no-map</c>.</summary>
    public ValueList<AddressRange> ReservedMemory { get; init; } = [];

    /// <summary>Entries of the header's reservation block.</summary>
    public ValueList<AddressRange> HeaderReservations { get; init; } = [];

    /// <summary>Further nodes and properties of the root, as dtc source: <c>node@1 { property = &lt;1&gt;; };</c>.</summary>
    public string ExtraSource { get; init; } = "";

    /// <summary>Bytes between the blob's blocks and behind them.</summary>
    public int BlobPaddingBytes { get; init; }

    /// <summary>Where the blob lies, 8-byte aligned; by default as QEMU places it.</summary>
    public ulong? PlacementAddress { get; init; }

    /// <summary>The user's own blob (<c>-dtb</c>) in place of the board's.</summary>
    public ValueList<byte>? Blob { get; init; }
}
