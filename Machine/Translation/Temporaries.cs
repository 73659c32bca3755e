namespace Verification.Machine.Translation;

/// <summary>
/// Steps of a computation in one register: <c>andi t1, t1, 255</c>, <c>slli t1, t1, 2</c>, <c>add t1, t1, t0</c>. Where nothing
/// between them reads the register or may leave the block, what is in between is nobody's: the steps become one expression.
/// What is overwritten unread is dropped.
/// </summary>
internal static class Temporaries
{
    private const int MostOperations = 8;

    /// <summary>Folds the steps of a block that pays for its instructions at once: wherever it may leave, the registers are the same.</summary>
    internal static void Fold(BasicBlock block)
    {
        var steps = new Step?[32];
        for (var i = 0; i < block.Instructions.Count; i++)
        {
            foreach (var effect in block.Instructions[i].Effects)
            {
                switch (effect)
                {
                    case Effect.SetRegister set:
                        Fold(block, steps, i, set);
                        break;
                    case Effect.SetFloat set:
                        Read(steps, set.Value);
                        break;
                    default:
                        Array.Clear(steps);
                        break;
                }
            }
        }
    }

    private static void Fold(BasicBlock block, Step?[] steps, int instruction, Effect.SetRegister set)
    {
        var register = set.Register;
        var folded = set;
        if (steps[register] is { } before)
        {
            if (before.IsMovable && before.TryContinue(set) is { } whole) folded = whole;
            if (Uses(folded.Value, register) == 0 || folded != set)
                block.Replace(before.Instruction, before.Set, []);
            if (folded != set)
                block.Replace(instruction, set, [folded]);
        }

        Read(steps, folded.Value);

        // What reads the register's old value can't wait any longer.
        foreach (var step in steps)
        {
            if (step is not null && step.Set.Register != register && Uses(step.Set.Value, register) != 0) step.IsMovable = false;
        }

        steps[register] = folded.Value.Exists(static e => e.Operator == Operator.Loaded) ? null : new(instruction, folded);
    }

    // What an expression reads is needed as it is.
    private static void Read(Step?[] steps, Expression value)
    {
        if (value.Operator == Operator.Register) steps[(int)value.Value] = null;
        if (value.First is { } first) Read(steps, first);
        if (value.Second is { } second) Read(steps, second);
        if (value.Third is { } third) Read(steps, third);
    }

    private static int Uses(Expression e, int register) =>
        e.Operator == Operator.Register && (int)e.Value == register ? 1
        : (e.First is { } first ? Uses(first, register) : 0) + (e.Second is { } second ? Uses(second, register) : 0)
            + (e.Third is { } third ? Uses(third, register) : 0);

    // A register's value that nobody has read yet, and the instruction that sets it.
    private sealed class Step(int instruction, Effect.SetRegister set)
    {
        private readonly bool _isChain = IsChain(set.Value);
        private readonly int _operations = Operations(set.Value);

        internal int Instruction => instruction;

        internal Effect.SetRegister Set => set;

        // What it reads is as it was.
        internal bool IsMovable { get; set; } = true;

        // What comes of both steps, if the next one reads the register once.
        internal Effect.SetRegister? TryContinue(Effect.SetRegister next) =>
            _isChain && IsChain(next.Value) && _operations + Operations(next.Value) <= MostOperations && Uses(next.Value, set.Register) == 1
                && TrySubstitute(next.Value) is { } whole ? new(set.Register, whole.Expression) : null;

        private RecordedWord? TrySubstitute(Expression e)
        {
            if (e.First is not { } inner) return new(set.Value);
            if (e.Second is not { } second) return TrySubstitute(inner) is { } value ? RecordedWord.Unary(e.Operator, value, (int)e.Value) : null;
            if (Uses(second, set.Register) == 0)
                return TrySubstitute(inner) is { } first ? RecordedWord.Binary(e.Operator, first, new(second)) : null;
            return inner.First is null && e.Operator is (Operator.Add or Operator.And or Operator.Or or Operator.Xor)
                ? RecordedWord.Binary(e.Operator, new(set.Value), new(inner)) : null;
        }

        // One operation after the other, each with a register or a constant: no more is held at a time than the value itself.
        private static bool IsChain(Expression e) => e.Operator switch
        {
            Operator.Constant or Operator.Register => true,
            Operator.Not or Operator.SignExtend or Operator.ZeroExtend => IsChain(e.First!),
            Operator.Add or Operator.Subtract or Operator.And or Operator.Or or Operator.Xor or Operator.ShiftLeft
                or Operator.ShiftRight or Operator.ShiftRightArithmetic => e.Second!.First is null && IsChain(e.First!),
            Operator.Multiply => e.First!.First is null && e.Second!.First is null,
            _ => false,
        };

        private static int Operations(Expression e) =>
            (e.First is { } first ? 1 + Operations(first) : 0) + (e.Second is { } second ? Operations(second) : 0)
                + (e.Third is { } third ? Operations(third) : 0);
    }
}
