using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>The order of the passes.</summary>
internal static class Pipeline
{
    private const int RoundLimit = 8;

    /// <summary>Takes variables out of memory and simplifies, until nothing changes.</summary>
    public static void CleanUp(Function function)
    {
        for (int round = 0; round < RoundLimit; round++)
        {
            CopyForwarding.Run(function);
            bool promoted = SlotPromotion.Run(function);
            Simplify(function);
            if (!promoted) return;
        }
    }

    /// <summary>Inlines callees, and what inlining makes possible.</summary>
    public static void Inline(Compilation unit, Function function)
    {
        if (Inliner.Run(unit, function)) CleanUp(function);
        if (unit.Options.Optimisation == OptimisationLevel.Minimal) return;
        if (ShortComparisons.Run(unit, function)) CleanUp(function);
        bool changed = MemoryForwarding.Run(function);
        changed |= DeadStores.Run(function);
        if (changed) CleanUp(function);
    }

    /// <summary>Applies the calling convention and works on loops: the function can no longer be inlined.</summary>
    public static void Finish(Compilation unit, Function function)
    {
        CallingConvention.Apply(function);
        CleanUp(function);
        if (unit.Options.Optimisation == OptimisationLevel.Full)
        {
            bool isSimpler = MemoryForwarding.Run(function);
            isSimpler |= DeadStores.Run(function);
            if (isSimpler) CleanUp(function);
            for (int round = 0; round < 3; round++)
            {
                bool changed = BoundsChecks.Run(function);
                changed |= LoopInvariants.Run(function);
                Simplify(function);
                changed |= MemoryForwarding.Run(function);
                if (!changed) break;
            }
        }

        Simplify(function);
        WordLoads.Run(function);
        Expansions.Run(unit, function);
        Simplify(function);
        if (unit.Options.Optimisation == OptimisationLevel.Full && InductionPointers.Run(function)) Simplify(function);
        if (unit.Options.Optimisation == OptimisationLevel.Full)
        {
            ConstantPlacement.Run(function);
            IncrementSinking.Run(function);
        }

        EdgeSplitting.Run(unit, function);
        DeadCode.Run(function);
    }

    private static void Simplify(Function function)
    {
        for (int round = 0; round < RoundLimit; round++)
        {
            FlowOrder.Compute(function);
            bool changed = ValueNumbering.Run(function);
            changed |= DeadCode.Run(function);
            changed |= ControlFlow.Run(function);
            if (!changed) return;
        }
    }
}
