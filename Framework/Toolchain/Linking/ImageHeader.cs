namespace Verification.Toolchain.Linking;

/// <summary>What stands before the first instruction.</summary>
public enum ImageHeader
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The 64-byte header of a Linux <c>Image</c>, by which boot loaders know where to put a raw binary.</summary>
    Linux,
}
