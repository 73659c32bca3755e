namespace Verification.Intrinsics;

/// <summary>
/// Gives a method or a static field a symbol name of its own, by which assembly text, the linker layout and a debugger
/// know it. An exported method is always compiled, whether another one calls it or not.
/// </summary>
/// <param name="symbol">The name in the image's symbol table, unique in the image.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Field)]
public sealed class ExportAttribute(string symbol) : Attribute
{
    /// <summary>The name in the image's symbol table.</summary>
    public string Symbol { get; } = symbol;
}
