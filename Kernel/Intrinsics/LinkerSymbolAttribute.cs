namespace Verification.Intrinsics;

/// <summary>
/// Makes a static property or a parameterless static method of type <see cref="nuint"/>, <see cref="ulong"/> or of a
/// pointer type stand for the address of a symbol that the linker layout defines, such as <c>__image_end</c>.
/// On the property the attribute stands on its getter. The C# body, normally a
/// <c>throw new PlatformNotSupportedException()</c>, is what runs on the CLR and is never compiled.
/// </summary>
/// <param name="name">The symbol's name.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public sealed class LinkerSymbolAttribute(string name) : Attribute
{
    /// <summary>The symbol's name.</summary>
    public string Name { get; } = name;
}
