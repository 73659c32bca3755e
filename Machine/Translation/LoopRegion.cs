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

    // Farther apart, there is hardly a page that is come to again.
    private const int WidestStep = 256;

    private readonly List<BasicBlock> _blocks;

    // How many loops of the region each block is in.
    private readonly Dictionary<BasicBlock, int> _depths;

    private LoopRegion(List<BasicBlock> blocks)
    {
        _blocks = blocks;
        _depths = blocks.ToDictionary(static block => block, static _ => 0);
        Deepen(blocks, 1, 0);
        foreach (var effect in blocks.SelectMany(static block => block.Effects))
        {
            if (effect is Effect.SetRegister set) Written |= 1u << set.Register;
            if (effect is Effect.SetFloat setFloat) WrittenFloats |= 1u << setFloat.Register;
        }
    }

    internal RegisterMap Map { get; private set; } = RegisterMap.Standard;

    /// <summary>Integer registers that its code writes, a bit each.</summary>
    internal uint Written { get; }

    /// <summary>Floating-point registers that its code writes, a bit each.</summary>
    internal uint WrittenFloats { get; }

    /// <summary>Accesses near registers that its code does not write, or only moves on: what one has looked up is for the others, and the
    /// next time round.</summary>
    internal List<AccessGroup> Groups { get; } = [];

    /// <summary>Finds the loops among blocks, and assigns each block to the outermost one that it is part of.</summary>
    internal static List<LoopRegion> Find(IReadOnlyList<BasicBlock> blocks)
    {
        var regions = Loops(blocks).ConvertAll(static loop => new LoopRegion(loop));
        foreach (var region in regions)
        {
            foreach (var block in region._blocks) block.Loop = region;
        }

        return regions;
    }

    /// <summary>Most is executed in the code for a loop's later rounds; that of the first is as good as outside.</summary>
    internal void AddRounds(BasicBlock rounds, IReadOnlyList<BasicBlock> first)
    {
        _blocks.Add(rounds);
        (_depths[rounds], rounds.Walking) = (_depths[first[0]], first[0].Walking);
        foreach (var block in first) _depths[block]--;
    }

    /// <summary>A copy for later rounds is not worth its code.</summary>
    internal void RemoveRounds(BasicBlock rounds, BasicBlock first)
    {
        _blocks.Remove(rounds);
        _depths[first]++;
    }

    /// <summary>Gives the loop its registers, by what its steps have become; one that needs nothing of its own is none.</summary>
    internal void Settle()
    {
        var (integers, floats) = (new long[32], new long[32]);
        foreach (var block in _blocks)
        {
            var weight = _depths[block] == 0 ? 0 : (long)Math.Pow(WeightPerDepth, _depths[block] - 1);
            foreach (var effect in block.Effects) effect.CountUses(integers, floats, weight);
        }

        Map = RegisterMap.ForLoop(integers, floats);
        if (!Map.IsStandard || Groups.Count > 0) return;
        foreach (var block in _blocks) block.Loop = null;
    }

    private static bool IsStep(Effect.SetRegister set) =>
        set.Value is { Operator: Operator.Add, First: { Operator: Operator.Register } from, Second: { IsConstant: true } by }
        && (int)from.Value == set.Register && Math.Abs((long)by.Value) <= WidestStep;

    // Without its first block, what is still a loop is one inside.
    private void Deepen(List<BasicBlock> loop, int depth, uint walking)
    {
        var (steps, others) = (0u, 0u);
        foreach (var set in loop.SelectMany(static block => block.Effects).OfType<Effect.SetRegister>())
        {
            if (IsStep(set)) steps |= 1u << set.Register;
            else others |= 1u << set.Register;
        }

        walking = (walking | steps) & ~others;
        foreach (var block in loop) (_depths[block], block.Walking) = (depth, walking);
        if (depth == MostDepth) return;
        var inside = loop.Select(static block => block.Offset).ToHashSet();
        var header = loop.MinBy(static block => block.Offset)!;
        foreach (var inner in Loops([.. loop.Where(block => block != header && inside.Contains(block.Offset))]))
            Deepen(inner, depth + 1, walking);
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
