namespace Verification.Toolchain;

/// <summary>A piece of static data.</summary>
/// <param name="Symbol">Unique symbol.</param>
/// <param name="DisplayName">The C# name: <c>Namespace.Type.Field</c>, or a description of a literal.</param>
/// <param name="Content">Initial bytes; null if zero-filled (.bss).</param>
/// <param name="SizeBytes">Size.</param>
/// <param name="Alignment">Alignment in bytes, a power of two.</param>
/// <param name="IsReadOnly">True if no code may write it (.rodata).</param>
/// <param name="Relocations">Addresses within the content, ascending by offset.</param>
/// <param name="Type">The C# type of the field; null for literals.</param>
public sealed record DataObject(
    string Symbol,
    string DisplayName,
    byte[]? Content,
    int SizeBytes,
    int Alignment,
    bool IsReadOnly,
    IReadOnlyList<Relocation> Relocations,
    Type? Type)
{
    /// <summary>The static field that this is, if it is one.</summary>
    public System.Reflection.FieldInfo? Field { get; init; }
}
