namespace Verification.Machine.Translation;

/// <summary>
/// Steps of a computation: <c>andi t1, a0, 255</c>, <c>slli t1, t1, 2</c>, <c>add t1, t1, t0</c>. Where one step alone reads what
/// another has left, and the register gets a new value before the block may be left, nobody sees what was in between: the two
/// become one expression. What is overwritten unread is dropped.
/// </summary>
internal static class Temporaries
{
    private const int MostOperations = 8;

    /// <summary>Folds the steps of a block that pays for its instructions at once: wherever it may be left, the registers are the same.</summary>
    internal static void Fold(BasicBlock block)
    {
        var run = new List<Step>();
        for (var i = 0; i < block.Instructions.Count; i++)
        {
            foreach (var effect in block.Instructions[i].Effects)
            {
                if (effect is Effect.SetRegister set)
                {
                    run.Add(new(i, set));
                    continue;
                }

                // All else may leave, or reads in a way of its own.
                FoldRun(block, run);
                run.Clear();
            }
        }

        FoldRun(block, run);
    }

    private static void FoldRun(BasicBlock block, List<Step> run)
    {
        for (var i = 0; i < run.Count - 1; i++)
        {
            var (instruction, set) = run[i];
            if (set.Value.Exists(static e => e.Operator == Operator.Loaded) || FindReader(run, i) is not { } reader) continue;
            if (reader != i)
            {
                if (Joined(set, run[reader].Set) is not { } whole) continue;
                block.Replace(run[reader].Instruction, run[reader].Set, whole);
                run[reader] = run[reader] with { Set = whole };
            }

            block.Replace(instruction, set, null);
        }
    }

    // The only step that reads a step's result, before there is another; the step itself if none does; null where others may.
    private static int? FindReader(List<Step> run, int step)
    {
        var (register, value) = (run[step].Set.Register, run[step].Set.Value);
        int? reader = null;
        var isAsItWas = true;
        for (var i = step + 1; i < run.Count; i++)
        {
            var set = run[i].Set;
            var uses = set.Value.Uses(register);
            if (uses > 1 || uses == 1 && (reader is not null || !isAsItWas)) return null;
            if (uses == 1) reader = i;
            if (set.Register == register) return reader ?? step;
            if (value.Uses(set.Register) != 0) isAsItWas = false;
        }

        return null;
    }

    private static Effect.SetRegister? Joined(Effect.SetRegister step, Effect.SetRegister next)
    {
        if (!IsChain(step.Value) || !IsChain(next.Value) || step.Value.Operations + next.Value.Operations > MostOperations) return null;
        var whole = Substitute(next.Value, step.Register, step.Value).Expression;
        return IsChain(whole) ? new(next.Register, whole) : null;
    }

    private static RecordedWord Substitute(Expression e, int register, Expression by)
    {
        if (e.Uses(register) == 0) return new(e);
        if (e.First is null) return new(by);
        var first = Substitute(e.First, register, by);
        if (e.Second is null) return RecordedWord.Unary(e.Operator, first, (int)e.Value);
        var second = Substitute(e.Second, register, by);
        return IsLeaf(e.First) && e.Second.Uses(register) != 0 && e.Operator is Operator.Add or Operator.And or Operator.Or or Operator.Xor
            ? RecordedWord.Binary(e.Operator, second, first) : RecordedWord.Binary(e.Operator, first, second);
    }

    // One operation after the other, each with a register or a constant: no more is held at a time than the value itself.
    private static bool IsChain(Expression e) => e.Operator switch
    {
        Operator.Constant or Operator.Register => true,
        Operator.Not or Operator.SignExtend or Operator.ZeroExtend or Operator.RotateRight or Operator.RotateRight32 => IsChain(e.First!),
        Operator.Add or Operator.Subtract or Operator.And or Operator.Or or Operator.Xor or Operator.ShiftLeft
            or Operator.ShiftRight or Operator.ShiftRightArithmetic => IsLeaf(e.Second!) && IsChain(e.First!),
        Operator.Multiply => IsLeaf(e.First!) && IsLeaf(e.Second!),
        _ => false,
    };

    private static bool IsLeaf(Expression e) => e.First is null;

    // A register that gets a value, by which of the block's instructions.
    private readonly record struct Step(int Instruction, Effect.SetRegister Set);
}
