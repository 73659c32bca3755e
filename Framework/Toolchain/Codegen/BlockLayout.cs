namespace Verification.Toolchain.Codegen;

/// <summary>
/// The order of the blocks in memory. A jump costs nothing where its target lies behind it, a branch nothing more where
/// one of its two ways does: chains of blocks grow along the edges that save most (Pettis and Hansen, "Profile Guided
/// Code Positioning"), so that a loop's test comes to lie at its end. What ends in a panic lies behind everything else.
/// </summary>
internal static class BlockLayout
{
    private sealed record Edge(MachineBlock From, MachineBlock To, double Gain, double Frequency);

    /// <summary>Orders the blocks of a function whose first block is the entry.</summary>
    public static void Arrange(MachineFunction function)
    {
        List<MachineBlock> blocks = function.Blocks;
        MachineBlock entry = blocks[0];
        Dictionary<MachineBlock, List<MachineBlock>> chains = blocks.ToDictionary(block => block, block => new List<MachineBlock> { block });
        // The sort is stable: equal edges stay in the order of the program.
        foreach (Edge edge in Edges(function).OrderByDescending(edge => edge.Gain).ThenByDescending(edge => edge.Frequency))
        {
            List<MachineBlock> head = chains[edge.From];
            List<MachineBlock> tail = chains[edge.To];
            if (head == tail || head[^1] != edge.From || tail[0] != edge.To || edge.To == entry) continue;
            head.AddRange(tail);
            foreach (MachineBlock block in tail) chains[block] = head;
        }

        List<MachineBlock> order = [];
        List<MachineBlock> voids = [.. blocks.Where(block => MachineFlow.IsVoid(function, block))];
        HashSet<MachineBlock> placed = [.. voids];
        foreach (bool isCold in (bool[])[false, true])
        {
            foreach (MachineBlock block in blocks)
            {
                if (IsCold(block) != isCold || placed.Contains(block)) continue;
                foreach (MachineBlock member in chains[block])
                {
                    placed.Add(member);
                    order.Add(member);
                }
            }
        }

        function.Blocks = [.. order, .. voids];
    }

    private static bool IsCold(MachineBlock block) => block.Source.IsCold;

    private static IEnumerable<Edge> Edges(MachineFunction function)
    {
        foreach (MachineBlock block in function.Blocks)
        {
            if (IsCold(block) || MachineFlow.IsVoid(function, block) || block.Body.Count == 0 || block.Body[^1] is not { Kind: MachineKind.Jump } jump) continue;
            MachineBlock onwards = MachineFlow.Target(function, jump.Target!);
            MachineInstr? branch = block.Body.Count >= 2 && block.Body[^2].Kind == MachineKind.Branch ? block.Body[^2] : null;
            if (branch is null || MachineFlow.Target(function, branch.Target!) == onwards)
            {
                if (!IsCold(onwards)) yield return new Edge(block, onwards, block.Frequency, block.Frequency);
                continue;
            }

            MachineBlock taking = MachineFlow.Target(function, branch.Target!);

            // Where neither way lies behind, the one that is left over has to jump.
            double taken = block.Frequency * branch.Share;
            double other = block.Frequency - taken;
            double gain = Math.Min(taken, other);
            if (!IsCold(taking)) yield return new Edge(block, taking, gain, taken);
            if (!IsCold(onwards)) yield return new Edge(block, onwards, gain, other);
        }
    }
}
