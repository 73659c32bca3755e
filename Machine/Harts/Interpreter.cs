using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Verification.Machine.Harts;

/// <summary>The plain interpreter: calls the meanings of decoded blocks one after the other. The reference for all tiers.</summary>
internal sealed unsafe class Interpreter : ExecutionTier
{
    internal static Interpreter Instance { get; } = new();

    internal override ulong Run(Hart hart, ulong budget)
    {
        var state = hart.State;
        var left = budget;
        // The page that the last block was on: within it, blocks follow each other without a look at the TLB.
        CodePage? page = null;
        var pageAddress = 1UL;
        while (left != 0)
        {
            if (state->Leave != 0)
            {
                if (!hart.Attend()) break;
                pageAddress = 1;
            }
            var pc = state->Pc;
            if ((pc & ~0xFFFUL) != pageAddress)
            {
                page = hart.CachedCode(pc) ?? hart.FetchCode(pc);
                pageAddress = page is null ? 1 : pc & ~0xFFFUL;
            }
            var block = page is null ? Block.Uncached
                : page.BlockAt(pc) ?? hart.DecodeBlock(page, pc);
            left -= RunBlock(hart, state, block, page, left);
        }
        return budget - left;
    }

    /// <summary>Executes up to the end of the block, <paramref name="left"/> instructions at most and one at least.</summary>
    internal static ulong RunBlock(Hart hart, ulong left)
    {
        var pc = hart.State->Pc;
        var page = hart.CachedCode(pc) ?? hart.FetchCode(pc);
        var block = page is null ? Block.Uncached : page.BlockAt(pc) ?? hart.DecodeBlock(page, pc);
        return RunBlock(hart, hart.State, block, page, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RunBlock(Hart hart, HartState* state, Block block, CodePage? page, ulong left)
    {
        var steps = block.Steps;
        if (steps.Length != 0)
            return RunBlock(state, ref MemoryMarshal.GetArrayDataReference(steps), (uint)steps.Length, block.SizeBytes, left);
        hart.ExecuteUncached(page is not null);
        return 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RunBlock(HartState* state, ref Step step, uint length, int sizeBytes, ulong left)
    {
        var machine = new InterpreterMachine(state);
        var pc = state->Pc;
        var count = left < length ? (uint)left : length;
        state->NextPc = pc + (ulong)sizeBytes;
        uint done = 0;
        do
        {
            state->Pc = pc;
            state->InBlock = ++done;
            pc += step.Instruction.SizeBytes;
            step.Meaning(machine, in step.Instruction);
            step = ref Unsafe.Add(ref step, 1);
        }
        while (state->Leave == 0 && done < count);
        var isElsewhere = done == length || (state->Leave & (uint)LeaveReason.Redirect) != 0;
        state->Pc = isElsewhere ? state->NextPc : pc;
        state->Retired += done;
        state->InBlock = 0;
        return done;
    }
}
