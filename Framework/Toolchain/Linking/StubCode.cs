namespace Verification.Toolchain.Linking;

/// <summary>Assembled text of <c>[Assembly]</c>, as far as it belongs to one section.</summary>
/// <param name="Name">The symbol of the method or the name of the class that carries the text.</param>
/// <param name="Section">The section that it belongs to.</param>
/// <param name="Code">Machine code before relocation.</param>
/// <param name="AlignmentBytes">What its address is a multiple of.</param>
/// <param name="Relocations">Places that the linker fills in.</param>
/// <param name="Symbols">Its labels, ascending by offset.</param>
/// <param name="Lines">Line rows, ascending by offset.</param>
/// <param name="Unwind">How a debugger finds the caller.</param>
public sealed record StubCode(
    string Name,
    SectionKind Section,
    byte[] Code,
    int AlignmentBytes,
    IReadOnlyList<Relocation> Relocations,
    IReadOnlyList<StubSymbol> Symbols,
    IReadOnlyList<LineRow> Lines,
    StubUnwind Unwind);

/// <summary>A label of a stub.</summary>
/// <param name="Name">The symbol.</param>
/// <param name="Offset">Byte offset in the stub's code.</param>
/// <param name="IsGlobal">Whether it stands in the image's symbol table; otherwise only the stub itself refers to it.</param>
public readonly record struct StubSymbol(string Name, int Offset, bool IsGlobal);

/// <summary>What kind of frame a stub has, from its <c>.cfi_*</c> directives.</summary>
public enum StubFrame
{
    /// <summary>None: <c>sp</c> is the caller's, <c>ra</c> holds the return address.</summary>
    None,

    /// <summary>There is no caller: <c>.cfi_undefined ra</c>.</summary>
    Outermost,

    /// <summary>The caller is interrupted code, whose registers lie above <c>sp</c>: <c>.cfi_signal_frame</c>.</summary>
    Trap,
}

/// <summary>How a debugger finds a stub's caller.</summary>
/// <param name="Frame">What kind of frame it has.</param>
/// <param name="Saved">For a trap frame, the saved registers.</param>
public sealed record StubUnwind(StubFrame Frame, IReadOnlyList<StubSavedRegister> Saved);

/// <summary>From an offset in the stub on, a register's interrupted value lies above <c>sp</c>: <c>.cfi_rel_offset</c>.</summary>
/// <param name="Offset">Byte offset in the stub's code.</param>
/// <param name="Register">DWARF number: x0-x31 are 0-31, the interrupted pc is 64.</param>
/// <param name="StackOffsetBytes">Distance of the saved value from <c>sp</c>.</param>
public readonly record struct StubSavedRegister(int Offset, int Register, int StackOffsetBytes);
