using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Codegen;

/// <summary>
/// How often each block runs, guessed from the shape of the program: a loop goes round eight times, what panics never
/// runs, equality holds less often than not.
/// </summary>
internal static class BlockFrequencies
{
    private const double RoundsPerLoop = 8;
    private const double LeavingShare = 1 / RoundsPerLoop;
    private const double EqualShare = 0.35;
    private const double ColdFrequency = 0.01;
    private const double Greatest = 262144;

    /// <summary>Frequencies relative to the entry's; flow order and loops must be up to date.</summary>
    public static Dictionary<Block, double> Of(Function function)
    {
        Dictionary<Block, double> frequencies = [];
        foreach (Block block in function.Blocks)
        {
            double sum = block == function.Entry ? 1 : 0;
            foreach (Block predecessor in block.Predecessors.Distinct())
            {
                if (predecessor.Order >= block.Order) continue;
                for (int index = 0; index < predecessor.Successors.Count; index++)
                {
                    if (predecessor.Successors[index] == block) sum += frequencies[predecessor] * Share(predecessor, index);
                }
            }

            if (block.Loop?.Header == block) sum *= RoundsPerLoop;
            frequencies.Add(block, block.IsCold ? ColdFrequency : Math.Clamp(sum, ColdFrequency, Greatest));
        }

        return frequencies;
    }

    /// <summary>How many of a block's runs go on to one of its successors.</summary>
    public static double Share(Block block, int index)
    {
        if (block.Successors.Count != 2) return 1.0 / block.Successors.Count;
        Block other = block.Successors[1 - index];
        Block successor = block.Successors[index];
        if (successor.IsCold != other.IsCold) return successor.IsCold ? 0 : 1;
        bool leaves = Leaves(block, successor);
        if (leaves != Leaves(block, other)) return leaves ? LeavingShare : 1 - LeavingShare;
        Op condition = block.Terminator.Args[0].Op;
        if (condition is not (Op.Eq or Op.Ne)) return 0.5;
        return (condition == Op.Eq) == (index == 0) ? EqualShare : 1 - EqualShare;
    }

    private static bool Leaves(Block block, Block successor) => block.Loop is { } loop && !loop.Contains(successor);
}
