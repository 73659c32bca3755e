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
    StubUnwind Unwind)
{
    /// <summary>Its functions, ascending by offset.</summary>
    public IReadOnlyList<StubFunction> Functions { get; init; } = [];
}

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

    /// <summary>The caller is interrupted code: <c>.cfi_signal_frame</c>.</summary>
    Trap,
}

/// <summary>How a debugger finds a stub's caller.</summary>
/// <param name="Frame">What kind of frame it has.</param>
/// <param name="Rows">The rules, ascending by offset; none for a stub that has no caller.</param>
public sealed record StubUnwind(StubFrame Frame, IReadOnlyList<StubRow> Rows);

/// <summary>The unwinding rules from an offset on.</summary>
/// <param name="Offset">Byte offset in the stub's code.</param>
/// <param name="FrameAddress">The caller's <c>sp</c>.</param>
/// <param name="Registers">Where registers are that are not where they were, by DWARF number; 64 is the interrupted pc.</param>
public sealed record StubRow(int Offset, StubPlace FrameAddress, IReadOnlyList<(int Register, StubPlace Place)> Registers);

/// <summary>What a place's register and offset mean.</summary>
public enum StubPlaceKind
{
    /// <summary>The register still holds it.</summary>
    Same,

    /// <summary>It is nowhere any more.</summary>
    Lost,

    /// <summary>It is a register's content plus the offset.</summary>
    Register,

    /// <summary>It lies in memory at a register's content plus the offset.</summary>
    Memory,
}

/// <summary>Where a value is.</summary>
/// <param name="Kind">What the other two mean.</param>
/// <param name="Register">DWARF number; control registers begin at 4096.</param>
/// <param name="OffsetBytes">Added to the register.</param>
public readonly record struct StubPlace(StubPlaceKind Kind, int Register, int OffsetBytes);

/// <summary>A function of a stub: what lies between two of its global labels.</summary>
/// <param name="Symbol">Its label.</param>
/// <param name="Offset">Byte offset in the stub's code.</param>
/// <param name="FrameSizeBytes">The most that it takes of a stack, its caller's or one that it changes to.</param>
/// <param name="EntryFrameSizeBytes">The most that it takes of the stack on which it is entered.</param>
/// <param name="Calls">Its calls, ascending by offset.</param>
public sealed record StubFunction(
    string Symbol, int Offset, int FrameSizeBytes, int EntryFrameSizeBytes, IReadOnlyList<StubCall> Calls);

/// <summary>A call of a stub.</summary>
/// <param name="Offset">Byte offset of the instruction in the stub's code.</param>
/// <param name="Kind">What kind of transfer it is.</param>
/// <param name="Targets">Symbols that may be called; empty if they are not known.</param>
/// <param name="FrameSizeBytes">What the stub has taken by then of the stack on which it calls.</param>
/// <param name="IsOnEntryStack">Whether that is the stack on which the stub was entered.</param>
public sealed record StubCall(int Offset, CallKind Kind, IReadOnlyList<string> Targets, int FrameSizeBytes, bool IsOnEntryStack);
