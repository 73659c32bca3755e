namespace Verification.Machine.Images;

/// <summary>What a symbol stands for (STT_*).</summary>
public enum SymbolKind
{
    /// <summary>Not said: labels of assembly code and addresses that a linker script defines.</summary>
    Untyped,

    /// <summary>Data.</summary>
    Object,

    /// <summary>Code.</summary>
    Function,
}

/// <summary>Whether a symbol is seen outside its object file (STB_*).</summary>
public enum SymbolBinding
{
    /// <summary>Only inside.</summary>
    Local,

    /// <summary>Everywhere, once.</summary>
    Global,

    /// <summary>Everywhere, unless a global one takes its place.</summary>
    Weak,
}

/// <summary>A name for an address.</summary>
/// <param name="Name">As the file has it, mangled where its language mangles.</param>
/// <param name="Address">Virtual address.</param>
/// <param name="SizeBytes">Size, 0 where the file doesn't tell.</param>
/// <param name="Kind">Function, object or neither.</param>
/// <param name="Binding">Local, global or weak.</param>
/// <param name="Section">Index of its section; null for an absolute value.</param>
public sealed record Symbol(string Name, ulong Address, ulong SizeBytes, SymbolKind Kind, SymbolBinding Binding, int? Section)
{
    /// <summary>First address behind the symbol.</summary>
    public ulong End => Address + SizeBytes;

    /// <summary>Whether the symbol has a size and the address lies inside.</summary>
    public bool Contains(ulong address) => address >= Address && address - Address < SizeBytes;
}

/// <summary>A place in terms of a symbol.</summary>
/// <param name="Symbol">The symbol that contains the place, or the nearest before it.</param>
/// <param name="Offset">Distance from the symbol's address.</param>
public readonly record struct SymbolPlace(Symbol Symbol, ulong Offset)
{
    /// <summary>As in <c>KMEM+0x8</c>, or the bare name at its start.</summary>
    public override string ToString() => Offset == 0 ? Symbol.Name : $"{Symbol.Name}+0x{Offset:x}";
}
