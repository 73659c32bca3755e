namespace Verification.Toolchain.Linking;

/// <summary>
/// Where everything in the image lies. Two layouts are ready-made: <see cref="Story"/>, in which a stack overflow hits
/// a lock, and <see cref="Safe"/>, in which it hits nothing.
/// </summary>
public sealed record LinkerLayout
{
    /// <summary>Bytes of a page.</summary>
    public const int PageSizeBytes = 4096;

    /// <summary>What the RISC-V calling convention aligns <c>sp</c> to.</summary>
    public const int StackAlignmentBytes = 16;

    /// <summary>Address of the image's first byte: 2 MiB into <c>virt</c>'s memory, behind the firmware.</summary>
    public ulong LoadAddress { get; init; } = 0x8020_0000;

    /// <summary>The sections, in the order of their addresses. The first one holds the first instruction.</summary>
    public required IReadOnlyList<SectionKind> Order { get; init; }

    /// <summary>How sections follow each other.</summary>
    public required SectionSpacing Spacing { get; init; }

    /// <summary>What stands before the first instruction.</summary>
    public ImageHeader Header { get; init; } = ImageHeader.None;

    /// <summary>The symbol of the first instruction, in <see cref="SectionKind.Head"/>.</summary>
    public string EntrySymbol { get; init; } = "_start";

    /// <summary>Size of the boot hart's stack, a multiple of 16.</summary>
    public required int BootStackSizeBytes { get; init; }

    /// <summary>What lies under the boot stack.</summary>
    public BootStackGuard Guard { get; init; } = BootStackGuard.None;

    /// <summary>Size of the boot hart's trap stack in .bss, a multiple of 16.</summary>
    public int BootTrapStackSizeBytes { get; init; } = 4096;

    /// <summary>
    /// Number of further harts that get a boot stack in the image: <c>hart_stacks</c>, one behind the other, the first one at the
    /// lowest address, each with what <see cref="Guard"/> says under it. A hart's <c>sp</c> is <c>hart_stacks + (index + 1) *</c>
    /// the word at <c>hart_stack_stride</c>.
    /// </summary>
    public int HartStackCount { get; init; }

    /// <summary>Size of each of those stacks, a multiple of 16.</summary>
    public int HartStackSizeBytes { get; init; } = 4096;

    /// <summary>Distance of those stacks from each other: with guards, whole pages and one more.</summary>
    public int HartStackStrideBytes => Guard == BootStackGuard.None
        ? HartStackSizeBytes
        : (HartStackSizeBytes + PageSizeBytes - 1) / PageSizeBytes * PageSizeBytes + PageSizeBytes;

    /// <summary>Objects that lie at the very end of .bss, in this order; those that the program lacks are passed over.</summary>
    public IReadOnlyList<string> LastInZeroData { get; init; } = [];

    /// <summary>
    /// The layout of the kernel that the project began with: .text, .data, .rodata, .bss with <c>KMEM</c> at its end, and
    /// the boot stack, growing down towards it.
    /// </summary>
    public static LinkerLayout Story(int bootStackSizeBytes = 4096) => new()
    {
        Order =
        [
            SectionKind.Head, SectionKind.Text, SectionKind.Data, SectionKind.ReadOnlyData, SectionKind.ZeroData,
            SectionKind.BootStack,
        ],
        Spacing = SectionSpacing.Packed,
        BootStackSizeBytes = bootStackSizeBytes,
        LastInZeroData = ["KMEM"],
    };

    /// <summary>The entry stub's page, then the boot stack, then everything else, each section on pages of its own.</summary>
    public static LinkerLayout Safe(int bootStackSizeBytes = 65536) => new()
    {
        Order =
        [
            SectionKind.Head, SectionKind.BootStack, SectionKind.Text, SectionKind.ReadOnlyData, SectionKind.Data,
            SectionKind.ZeroData,
        ],
        Spacing = SectionSpacing.Pages,
        Header = ImageHeader.Linux,
        BootStackSizeBytes = bootStackSizeBytes,
    };

    /// <summary>The ready-made layout with a placement of the boot stack.</summary>
    public static LinkerLayout For(StackPlacement placement, int bootStackSizeBytes) => placement switch
    {
        StackPlacement.AboveBss => Story(bootStackSizeBytes),
        StackPlacement.Guarded => Safe(bootStackSizeBytes) with { Guard = BootStackGuard.UnmappedPage },
        _ => Safe(bootStackSizeBytes),
    };
}
