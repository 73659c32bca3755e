using Verification.Toolchain.Linking;

namespace Verification.Toolchain.Dwarf;

/// <summary>Makes the debug information of an image: DWARF 5.</summary>
public static class DebugSections
{
    /// <summary>The sections by name, in the order in which they stand in the file.</summary>
    /// <param name="image">The image.</param>
    /// <param name="sourceRoot">Directory that file names are made relative to, if any.</param>
    public static IReadOnlyList<(string Name, byte[] Content)> Write(LinkedImage image, string? sourceRoot) => [];
}
