namespace Verification.Toolchain.Linking;

/// <summary>Assembled text of <c>[Assembly]</c>, as far as it belongs to one section.</summary>
/// <param name="Name">The symbol of the method or the name of the class that carries the text.</param>
/// <param name="Section">The section that it belongs to.</param>
/// <param name="Code">Machine code before relocation.</param>
/// <param name="AlignmentBytes">What its address is a multiple of.</param>
/// <param name="Relocations">Places that the linker fills in.</param>
/// <param name="Symbols">Its labels, ascending by offset.</param>
/// <param name="Lines">Line rows, ascending by offset.</param>
public sealed record StubCode(
    string Name,
    SectionKind Section,
    byte[] Code,
    int AlignmentBytes,
    IReadOnlyList<Relocation> Relocations,
    IReadOnlyList<StubSymbol> Symbols,
    IReadOnlyList<LineRow> Lines);

/// <summary>A label of a stub.</summary>
/// <param name="Name">The symbol.</param>
/// <param name="Offset">Byte offset in the stub's code.</param>
/// <param name="IsGlobal">Whether it stands in the image's symbol table; otherwise only the stub itself refers to it.</param>
public readonly record struct StubSymbol(string Name, int Offset, bool IsGlobal);
