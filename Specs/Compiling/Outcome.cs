namespace Verification.Specs.Compiling;

/// <summary>What a run of a method came to: a value, or a panic with its reason and line.</summary>
/// <param name="Value">The result; 0 for a panic.</param>
/// <param name="Panic">The reason; null for a result.</param>
/// <param name="Line">The line of the panic; 0 where it is not compared.</param>
public sealed record Outcome(long Value, string? Panic, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => Panic is null ? $"{Value} (0x{Value:x})" : $"panic «{Panic}» at line {Line}";
}
