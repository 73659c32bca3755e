using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

/// <summary>The interpreter under an observer: the same blocks, the same meanings compiled for another machine.</summary>
internal sealed unsafe class ObservedInterpreter<TObserver>(Observation<TObserver> observation) : ExecutionTier
    where TObserver : struct, IObserver
{
    private static readonly Row<ObservedMachine<TObserver>>[] Rows = InstructionTable<ObservedMachine<TObserver>, HostWord>.Rows;

    private static readonly Meaning<ObservedMachine<TObserver>>[] Meanings = [.. Rows.Select(row => row.Meaning)];

    private static readonly Meaning<ObservedMachine<TObserver>> Illegal =
        static (m, in i) => m.Perform(HartOperation.Illegal, in i);

    internal override ulong Run(Hart hart, ulong budget)
    {
        var left = budget;
        while (left != 0)
        {
            if (hart.State->Leave != 0 && !hart.Attend()) break;
            var executed = RunBlock(hart, left);
            if (executed == 0) break;
            left -= executed;
        }
        return budget - left;
    }

    /// <summary>Tells the observer of a trap.</summary>
    internal void TellTrap(Hart hart, TrapEvent trap) => observation.Observer.Trap(hart, in trap);

    /// <summary>Executes up to the end of a block, at most so many instructions; 0 when the observer stopped the run before the first.</summary>
    internal ulong RunBlock(Hart hart, ulong left)
    {
        var state = hart.State;
        var pc = state->Pc;
        var page = hart.CachedCode(pc) ?? hart.FetchCode(pc);
        var block = page is null ? Block.Uncached : page.BlockAt(pc) ?? hart.DecodeBlock(page, pc);
        if (block.Steps.Length == 0)
        {
            if (!hart.TryFetchUncached(page is not null, out var instruction)) return 1;
            return Execute(hart, in instruction, pc) ? 1UL : 0;
        }
        ulong done = 0;
        foreach (ref readonly var step in block.Steps.AsSpan())
        {
            if (done == left || !Execute(hart, in step.Instruction, pc)) return done;
            done++;
            pc += step.Instruction.SizeBytes;
            if (state->Leave != 0 || state->Pc != pc) return done;
        }
        return done;
    }

    /// <returns>False when the observer stopped the run before the instruction.</returns>
    private bool Execute(Hart hart, in Instruction instruction, ulong pc)
    {
        var state = hart.State;
        state->InBlock = 1;
        hart.CurrentBaseRegister = instruction.Rs1;
        observation.Observer.Fetch(hart, pc, in instruction);
        if ((state->Leave & (uint)LeaveReason.Slice) != 0)
        {
            state->InBlock = 0;
            return false;
        }
        state->NextPc = pc + instruction.SizeBytes;
        var meaning = instruction.Row == BlockDecoder.IllegalRow ? Illegal : Meanings[instruction.Row];
        meaning(new ObservedMachine<TObserver>(hart, observation), in instruction);
        state->InBlock = 0;
        state->Pc = state->NextPc;
        state->Retired++;
        return true;
    }
}
