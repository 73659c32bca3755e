using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Gives every edge into a block with phis a place for copies, and makes panics of the same place and reason one block.
/// </summary>
internal static class EdgeSplitting
{
    /// <summary>Splits critical edges and merges panics.</summary>
    public static void Run(Compilation unit, Function function)
    {
        MergePanics(unit, function);
        FlowOrder.Sort(function);
        foreach (Block block in function.Blocks.ToArray())
        {
            if (block.Successors.Count < 2) continue;
            for (int index = 0; index < block.Successors.Count; index++)
            {
                Block target = block.Successors[index];
                if (target.Body[0].Op == Op.Phi) Split(function, block, index, target);
            }
        }

        FlowOrder.Compute(function);
    }

    private static void Split(Function function, Block block, int index, Block target)
    {
        Block middle = function.NewBlock();
        Instr jump = function.New(Op.Jump, IrType.Void);
        jump.Block = middle;
        jump.Place = block.Terminator.Place;
        middle.Body.Add(jump);
        int edge = target.Predecessors.IndexOf(block);
        List<Instr> values = [.. target.Phis.Select(phi => phi.Args[edge])];
        block.Retarget(index, middle);
        middle.AddSuccessor(target);
        int position = 0;
        foreach (Instr phi in target.Phis) phi.Args = [.. phi.Args, values[position++]];
    }

    private static void MergePanics(Compilation unit, Function function)
    {
        Dictionary<string, Block> known = [];
        foreach (Block block in function.Blocks)
        {
            if (block.Terminator is not { Op: Op.Panic, Reference: PanicReason reason } panic) continue;
            string site = unit.Data.PanicSite(panic.Place, reason.Message);
            panic.Reference = new PanicReason(site);
            if (block.CodeCount != 1 || block == function.Entry) continue;
            if (known.TryAdd(site, block)) continue;
            foreach (Block predecessor in block.Predecessors.ToArray())
            {
                DebugValues.PassBy(function, block, predecessor, 0, known[site]);
                predecessor.Retarget(predecessor.Successors.IndexOf(block), known[site]);
            }
        }
    }
}
