namespace Verification.Toolchain.Linking;

/// <summary>A section at its place.</summary>
/// <param name="Kind">Which one it is.</param>
/// <param name="Address">Where it begins.</param>
/// <param name="SizeBytes">Its size in memory.</param>
/// <param name="Content">Its bytes; null if it starts as zeros and takes no room in a file.</param>
public sealed record LinkedSection(SectionKind Kind, ulong Address, ulong SizeBytes, byte[]? Content)
{
    /// <summary>The first address behind it.</summary>
    public ulong End => Address + SizeBytes;

    /// <summary>The name in section tables.</summary>
    public string Name => Kind switch
    {
        SectionKind.Head => ".head",
        SectionKind.BootStack => ".boot_stack",
        SectionKind.Text => ".text",
        SectionKind.ReadOnlyData => ".rodata",
        SectionKind.Data => ".data",
        _ => ".bss",
    };

    /// <summary>Whether code runs from it.</summary>
    public bool IsExecuted => Kind is SectionKind.Head or SectionKind.Text;

    /// <summary>Whether the kernel may write it.</summary>
    public bool IsWritten => Kind is SectionKind.BootStack or SectionKind.Data or SectionKind.ZeroData;
}
