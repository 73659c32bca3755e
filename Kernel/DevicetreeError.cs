namespace Verification.Kernel;

/// <summary>What can be wrong with a flattened devicetree.</summary>
public enum DevicetreeError
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The first word is not 0xd00dfeed.</summary>
    BadMagic,

    /// <summary>A version that this reader can't read.</summary>
    UnknownVersion,

    /// <summary>A block, or something in it, reaches behind its end.</summary>
    Truncated,

    /// <summary>A token that the format does not know, or one where it must not stand.</summary>
    BadStructure,
}
