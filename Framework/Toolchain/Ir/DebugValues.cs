namespace Verification.Toolchain.Ir;

/// <summary>
/// What a debugger is told of a C# variable: from the operation <see cref="Op.DebugValue"/> on that refers to this, the
/// part has the value. The value is no operand: it is not kept alive, and no pass sees it used.
/// </summary>
/// <param name="Part">Which part of which variable.</param>
/// <param name="Value">Its value, or its address; null if it can't be said.</param>
/// <param name="IsAddress">True if the value is the address at which the variable lies.</param>
internal sealed record DebugBinding(VariablePart Part, Instr? Value, bool IsAddress = false)
{
    /// <summary>The value that stands for the bound one by now.</summary>
    public Instr? Resolved => Value?.Resolved;
}

/// <summary>
/// What passes that take blocks apart owe to a debugger: an operation <see cref="Op.DebugValue"/> that goes away must not
/// leave an older value in force. Where the new value can't be said, the variable has none.
/// </summary>
internal static class DebugValues
{
    /// <summary>A binding as an operation of a block; the caller puts it into the body.</summary>
    public static Instr New(Function function, Block block, DebugBinding binding, Place? place)
    {
        Instr made = function.New(Op.DebugValue, IrType.Void);
        made.Reference = binding;
        made.Block = block;
        made.Place = place;
        return made;
    }

    /// <summary>Control will pass by a block of nothing but phis, bindings and a terminator, on the way to a target.</summary>
    /// <param name="function">The function.</param>
    /// <param name="passed">The block that is left out.</param>
    /// <param name="predecessor">From where.</param>
    /// <param name="edge">That edge's number among the passed block's predecessors.</param>
    /// <param name="target">The block that follows.</param>
    public static void PassBy(Function function, Block passed, Block predecessor, int edge, Block target)
    {
        foreach (Instr instr in passed.Body)
        {
            if (instr is not { Op: Op.DebugValue, Reference: DebugBinding binding }) continue;
            if (predecessor.Successors.Count == 1)
            {
                Instr? value = binding.Resolved;
                // A phi that nobody needed any more has left the block, and does not say what comes by which edge.
                if (value?.Block == passed) value = value.Op == Op.Phi && passed.Body.Contains(value) ? value.Args[edge].Resolved : null;
                Instr moved = New(function, predecessor, binding with { Value = value }, instr.Place);
                predecessor.Body.Insert(predecessor.Body.Count - 1, moved);
                continue;
            }

            Forget(function, target, binding.Part, instr.Place);
        }
    }

    /// <summary>No pass may claim the value of a part at a block's begin, unless the block says it itself.</summary>
    public static void Forget(Function function, Block block, VariablePart part, Place? place)
    {
        int index = 0;
        while (block.Body[index].Op == Op.Phi) index++;
        for (int next = index; block.Body[next] is { Op: Op.DebugValue, Reference: DebugBinding known }; next++)
        {
            if (known.Part == part) return;
        }

        block.Body.Insert(index, New(function, block, new DebugBinding(part, null), place));
    }

    /// <summary>A value is about to mean something else: no variable has it any more.</summary>
    public static void Forget(Function function, Instr value)
    {
        foreach (Block block in function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                if (instr is { Op: Op.DebugValue, Reference: DebugBinding binding } && binding.Resolved == value)
                    instr.Reference = binding with { Value = null };
            }
        }
    }
}
