namespace Verification.Machine.Images;

/// <summary>What a segment's program header allows; a board without paging doesn't enforce it.</summary>
[Flags]
public enum SegmentPermissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>PF_X.</summary>
    Execute = 1,

    /// <summary>PF_W.</summary>
    Write = 2,

    /// <summary>PF_R.</summary>
    Read = 4,
}

/// <summary>A piece of an image to be loaded: its bytes, followed by zeros up to its size in memory.</summary>
/// <param name="VirtualAddress">Where the code believes to run.</param>
/// <param name="PhysicalAddress">Where it is loaded.</param>
/// <param name="MemorySizeBytes">Size in memory, at least the content's.</param>
/// <param name="Content">The bytes that the file holds.</param>
/// <param name="Permissions">What the program header allows.</param>
public sealed record ImageSegment(
    ulong VirtualAddress, ulong PhysicalAddress, ulong MemorySizeBytes, ReadOnlyMemory<byte> Content, SegmentPermissions Permissions)
{
    /// <summary>First physical address behind the segment.</summary>
    public ulong PhysicalEnd => PhysicalAddress + MemorySizeBytes;
}
