using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

/// <summary>The plain interpreter: calls the meanings of decoded blocks one after the other. The reference for all tiers.</summary>
internal sealed unsafe class Interpreter : IExecutionTier
{
    internal static Interpreter Instance { get; } = new();

    public ulong Run(Hart hart, ulong budget)
    {
        var state = hart.State;
        var left = budget;
        while (left != 0)
        {
            if (state->Leave != 0 && !hart.Attend()) break;
            var pc = state->Pc;
            var page = hart.CachedCode(pc) ?? hart.FetchCode(pc);
            var block = page is null ? Block.Uncached
                : page.Blocks[(pc & 0xFFF) >> 1] ?? hart.DecodeBlock(page, pc);
            if (block.Steps.Length == 0) hart.ExecuteUncached(page is not null);
            left -= block.Steps.Length == 0 ? 1 : RunBlock(hart, state, block, pc, left);
        }
        return budget - left;
    }

    private static ulong RunBlock(Hart hart, HartState* state, Block block, ulong pc, ulong left)
    {
        var machine = new InterpreterMachine(state);
        ref var first = ref MemoryMarshal.GetArrayDataReference(block.Steps);
        var count = (nuint)Math.Min((ulong)block.Steps.Length, left);
        state->NextPc = pc + (ulong)block.SizeBytes;
        hart.EnterBlock(block, pc);
        nuint done = 0;
        do
        {
            ref var step = ref Unsafe.Add(ref first, done++);
            state->Pc = pc;
            pc += step.Instruction.SizeBytes;
            step.Meaning(machine, in step.Instruction);
        }
        while (state->Leave == 0 && done < count);
        hart.LeaveBlock();
        var isElsewhere = done == (nuint)block.Steps.Length || (state->Leave & (uint)LeaveReason.Redirect) != 0;
        state->Pc = isElsewhere ? state->NextPc : pc;
        state->Retired += done;
        return done;
    }
}
