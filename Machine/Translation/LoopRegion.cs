using Verification.Machine.Translation.X64;

namespace Verification.Machine.Translation;

/// <summary>
/// Blocks that can reach each other without a call or a computed jump: a loop with the loops inside it. Its registers live
/// where they are used most.
/// </summary>
internal sealed class LoopRegion
{
    private const int WeightPerDepth = 8;
    private const int MostDepth = 4;

    private LoopRegion(RegisterMap map) => Map = map;

    internal RegisterMap Map { get; }

    /// <summary>Integer registers that its code writes, a bit each.</summary>
    internal uint Written { get; private set; }

    /// <summary>Floating-point registers that its code writes, a bit each.</summary>
    internal uint WrittenFloats { get; private set; }

    /// <summary>Finds the loops among blocks, and assigns each block to the outermost one that it is part of.</summary>
    internal static List<LoopRegion> Find(IReadOnlyList<BasicBlock> blocks)
    {
        var regions = new List<LoopRegion>();
        foreach (var loop in Loops(blocks))
        {
            var depths = loop.ToDictionary(static block => block, static _ => 0);
            Deepen(loop, depths, 1);
            var (integers, floats) = (new long[32], new long[32]);
            var (written, writtenFloats) = (0u, 0u);
            foreach (var block in loop)
            {
                var weight = (long)Math.Pow(WeightPerDepth, depths[block] - 1);
                foreach (var effect in block.Effects)
                {
                    effect.CountUses(integers, floats, weight);
                    if (effect is Effect.SetRegister set) written |= 1u << set.Register;
                    if (effect is Effect.SetFloat setFloat) writtenFloats |= 1u << setFloat.Register;
                }
            }

            var map = RegisterMap.ForLoop(integers, floats);
            if (map.IsStandard) continue;
            var region = new LoopRegion(map) { Written = written, WrittenFloats = writtenFloats };
            foreach (var block in loop) block.Loop = region;
            regions.Add(region);
        }

        return regions;
    }

    // Without its first block, what is still a loop is one inside.
    private static void Deepen(List<BasicBlock> loop, Dictionary<BasicBlock, int> depths, int depth)
    {
        foreach (var block in loop) depths[block] = depth;
        if (depth == MostDepth) return;
        var inside = loop.Select(static block => block.Offset).ToHashSet();
        var header = loop.MinBy(static block => block.Offset)!;
        foreach (var inner in Loops([.. loop.Where(block => block != header && inside.Contains(block.Offset))]))
            Deepen(inner, depths, depth + 1);
    }

    // Tarjan's strongly connected components, those that are cycles.
    private static List<List<BasicBlock>> Loops(IReadOnlyList<BasicBlock> blocks)
    {
        var byOffset = blocks.ToDictionary(static block => block.Offset);
        var numbers = new Dictionary<BasicBlock, int>();
        var lowest = new Dictionary<BasicBlock, int>();
        var open = new Stack<BasicBlock>();
        var isOpen = new HashSet<BasicBlock>();
        var loops = new List<List<BasicBlock>>();
        foreach (var block in blocks)
        {
            if (!numbers.ContainsKey(block)) Visit(block);
        }

        return loops;

        void Visit(BasicBlock block)
        {
            numbers[block] = lowest[block] = numbers.Count;
            open.Push(block);
            isOpen.Add(block);
            foreach (var offset in block.Successors)
            {
                if (!byOffset.TryGetValue(offset, out var next)) continue;
                if (!numbers.TryGetValue(next, out var number))
                {
                    Visit(next);
                    lowest[block] = Math.Min(lowest[block], lowest[next]);
                }
                else if (isOpen.Contains(next))
                {
                    lowest[block] = Math.Min(lowest[block], number);
                }
            }

            if (lowest[block] != numbers[block]) return;
            var members = new List<BasicBlock>();
            BasicBlock member;
            do
            {
                member = open.Pop();
                isOpen.Remove(member);
                members.Add(member);
            }
            while (member != block);
            if (members.Count > 1 || block.Successors.Contains(block.Offset)) loops.Add(members);
        }
    }
}
