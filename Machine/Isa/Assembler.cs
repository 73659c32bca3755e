using Verification.Machine.Isa.Assembling;

namespace Verification.Machine.Isa;

/// <summary>How to assemble.</summary>
public sealed record AssemblerOptions
{
    /// <summary>The instructions that may be used.</summary>
    public IsaExtensions Extensions { get; init; } = IsaExtensions.All;

    /// <summary>The address of the text section, for code that refers to absolute addresses.</summary>
    public ulong BaseAddress { get; init; }

    /// <summary>Whether instructions take their compressed form where they have one.</summary>
    public Compression Compression { get; init; } = Compression.WhereWritten;
}

/// <summary>When the assembler uses compressed instructions.</summary>
public enum Compression
{
    /// <summary>Only where the text says <c>c.*</c>, or after <c>.option rvc</c>.</summary>
    WhereWritten,

    /// <summary>Wherever there is a compressed form.</summary>
    Automatic,
}

/// <summary>Assembled code.</summary>
/// <param name="Sections">The sections, in order of appearance; the first is <c>.text</c>.</param>
/// <param name="Symbols">Labels and <c>.equ</c> symbols.</param>
public sealed record AssembledCode(IReadOnlyList<AssembledSection> Sections, IReadOnlyList<AssembledSymbol> Symbols)
{
    /// <summary>Content of the first section.</summary>
    public byte[] Bytes => Sections[0].Bytes;

    /// <summary>Open places of the first section.</summary>
    public IReadOnlyList<Relocation> Relocations => Sections[0].Relocations;
}

/// <summary>A section of assembled code.</summary>
/// <param name="Name">Its name, as <c>.text</c>.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="AlignmentBytes">The alignment that it needs.</param>
/// <param name="Relocations">The places that wait for symbols.</param>
public sealed record AssembledSection(
    string Name, byte[] Bytes, int AlignmentBytes, IReadOnlyList<Relocation> Relocations);

/// <summary>A symbol that assembled code defines.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Section">The section that it lies in, or null for an absolute value.</param>
/// <param name="Value">Offset in the section, or the value.</param>
/// <param name="IsGlobal">Whether <c>.globl</c> named it.</param>
public sealed record AssembledSymbol(string Name, string? Section, long Value, bool IsGlobal);

/// <summary>Assembly text that cannot be assembled.</summary>
/// <param name="line">Line, from 1.</param>
/// <param name="sentence">What is wrong.</param>
public sealed class AssemblyException(int line, string sentence) : Exception($"Line {line}: {sentence}")
{
    /// <summary>Line of the text, from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>Assembles GNU-style RISC-V assembly text.</summary>
public static class Assembler
{
    /// <summary>Assembles <paramref name="text"/>.</summary>
    /// <exception cref="AssemblyException">The text has an error.</exception>
    public static AssembledCode Assemble(string text, AssemblerOptions? options = null) =>
        new AssemblyText(options ?? new AssemblerOptions()).Assemble(text);
}
