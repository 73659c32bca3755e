namespace Verification.Toolchain.Linking;

/// <summary>How sections follow each other.</summary>
public enum SectionSpacing
{
    /// <summary>One after the other, as close as alignment allows. Two sections may share a page.</summary>
    Packed,

    /// <summary>Each on pages of its own, so that each page has one set of permissions: written or executed, never both.</summary>
    Pages,
}
