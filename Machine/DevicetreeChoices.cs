using Verification.Machine.Devices;
using Verification.Machine.Devicetree;
using Verification.Machine.State;

namespace Verification.Machine;

/// <summary>What a board's devicetree is free to choose: every choice is legal, and no kernel may depend on one.</summary>
public sealed record DevicetreeChoices
{
    /// <summary><c>#address-cells</c> of the root: 1 or 2.</summary>
    public int AddressCells { get; init; } = 2;

    /// <summary><c>#size-cells</c> of the root: 1 or 2.</summary>
    public int SizeCells { get; init; } = 2;

    /// <summary>Children of <c>/reserved-memory</c>, in their order.</summary>
    public ValueList<ReservedMemoryChoice> ReservedMemory { get; init; } = [];

    /// <summary>Entries of the header's reservation block.</summary>
    public ValueList<AddressRange> HeaderReservations { get; init; } = [];

    /// <summary>Further nodes and properties of the root, as dtc source: <c>node@1 { property = &lt;1&gt;; };</c>.</summary>
    public string ExtraSource { get; init; } = "";

    /// <summary>The freedoms of the blob's form: padding, order of blocks, NOPs, version.</summary>
    public DevicetreeBlobOptions BlobForm { get; init; } = DevicetreeBlobOptions.Default;

    /// <summary>Where the blob lies, 8-byte aligned; by default as QEMU places it.</summary>
    public ulong? PlacementAddress { get; init; }

    /// <summary>The user's own blob (<c>-dtb</c>) in place of the board's.</summary>
    public ValueList<byte>? Blob { get; init; }
}

/// <summary>A child of <c>/reserved-memory</c>.</summary>
/// <param name="Range">The physical memory that it takes.</param>
/// <param name="Mapping">Whether the kernel may map it.</param>
public readonly record struct ReservedMemoryChoice(AddressRange Range, ReservedMapping Mapping);

/// <summary>Whether a kernel may map reserved memory that it must not use.</summary>
public enum ReservedMapping
{
    /// <summary>It may be part of the kernel's mapping of all memory.</summary>
    Allowed,

    /// <summary><c>no-map</c>: not even speculatively may it be accessed.</summary>
    NoMap,
}
