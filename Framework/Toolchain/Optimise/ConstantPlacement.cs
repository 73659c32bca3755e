using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Constants and addresses that a loop needs in registers are put there once, before the loop, as far as registers allow;
/// a loop that calls keeps only what takes several instructions to make.
/// </summary>
internal static class ConstantPlacement
{
    private const int PerLoopLimit = 9;
    private const int PerCallingLoopLimit = 4;

    /// <summary>Places them.</summary>
    public static void Run(Function function)
    {
        List<Loop> loops = FlowOrder.Compute(function);
        HashSet<Block> done = [];
        foreach (Loop loop in loops)
        {
            if (loop.Blocks.Any(done.Contains)) continue;
            bool calls = loop.Blocks.Any(block => block.Body.Any(instr => instr.Op == Op.Call));
            Place(function, loop, calls);
            // Inner loops without calls have registers to spare for more.
            if (!calls) done.UnionWith(loop.Blocks);
        }

        FlowOrder.Compute(function);
    }

    private static void Place(Function function, Loop loop, bool calls)
    {
        Dictionary<Instr, long> demand = [];
        List<Instr> order = [];
        foreach (Block block in loop.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                for (int index = 0; index < instr.Args.Length; index++)
                {
                    Instr arg = instr.Args[index];
                    if (!NeedsRegister(instr, index, arg)) continue;
                    if (!demand.ContainsKey(arg)) order.Add(arg);
                    demand[arg] = demand.GetValueOrDefault(arg) + (Cost(arg) << (2 * Math.Min(block.LoopDepth, 4)));
                }
            }
        }

        List<Instr> chosen = [.. order.Where(value => !calls || Cost(value) > 1).OrderByDescending(value => demand[value])
            .Take(calls ? PerCallingLoopLimit : PerLoopLimit)];
        if (chosen.Count == 0) return;
        HashSet<Block> inside = [.. loop.Blocks];
        if (LoopInvariants.Preheader(function, loop, inside) is not { } preheader) return;
        Dictionary<Instr, Instr> placed = [];
        foreach (Instr value in chosen)
        {
            Instr made = function.New(Op.Materialise, value.Type, value);
            made.Block = preheader;
            preheader.Body.Insert(preheader.Body.Count - 1, made);
            placed.Add(value, made);
        }

        foreach (Block block in loop.Blocks)
        {
            if (!inside.Contains(block)) continue;
            foreach (Instr instr in block.Body)
            {
                for (int index = 0; index < instr.Args.Length; index++)
                {
                    if (placed.TryGetValue(instr.Args[index], out Instr? made) && NeedsRegister(instr, index, instr.Args[index]))
                        instr.Args[index] = made;
                }
            }
        }
    }

    private static long Cost(Instr value) => value.Op == Op.SymbolAddress || value.Immediate is < -2048 or > 2047 ? 2 : 1;

    /// <summary>True if the operand cannot be part of the instruction.</summary>
    private static bool NeedsRegister(Instr instr, int index, Instr arg)
    {
        if (instr.Op is Op.Phi or Op.Return or Op.Panic) return false;
        bool isSmall = arg.Op == Op.Const && arg.Immediate is >= -2048 and <= 2047;
        switch (arg.Op)
        {
            case Op.Const when arg.Immediate == 0:
                return false;
            case Op.Const:
                if (instr.Op is Op.Shl or Op.Shr or Op.ShrUnsigned or Op.RotateRight && index == 1) return false;
                if (instr.Op is Op.Eq or Op.Ne or Op.Lt or Op.Ge or Op.LtUnsigned or Op.GeUnsigned) return IsBranched(instr) || !isSmall;
                if (instr.Op is Op.Add or Op.Or or Op.Xor && index == 1) return !isSmall;
                if (instr.Op == Op.And && index == 1)
                    return !isSmall && !(arg.Immediate > 0 && System.Numerics.BitOperations.IsPow2(arg.Immediate + 1));
                return instr.Op != Op.Materialise;
            case Op.SymbolAddress:
                return instr.Op != Op.Materialise;
            case Op.SlotAddress:
                return instr.Op == Op.Add || instr.IsCompare;
            default:
                return false;
        }
    }

    // A comparison that a branch takes in has no place for a constant.
    private static bool IsBranched(Instr comparison) =>
        comparison.Block is { } block && block.Terminator is { Op: Op.Branch } branch && branch.Args[0] == comparison;
}
