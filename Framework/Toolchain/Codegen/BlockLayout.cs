using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// The order of the blocks in memory: each loop in one piece with its test at the end, so that a round has one branch,
/// and what ends in a panic behind everything else.
/// </summary>
internal static class BlockLayout
{
    /// <summary>Orders the blocks; loops must be up to date.</summary>
    public static List<Block> Order(Function function)
    {
        List<Block> hot = [.. function.Blocks.Where(block => !block.IsCold || block == function.Entry)];
        List<Block> order = Arrange(hot, null);
        // The entry is where callers come in.
        order.Remove(function.Entry);
        order.Insert(0, function.Entry);
        order.AddRange(function.Blocks.Where(block => block.IsCold && block != function.Entry));
        return order;
    }

    private static List<Block> Arrange(List<Block> blocks, Loop? loop)
    {
        List<Block> order = [];
        HashSet<Loop> done = [];
        foreach (Block block in blocks)
        {
            Loop? inner = Child(block, loop);
            if (inner is null)
            {
                order.Add(block);
                continue;
            }

            if (!done.Add(inner)) continue;
            order.AddRange(Rotate(Arrange([.. blocks.Where(inner.Contains)], inner), inner));
        }

        return order;
    }

    // The loop directly inside the given one that the block lies in.
    private static Loop? Child(Block block, Loop? outer)
    {
        Loop? found = null;
        for (Loop? loop = block.Loop; loop is not null && loop != outer; loop = loop.Parent) found = loop;
        return found;
    }

    private static List<Block> Rotate(List<Block> order, Loop loop)
    {
        Block header = loop.Header;
        if (order.Count < 2 || order[0] != header || header.Terminator.Op != Op.Branch) return order;
        bool leaves = header.Successors.Any(successor => !loop.Contains(successor));
        // An unconditional jump back to the test is what moving the test to the end saves.
        bool isJumpedTo = order[^1].Terminator.Op == Op.Jump && order[^1].Successors[0] == header;
        if (!leaves || !isJumpedTo) return order;
        order.RemoveAt(0);
        order.Add(header);
        return order;
    }
}
