using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Moves the step of a counter behind the last use of the old value in its block, so that both can share one register:
/// <c>*p++</c> reads before it steps.
/// </summary>
internal static class IncrementSinking
{
    /// <summary>Runs over all blocks.</summary>
    public static void Run(Function function)
    {
        foreach (Block block in function.Blocks)
        {
            for (int index = block.Body.Count - 2; index >= 0; index--)
            {
                if (block.Body[index] is not { Op: Op.Add, Args: [{ Op: Op.Phi } counter, { IsConst: true }] } step) continue;
                int last = LastUse(block.Body, index, counter, step);
                if (last < 0) continue;
                block.Body.RemoveAt(index);
                block.Body.Insert(last, step);
            }
        }
    }

    private static int LastUse(List<Instr> body, int from, Instr counter, Instr step)
    {
        int last = -1;
        for (int index = from + 1; index < body.Count - 1; index++)
        {
            if (body[index].Args.Contains(step)) break;
            if (body[index].Args.Contains(counter)) last = index;
        }

        return last;
    }
}
