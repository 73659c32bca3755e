using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Moves operations whose operands do not change in a loop before it. Loads go along where nothing in the loop may
/// write to their place, and where they were certain to be made or their address is certain to be good.
/// </summary>
internal static class LoopInvariants
{
    /// <summary>True if anything moved.</summary>
    public static bool Run(Function function)
    {
        List<Loop> loops = FlowOrder.Compute(function);
        if (loops.Count == 0) return false;
        Addresses addresses = new(function);
        bool changed = false;
        // Inner loops first: what leaves them may leave the outer one as well.
        for (int index = loops.Count - 1; index >= 0; index--) changed |= Hoist(function, loops[index], addresses);
        if (changed) FlowOrder.Sort(function);
        return changed;
    }

    private static bool Hoist(Function function, Loop loop, Addresses addresses)
    {
        HashSet<Block> inside = [.. loop.Blocks];
        List<MemoryPlace> writes = [];
        bool hasBarrier = false;
        foreach (Block block in loop.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                switch (instr.Op)
                {
                    case Op.Store or Op.MemoryZero or Op.MemoryCopy:
                        writes.Add(MemoryPlace.Of(instr, 0));
                        break;
                    case Op.Amo or Op.CompareExchange or Op.Fence or Op.FenceInstruction or Op.MachineCode or Op.Call:
                    case Op.CsrRead or Op.CsrWrite or Op.CsrSwap or Op.CsrSet or Op.CsrClear:
                        hasBarrier = true;
                        break;
                    case Op.Load when instr.IsVolatile:
                        hasBarrier = true;
                        break;
                }
            }
        }

        Block? preheader = null;
        bool changed = false;
        foreach (Block block in loop.Blocks.ToArray())
        {
            for (int index = 0; index < block.Body.Count; index++)
            {
                Instr instr = block.Body[index];
                if (!instr.IsPure && instr.Op != Op.Load) continue;
                if (instr.Args.Any(arg => arg.Block is { } home && inside.Contains(home))) continue;
                if (IsCheap(instr)) continue;
                if (instr.Op == Op.Load && !MayHoist(instr, block, loop, writes, hasBarrier, addresses)) continue;
                preheader ??= Preheader(function, loop, inside);
                if (preheader is null) return changed;
                block.Body.RemoveAt(index--);
                preheader.Body.Insert(preheader.Body.Count - 1, instr);
                instr.Block = preheader;
                // A debugger that stops there has not come into the loop.
                instr.Place = preheader.Terminator.Place;
                changed = true;
            }
        }

        return changed;
    }

    // Folded into the instruction that uses it, or free.
    private static bool IsCheap(Instr instr) => instr.Op is Op.SignExtend32 or Op.NonNegative || instr.IsCompare;

    private static bool MayHoist(Instr load, Block block, Loop loop, List<MemoryPlace> writes, bool hasBarrier, Addresses addresses)
    {
        if (load.IsVolatile) return false;
        MemoryPlace place = MemoryPlace.Of(load, 0);
        if (hasBarrier && addresses.IsReachable(place)) return false;
        if (writes.Any(write => addresses.MayOverlap(write, place))) return false;
        return load.Args[0].Op is Op.SlotAddress or Op.SymbolAddress || block == loop.Header;
    }

    /// <summary>The block through which the loop is entered, made if need be.</summary>
    internal static Block? Preheader(Function function, Loop loop, HashSet<Block> inside)
    {
        Block header = loop.Header;
        List<Block> outside = [.. header.Predecessors.Where(block => !inside.Contains(block))];
        if (outside.Count == 1 && outside[0].Successors.Count == 1) return outside[0];
        if (outside.Count == 0 || outside.Distinct().Count() != outside.Count) return null;
        Block preheader = function.NewBlock();
        preheader.Loop = loop.Parent;
        preheader.LoopDepth = loop.Depth - 1;
        Instr jump = function.New(Op.Jump, IrType.Void);
        jump.Block = preheader;
        List<(Instr Phi, Instr Value)> joined = [];
        foreach (Instr phi in header.Phis.ToArray())
        {
            Instr[] incoming = [.. outside.Select(block => phi.Args[header.Predecessors.IndexOf(block)])];
            if (incoming.All(value => value == incoming[0]))
            {
                joined.Add((phi, incoming[0]));
                continue;
            }

            Instr made = function.New(Op.Phi, phi.Type, incoming);
            made.Block = preheader;
            preheader.Body.Add(made);
            joined.Add((phi, made));
        }

        preheader.Body.Add(jump);
        foreach (Block block in outside)
        {
            for (int edge = 0; edge < block.Successors.Count; edge++)
            {
                if (block.Successors[edge] == header) block.Retarget(edge, preheader);
            }
        }

        preheader.AddSuccessor(header);
        foreach ((Instr phi, Instr value) in joined) phi.Args = [.. phi.Args, value];
        for (Loop? outer = loop.Parent; outer is not null; outer = outer.Parent) outer.Blocks.Add(preheader);
        return preheader;
    }
}
