namespace Verification.Toolchain.Ir;

/// <summary>A natural loop.</summary>
internal sealed class Loop(Block header)
{
    /// <summary>The block that dominates all others of the loop.</summary>
    public Block Header { get; } = header;

    /// <summary>The loop around it.</summary>
    public Loop? Parent { get; set; }

    /// <summary>All blocks, those of inner loops included, in flow order.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>Nesting, from 1.</summary>
    public int Depth { get; set; }

    /// <summary>True if the block is in the loop or in one within it.</summary>
    public bool Contains(Block block)
    {
        for (Loop? loop = block.Loop; loop is not null; loop = loop.Parent)
        {
            if (loop == this) return true;
        }

        return false;
    }
}

/// <summary>Reverse postorder, dominators and loops of a function; drops what cannot be reached.</summary>
internal static class FlowOrder
{
    /// <summary>Computes all three; returns the loops, outer ones first.</summary>
    public static List<Loop> Compute(Function function)
    {
        Sort(function);
        Dominators(function);
        return Loops(function);
    }

    /// <summary>Orders the blocks and drops unreachable ones.</summary>
    public static void Sort(Function function)
    {
        foreach (Block block in function.Blocks) block.Order = -1;
        List<Block> postorder = new(function.Blocks.Count);
        Stack<(Block Block, int Next)> stack = new();
        function.Entry.Order = 0;
        stack.Push((function.Entry, function.Entry.Successors.Count - 1));
        while (stack.TryPop(out (Block Block, int Next) top))
        {
            if (top.Next < 0)
            {
                postorder.Add(top.Block);
                continue;
            }

            stack.Push((top.Block, top.Next - 1));
            Block successor = top.Block.Successors[top.Next];
            if (successor.Order >= 0) continue;
            successor.Order = 0;
            stack.Push((successor, successor.Successors.Count - 1));
        }

        foreach (Block block in function.Blocks)
        {
            if (block.Order >= 0) continue;
            for (int index = block.Successors.Count - 1; index >= 0; index--)
            {
                if (block.Successors[index].Order >= 0) block.RemoveSuccessor(index);
            }
        }

        postorder.Reverse();
        for (int index = 0; index < postorder.Count; index++) postorder[index].Order = index;
        function.Blocks = postorder;
    }

    /// <summary>True if every way to <paramref name="block"/> leads through <paramref name="dominator"/>.</summary>
    public static bool Dominates(Block dominator, Block block)
    {
        Block? current = block;
        while (current is not null && current.DominatorDepth > dominator.DominatorDepth) current = current.Dominator;
        return current == dominator;
    }

    /// <summary>The deepest block that dominates both.</summary>
    public static Block CommonDominator(Block left, Block right)
    {
        while (left != right)
        {
            if (left.DominatorDepth >= right.DominatorDepth) left = left.Dominator!;
            else right = right.Dominator!;
        }

        return left;
    }

    // Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm".
    private static void Dominators(Function function)
    {
        foreach (Block block in function.Blocks) block.Dominator = null;
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (Block block in function.Blocks)
            {
                if (block == function.Entry) continue;
                Block? dominator = null;
                foreach (Block predecessor in block.Predecessors)
                {
                    if (predecessor.Dominator is null && predecessor != function.Entry) continue;
                    dominator = dominator is null ? predecessor : Intersect(predecessor, dominator);
                }

                if (dominator == block.Dominator) continue;
                block.Dominator = dominator;
                changed = true;
            }
        }

        foreach (Block block in function.Blocks)
            block.DominatorDepth = block.Dominator is null ? 0 : block.Dominator.DominatorDepth + 1;
    }

    private static Block Intersect(Block left, Block right)
    {
        while (left != right)
        {
            while (left.Order > right.Order) left = left.Dominator!;
            while (right.Order > left.Order) right = right.Dominator!;
        }

        return left;
    }

    private static List<Loop> Loops(Function function)
    {
        foreach (Block block in function.Blocks)
        {
            block.Loop = null;
            block.LoopDepth = 0;
        }

        List<Loop> loops = [];
        // Inner headers come later in flow order: going backwards meets inner loops first.
        for (int index = function.Blocks.Count - 1; index >= 0; index--)
        {
            Block header = function.Blocks[index];
            List<Block> latches = [.. header.Predecessors.Where(latch => latch.Order >= index && Dominates(header, latch))];
            if (latches.Count == 0) continue;
            Loop loop = new(header);
            Stack<Block> work = new(latches);
            while (work.TryPop(out Block? block))
            {
                Loop? outermost = block.Loop;
                while (outermost?.Parent is { } parent) outermost = parent;
                if (outermost == loop) continue;
                if (outermost is null)
                {
                    block.Loop = loop;
                    if (block == header) continue;
                    foreach (Block predecessor in block.Predecessors) work.Push(predecessor);
                }
                else
                {
                    outermost.Parent = loop;
                    foreach (Block predecessor in outermost.Header.Predecessors) work.Push(predecessor);
                }
            }

            header.Loop ??= loop;
            loops.Add(loop);
        }

        loops.Reverse();
        foreach (Loop loop in loops) loop.Depth = loop.Parent is null ? 1 : loop.Parent.Depth + 1;
        foreach (Block block in function.Blocks)
        {
            block.LoopDepth = block.Loop?.Depth ?? 0;
            for (Loop? loop = block.Loop; loop is not null; loop = loop.Parent) loop.Blocks.Add(block);
        }

        return loops;
    }
}
