namespace Verification.Toolchain.Linking;

/// <summary>What a symbol of the image stands for.</summary>
public enum LinkedSymbolKind
{
    /// <summary>An address that the layout defines.</summary>
    Label,

    /// <summary>Code.</summary>
    Function,

    /// <summary>Data.</summary>
    Object,
}

/// <summary>A symbol with its final address.</summary>
/// <param name="Name">The name, unique in the image.</param>
/// <param name="Address">Where it lies.</param>
/// <param name="SizeBytes">Size, 0 for a label.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Section">The section that it belongs to.</param>
public sealed record LinkedSymbol(string Name, ulong Address, ulong SizeBytes, LinkedSymbolKind Kind, SectionKind Section);
