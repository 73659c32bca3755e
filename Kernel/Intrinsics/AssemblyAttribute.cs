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
/// <param name="text">The assembly text, one instruction or directive a line.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class AssemblyAttribute(string text) : Attribute
{
    /// <summary>The assembly text.</summary>
    public string Text { get; } = text;
}
