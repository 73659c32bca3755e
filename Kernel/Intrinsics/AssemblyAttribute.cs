using System.Runtime.CompilerServices;

namespace Verification.Intrinsics;

/// <summary>
/// Assembly text in GNU syntax instead of a body compiled from C#.
/// <para>
/// On a static method, the text is the method's whole body, from its label to its last <c>ret</c>: arguments arrive in
/// <c>a0</c>..<c>a7</c> and the result leaves in <c>a0</c>, <c>a1</c>, as in the RISC-V calling convention. The C# body,
/// normally a <c>throw new PlatformNotSupportedException()</c>, is what runs on the CLR and is never compiled.
/// </para>
/// <para>
/// On a class, the text stands for itself and defines its own global symbols (<c>.globl _start</c>).
/// </para>
/// Symbols that the text leaves open are resolved by the linker: exported methods and fields, and the layout's symbols.
/// </summary>
/// <param name="text">
/// The assembly text, one instruction or directive a line. A raw string literal that begins on the attribute's own line
/// (<c>[Assembly("""</c>) lets a debugger step through it: its first line is taken to follow the attribute's.
/// </param>
/// <param name="file">The source file; filled in by the compiler.</param>
/// <param name="line">The attribute's line; filled in by the compiler.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class AssemblyAttribute(
    string text, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Attribute
{
    /// <summary>The assembly text.</summary>
    public string Text { get; } = text;

    /// <summary>The source file that the text stands in.</summary>
    public string File { get; } = file;

    /// <summary>The line of the attribute, from 1.</summary>
    public int Line { get; } = line;
}
