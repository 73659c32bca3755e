namespace Verification.Toolchain.Ir;

/// <summary>
/// What a call calls. Before the calling convention is applied, the operands are one per parameter (a struct's is the
/// address of a temporary that the callee may overwrite), behind the address that a struct result goes to, if there is
/// one; for a call through a pointer the pointer comes first of all.
/// </summary>
/// <param name="Callee">The method, if it is compiled from IL.</param>
/// <param name="Symbol">The symbol; null for a call through a pointer.</param>
/// <param name="ReturnType">Result type.</param>
/// <param name="ParameterTypes">Types of the operands.</param>
internal sealed record CallTarget(MethodKey? Callee, string? Symbol, Type ReturnType, Type[] ParameterTypes)
{
    /// <summary>Targets that a call through a pointer may have, filled in when all methods are known.</summary>
    public string Signature => string.Join(",", ParameterTypes.Select(SymbolNames.Of)) + ":" + SymbolNames.Of(ReturnType);

    /// <summary>True once operands and result are those of the calling convention.</summary>
    public bool IsLowered { get; init; }

    /// <summary>True if the call does not return.</summary>
    public bool IsNoReturn { get; init; }
}

/// <summary>What an atomic memory operation does.</summary>
internal enum AmoKind
{
    Swap,
    Add,
    And,
    Or,
    Xor,
    MinSigned,
    MaxSigned,
    MinUnsigned,
    MaxUnsigned,
}

/// <summary>Why a program panics.</summary>
/// <param name="Message">Text for the panic handler.</param>
internal sealed record PanicReason(string Message);
