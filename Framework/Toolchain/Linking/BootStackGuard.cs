namespace Verification.Toolchain.Linking;

/// <summary>What lies under the boot stack.</summary>
public enum BootStackGuard
{
    /// <summary>Whatever comes next in the layout. Paging stays off.</summary>
    None,

    /// <summary>A page that the linker's page tables leave unmapped.</summary>
    UnmappedPage,
}
