namespace Verification.Machine.Isa;

/// <summary>
/// One instruction said through another: what a compressed instruction or a pseudo-instruction stands for. Operands are
/// carried over by name, or fixed; both directions work.
/// </summary>
internal sealed class Rewriting
{
    private readonly (Operand Given, Operand Target)[] bindings;

    /// <param name="text">The instruction in full, with the names of the shorter one's operands: <c>addi rd, rs1, 0</c>.</param>
    /// <param name="find">The row with a mnemonic.</param>
    internal Rewriting(string text, Func<string, InstructionForm> find)
    {
        var (mnemonic, operands) = Operand.Parse(text);
        Target = find(mnemonic);
        var targets = Target.Operands;
        if (operands.Count != targets.Count && !(operands.Count == targets.Count - 1 && targets[^1].Kind == OperandKind.RoundingMode))
            throw new FormatException($"«{text}» has another number of operands than «{Target.Text}».");
        bindings = [.. operands.Zip(targets)];
    }

    /// <summary>The instruction in full.</summary>
    internal InstructionForm Target { get; }

    /// <summary>The full instruction's operands.</summary>
    internal OperandValues Expand(in OperandValues values)
    {
        var full = default(OperandValues);
        foreach (var (given, target) in bindings)
            target.Write(ref full, given.IsFixed ? given.Literal : given.Read(in values));
        return full;
    }

    /// <summary>The operand of the full instruction that <paramref name="given"/> becomes.</summary>
    internal Operand TargetOf(Operand given) => bindings.First(binding => binding.Given.Name == given.Name).Target;

    /// <summary>The shorter instruction's operands, where those of the full one allow it.</summary>
    internal bool TryContract(in OperandValues full, out OperandValues values)
    {
        values = default;
        var known = new HashSet<string>();
        foreach (var (given, target) in bindings)
        {
            var value = target.Read(in full);
            if (given.IsFixed ? value != given.Literal : !known.Add(given.Name) && given.Read(in values) != value)
                return false;
            if (!given.IsFixed)
                given.Write(ref values, value);
        }

        return true;
    }
}
