using System.Reflection;

namespace Verification.Toolchain;

/// <summary>One method's machine code and everything that linker, debugger and stack analysis need to know of it.</summary>
/// <param name="Symbol">Unique symbol: that of <c>[Export]</c>, or the mangled name of <see cref="SymbolNames"/>.</param>
/// <param name="DisplayName">The C# name with its type and type arguments.</param>
/// <param name="Code">Machine code, little-endian, before relocation.</param>
/// <param name="Relocations">Places in the code that the linker fills in, ascending by offset.</param>
/// <param name="FrameSizeBytes">Bytes that the prologue takes from <c>sp</c>: the exact frame, 0 for a leaf without one.</param>
/// <param name="Lines">Line rows, ascending by offset.</param>
/// <param name="Calls">Call sites, ascending by offset, tail calls included.</param>
/// <param name="UnwindRows">How to find the caller's frame, ascending by offset; the first row is at offset 0.</param>
/// <param name="Variables">Where parameters and locals live.</param>
/// <param name="Inlined">Calls that were inlined, outer ones first.</param>
/// <param name="Method">The method that this is the code of.</param>
public sealed record CompiledMethod(
    string Symbol,
    string DisplayName,
    byte[] Code,
    IReadOnlyList<Relocation> Relocations,
    int FrameSizeBytes,
    IReadOnlyList<LineRow> Lines,
    IReadOnlyList<CallEdge> Calls,
    IReadOnlyList<CfiRow> UnwindRows,
    IReadOnlyList<VariableLocation> Variables,
    IReadOnlyList<InlinedCall> Inlined,
    MethodBase Method)
{
    /// <summary>Scopes of local variables.</summary>
    public IReadOnlyList<VariableScope> Scopes { get; init; } = [];

    /// <summary>The first byte behind the prologue.</summary>
    public int PrologueEndOffset { get; init; }
}

/// <summary>From <paramref name="Offset"/> on, code belongs to this place in the source.</summary>
/// <param name="Offset">Byte offset in the method's code.</param>
/// <param name="File">Path as the portable PDB has it.</param>
/// <param name="Line">Line, from 1; 0 where no source line corresponds.</param>
/// <param name="Column">Column, from 1; 0 if unknown.</param>
public readonly record struct LineRow(int Offset, string File, int Line, int Column);

/// <summary>What kind of transfer a call site makes.</summary>
public enum CallKind
{
    /// <summary>A call that returns here.</summary>
    Call,

    /// <summary>A jump to another method after the frame has been given back.</summary>
    Tail,

    /// <summary>A call to the panic handler or another method that does not return.</summary>
    NoReturn,
}

/// <summary>A call site.</summary>
/// <param name="Offset">Byte offset of the transferring instruction in the method's code.</param>
/// <param name="Kind">What kind of transfer it is.</param>
/// <param name="Targets">Symbols that may be called; empty if a function pointer's targets are not known.</param>
public sealed record CallEdge(int Offset, CallKind Kind, IReadOnlyList<string> Targets);

/// <summary>The unwinding rule from <paramref name="Offset"/> on.</summary>
/// <param name="Offset">Byte offset in the method's code.</param>
/// <param name="CfaRegister">Register (DWARF number) that the canonical frame address is computed from.</param>
/// <param name="CfaOffsetBytes">Added to that register.</param>
/// <param name="Saved">Registers that are saved at this point.</param>
public sealed record CfiRow(int Offset, int CfaRegister, int CfaOffsetBytes, IReadOnlyList<SavedRegister> Saved);

/// <summary>A register's caller value lies at the canonical frame address plus <paramref name="CfaOffsetBytes"/>.</summary>
/// <param name="Register">Register (DWARF number: x0-x31 are 0-31, f0-f31 are 32-63).</param>
/// <param name="CfaOffsetBytes">Negative offset from the canonical frame address.</param>
public readonly record struct SavedRegister(int Register, int CfaOffsetBytes);

/// <summary>What a variable's location value means.</summary>
public enum LocationKind
{
    /// <summary>The value is a register's number (DWARF).</summary>
    Register,

    /// <summary>The variable lies in memory at the canonical frame address plus the value.</summary>
    Frame,

    /// <summary>The variable has this constant value.</summary>
    Constant,

    /// <summary>The variable's value is the canonical frame address plus the value.</summary>
    FrameAddress,

    /// <summary>The variable's value is the address of a symbol plus the value.</summary>
    SymbolAddress,

    /// <summary>The variable lies in memory at the address of a symbol plus the value.</summary>
    Symbol,

    /// <summary>The variable lies in memory at the address that a register (DWARF) holds.</summary>
    RegisterIndirect,

    /// <summary>The variable lies in memory at the address that lies at the canonical frame address plus the value.</summary>
    FrameIndirect,
}

/// <summary>Where a parameter or local lives within a range of code. What is said is true at every instruction of it.</summary>
/// <param name="Name">Its C# name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Parameter">Position among the parameters (this first), or -1 for a local.</param>
/// <param name="StartOffset">First byte of the range, from the method's begin.</param>
/// <param name="EndOffset">First byte behind the range; the last byte of a call, for what the call may overwrite.</param>
/// <param name="Kind">What <paramref name="Value"/> means.</param>
/// <param name="Value">Register, offset or constant.</param>
/// <param name="OffsetInVariable">Which part of a struct this is, in bytes; 0 for a whole variable.</param>
/// <param name="SizeBytes">Size of the part.</param>
public sealed record VariableLocation(
    string Name, Type Type, int Parameter, int StartOffset, int EndOffset, LocationKind Kind, long Value,
    int OffsetInVariable, int SizeBytes)
{
    /// <summary>Index of the inlined call that the variable belongs to, -1 for the method's own.</summary>
    public int Inlined { get; init; } = -1;

    /// <summary>Index of the scope that it is visible in, -1 for all of the method or inlined call.</summary>
    public int Scope { get; init; } = -1;

    /// <summary>The symbol that <see cref="Value"/> counts from, if any.</summary>
    public string? Symbol { get; init; }
}

/// <summary>A range of a method's code.</summary>
/// <param name="StartOffset">First byte, from the method's begin.</param>
/// <param name="EndOffset">First byte behind it.</param>
public readonly record struct CodeRange(int StartOffset, int EndOffset);

/// <summary>A call that was inlined.</summary>
/// <param name="Method">The method that was called.</param>
/// <param name="Ranges">The code that it was expanded to, ascending; what the inlined method calls in turn is part of it.</param>
/// <param name="CallFile">File of the call.</param>
/// <param name="CallLine">Line of the call.</param>
/// <param name="CallColumn">Column of the call.</param>
/// <param name="Parent">Index of the inlined call that it stands in, which comes before it; -1 for the method itself.</param>
public sealed record InlinedCall(
    MethodBase Method, IReadOnlyList<CodeRange> Ranges, string CallFile, int CallLine, int CallColumn, int Parent);

/// <summary>The code in which local variables of one C# block are visible.</summary>
/// <param name="Inlined">Index of the inlined call that it belongs to, -1 for the method itself.</param>
/// <param name="Ranges">The code, ascending.</param>
public sealed record VariableScope(int Inlined, IReadOnlyList<CodeRange> Ranges);
