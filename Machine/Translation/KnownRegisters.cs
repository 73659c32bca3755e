namespace Verification.Machine.Translation;

/// <summary>
/// Registers whose values follow from the code before: an address that <c>auipc</c> and its like have built. A jump there is
/// no computed one, though it goes through a register: far calls and tail calls.
/// </summary>
internal sealed class KnownRegisters
{
    private readonly ulong?[] _values = new ulong?[32];

    /// <summary>Nothing is known at a block's entry.</summary>
    internal void Clear() => Array.Clear(_values);

    /// <summary>Where an instruction jumps to, if it is a jump through registers that are known here.</summary>
    internal ulong? TargetOf(DecodedInstruction decoded) =>
        decoded.Effects is [.., Effect.Jump { Target: { IsConstant: false } target }] ? ValueOf(target) : null;

    /// <summary>The instruction has been executed.</summary>
    internal void Advance(DecodedInstruction decoded)
    {
        foreach (var effect in decoded.Effects)
        {
            // What a jump links is known, too, but nobody is behind it.
            if (effect is Effect.SetRegister set) _values[set.Register] = ValueOf(set.Value);
        }
    }

    private ulong? ValueOf(Expression e) => e.Operator switch
    {
        Operator.Constant => e.Value,
        Operator.Register => _values[e.Value],
        Operator.Add => ValueOf(e.First!) + ValueOf(e.Second!),
        Operator.And => ValueOf(e.First!) & ValueOf(e.Second!),
        _ => null,
    };
}
