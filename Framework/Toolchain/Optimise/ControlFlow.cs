using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Decided branches become jumps, blocks in a row become one, empty blocks vanish, and a jump to a block that only asks
/// what the jump already knows goes straight to the answer.
/// </summary>
internal static class ControlFlow
{
    /// <summary>Simplifies until nothing changes; true if anything did.</summary>
    public static bool Run(Function function)
    {
        bool any = false;
        while (Once(function)) any = true;
        function.ResolveArguments();
        FlowOrder.Sort(function);
        return any;
    }

    private static bool Once(Function function)
    {
        bool changed = false;
        foreach (Block block in function.Blocks) changed |= FoldTerminator(block);
        FlowOrder.Sort(function);
        function.ResolveArguments();
        foreach (Block block in function.Blocks) changed |= RemoveSinglePhis(block);
        function.ResolveArguments();
        changed |= ThreadJumps(function);
        FlowOrder.Sort(function);
        foreach (Block block in function.Blocks.ToArray())
        {
            if (block.Order < 0) continue;
            changed |= MergeWithSuccessor(block);
        }

        function.Blocks.RemoveAll(block => block.Order < 0);
        changed |= SkipEmptyBlocks(function);
        FlowOrder.Sort(function);
        return changed;
    }

    private static bool FoldTerminator(Block block)
    {
        Instr terminator = block.Terminator;
        switch (terminator.Op)
        {
            case Op.Branch:
                Instr condition = terminator.Args[0];
                if (block.Successors[0] == block.Successors[1])
                {
                    // Phis of the target get the same operand on both edges, or the branch means something.
                    if (block.Successors[0].Phis.Any(phi => DiffersOnEdges(phi, block))) return false;
                    BecomeJump(block, 1);
                    return true;
                }

                if (condition.IsConst)
                {
                    BecomeJump(block, condition.Immediate != 0 ? 1 : 0);
                    return true;
                }

                if (condition.Op == Op.Ne && condition.Args[1].Is(0) && condition.Args[0].Type == IrType.I32)
                {
                    terminator.Args = [condition.Args[0]];
                    return true;
                }

                if (condition.Op == Op.Eq && condition.Args[1].Is(0) && condition.Args[0].Type == IrType.I32)
                {
                    terminator.Args = [condition.Args[0]];
                    block.Successors.Reverse();
                    return true;
                }

                if (condition.Op == Op.Xor && condition.Args[1].Is(1) && ValueRange.Of(condition.Args[0]) is { Least: 0, Greatest: 1 })
                {
                    terminator.Args = [condition.Args[0]];
                    block.Successors.Reverse();
                    return true;
                }

                return false;
            case Op.Switch:
                return FoldSwitch(block, terminator);
            default:
                return false;
        }
    }

    private static bool FoldSwitch(Block block, Instr terminator)
    {
        Instr value = terminator.Args[0];
        if (value.IsConst)
        {
            int chosen = (int)Math.Min((uint)value.Immediate, (uint)(block.Successors.Count - 1));
            while (block.Successors.Count > chosen + 1) block.RemoveSuccessor(block.Successors.Count - 1);
            while (block.Successors.Count > 1) block.RemoveSuccessor(0);
            terminator.Op = Op.Jump;
            terminator.Args = [];
            return true;
        }

        return false;
    }

    private static bool DiffersOnEdges(Instr phi, Block from)
    {
        Instr? seen = null;
        for (int index = 0; index < phi.Args.Length; index++)
        {
            if (phi.Block!.Predecessors[index] != from) continue;
            if (seen is not null && seen != phi.Args[index]) return true;
            seen = phi.Args[index];
        }

        return false;
    }

    private static void BecomeJump(Block block, int dropped)
    {
        block.RemoveSuccessor(dropped);
        block.Terminator.Op = Op.Jump;
        block.Terminator.Args = [];
    }

    private static bool RemoveSinglePhis(Block block)
    {
        if (block.Predecessors.Count != 1 || block.Body[0].Op != Op.Phi) return false;
        int count = 0;
        while (block.Body[count].Op == Op.Phi)
        {
            block.Body[count].Replacement = block.Body[count].Args[0].Resolved;
            count++;
        }

        block.Body.RemoveRange(0, count);
        return true;
    }

    private static bool MergeWithSuccessor(Block block)
    {
        bool changed = false;
        while (block.Terminator.Op == Op.Jump)
        {
            Block next = block.Successors[0];
            if (next == block || next.Predecessors.Count != 1 || next.Body[0].Op == Op.Phi) break;
            block.Body.RemoveAt(block.Body.Count - 1);
            foreach (Instr instr in next.Body) instr.Block = block;
            block.Body.AddRange(next.Body);
            block.Successors.Clear();
            block.Successors.AddRange(next.Successors);
            foreach (Block successor in next.Successors)
            {
                int index = successor.Predecessors.IndexOf(next);
                successor.Predecessors[index] = block;
            }

            next.Successors.Clear();
            next.Predecessors.Clear();
            next.Order = -1;
            changed = true;
        }

        return changed;
    }

    private static bool SkipEmptyBlocks(Function function)
    {
        bool changed = false;
        foreach (Block block in function.Blocks)
        {
            if (block == function.Entry || block.CodeCount != 1 || block.Terminator.Op != Op.Jump) continue;
            Block target = block.Successors[0];
            if (target == block) continue;
            foreach (Block predecessor in block.Predecessors.ToArray())
            {
                // Two edges from one block into one phi could not tell their values apart when copies are placed.
                if (target.Body[0].Op == Op.Phi && predecessor.Successors.Contains(target)) continue;
                if (target.Body[0].Op == Op.Phi && predecessor.Successors.Count(successor => successor == block) > 1) continue;
                int edge = predecessor.Successors.IndexOf(block);
                int index = target.Predecessors.IndexOf(block);
                DebugValues.PassBy(function, block, predecessor, 0, target);
                predecessor.Retarget(edge, target);
                foreach (Instr phi in target.Phis) phi.Args = [.. phi.Args, phi.Args[index]];
                changed = true;
            }
        }

        return changed;
    }

    // A block of phis and a branch on one of them: a predecessor that brings a constant knows where it goes.
    private static bool ThreadJumps(Function function)
    {
        bool changed = false;
        int[]? uses = null;
        foreach (Block block in function.Blocks)
        {
            if (block.Terminator.Op != Op.Branch || block.Predecessors.Count < 2 || block == function.Entry) continue;
            Instr condition = block.Terminator.Args[0];
            Instr? comparison = null;
            if (condition.Op != Op.Phi && condition.Block == block && condition.IsCompare && condition.Args[1].IsConst)
            {
                comparison = condition;
                condition = condition.Args[0];
            }

            if (condition.Op != Op.Phi || condition.Block != block) continue;
            int extra = comparison is null ? 1 : 2;
            if (block.Body.Count(instr => instr.Op != Op.Phi && !instr.IsDebug) != extra) continue;
            if (!condition.Args.Any(arg => arg.IsConst)) continue;
            uses ??= function.CountUses();
            List<Instr> shared = SharedPhis(block, comparison, uses);
            if (comparison is not null && uses[comparison.Id] != 1) continue;
            PhiDemotion? demotion = null;
            if (shared.Count > 0)
            {
                // A loop with two ways in would be none.
                if (block.Predecessors.Any(predecessor => predecessor.Order >= block.Order || predecessor.Order < 0)) continue;
                if (!WouldThread(block, condition, comparison)) continue;
                demotion = new PhiDemotion(function, block, shared);
            }

            for (int index = block.Predecessors.Count - 1; index >= 0 && block.Predecessors.Count > 1; index--)
            {
                if (Known(block, condition, comparison, index) is not { } target) continue;
                DebugValues.PassBy(function, block, block.Predecessors[index], index, target);
                Redirect(block, block.Predecessors[index], index, target);
                changed = true;
            }

            if (demotion is not null)
            {
                demotion.Finish();
                SlotPromotion.Run(function);
                // Blocks and their order are others now: the next round goes on.
                return true;
            }

            if (changed) uses = null;
        }

        return changed;
    }

    private static bool WouldThread(Block block, Instr condition, Instr? comparison) =>
        Enumerable.Range(0, block.Predecessors.Count).Any(index => Known(block, condition, comparison, index) is not null);

    // Where a predecessor's way goes on behind the block; null if it is not known or cannot be shortened.
    private static Block? Known(Block block, Instr condition, Instr? comparison, int index)
    {
        Instr arg = condition.Args[index];
        if (!arg.IsConst) return null;
        long? value = comparison is null
            ? arg.Immediate
            : ConstantFolding.Binary(comparison.Op, IrType.I32, arg.Type, arg.Immediate, comparison.Args[1].Immediate);
        if (value is not { } known) return null;
        Block predecessor = block.Predecessors[index];
        Block target = block.Successors[known != 0 ? 0 : 1];
        if (target == block || predecessor == block) return null;
        if (predecessor.Successors.Count(successor => successor == block) > 1) return null;
        if (target.Body[0].Op == Op.Phi && predecessor.Successors.Contains(target)) return null;
        return target;
    }

    private static void Redirect(Block block, Block predecessor, int index, Block target)
    {
        int from = target.Predecessors.IndexOf(block);
        List<Instr> incoming = [];
        foreach (Instr phi in target.Phis)
        {
            Instr arg = phi.Args[from];
            incoming.Add(arg.Op == Op.Phi && arg.Block == block ? arg.Args[index] : arg);
        }

        predecessor.Retarget(predecessor.Successors.IndexOf(block), target);
        int position = 0;
        foreach (Instr phi in target.Phis) phi.Args = [.. phi.Args, incoming[position++]];
    }

    // Phis that are used elsewhere than by the block's branch and by phis of its successors: there they would no longer
    // be defined on every way.
    private static List<Instr> SharedPhis(Block block, Instr? comparison, int[] uses)
    {
        List<Instr> shared = [];
        foreach (Instr phi in block.Phis)
        {
            int local = 0;
            if (comparison is not null)
            {
                foreach (Instr arg in comparison.Args) local += arg == phi ? 1 : 0;
            }

            foreach (Instr arg in block.Terminator.Args) local += arg == phi ? 1 : 0;
            foreach (Block successor in block.Successors)
            {
                int edge = successor.Predecessors.IndexOf(block);
                foreach (Instr other in successor.Phis) local += other.Args[edge] == phi ? 1 : 0;
            }

            if (uses[phi.Id] != local) shared.Add(phi);
        }

        return shared;
    }
}
