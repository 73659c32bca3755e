using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Framework.Observing;

/// <summary>
/// Follows every hart's stack pointer from its first instruction on, and catches the instruction by which it leaves its
/// stack, or by which an access through it does. Each stack's deepest use is kept.
/// </summary>
/// <remarks>
/// How. An instruction that adjusts <c>sp</c> (by an immediate or a register, or from the frame pointer) stays on its stack;
/// any other write of <c>sp</c> may be a switch, and the stack is looked up anew at its next use. User mode is left alone.
/// Known limits. An access through another register than <c>sp</c>, or than <c>s0</c> while that points into the stack, is
/// not attributed to the stack; code that computes an adjusted <c>sp</c> in another register looks like a switch.
/// </remarks>
public sealed class StackOracle(StackMap map)
{
    private const int StackPointer = 2;
    private const int FramePointer = 8;
    private readonly Dictionary<ulong, StackWrite> _writes = [];
    private readonly Dictionary<ulong, HartStack> _harts = [];
    private readonly Dictionary<StackRange, ulong> _deepest = [];

    /// <summary>The stacks, as far as they are known.</summary>
    public StackMap Map => map;

    /// <summary>An oracle of its own that knows the same.</summary>
    internal StackOracle Fork()
    {
        var fork = new StackOracle(map.Fork()) { Policy = Policy, Breach = Breach };
        foreach (var (hartId, stack) in _harts) fork._harts.Add(hartId, stack.Copy());
        foreach (var (stack, deepest) in _deepest) fork._deepest.Add(stack, deepest);
        return fork;
    }

    /// <summary>The first breach of a stack.</summary>
    public StackBreach? Breach { get; private set; }

    /// <summary>Whether a breach ends the run at its instruction, or is only kept.</summary>
    public BreachPolicy Policy { get; init; } = BreachPolicy.Stop;

    /// <summary>The lowest <c>sp</c> that was in use on each stack, in the order of <see cref="StackMap.Stacks"/>.</summary>
    public IEnumerable<StackDepth> Depths => map.Stacks
        .Where(_deepest.ContainsKey)
        .Select(stack => new StackDepth(stack, stack.HighAddress - _deepest[stack]));

    /// <summary>The stack that a hart is on.</summary>
    public StackRange? StackOf(Hart hart) => _harts.GetValueOrDefault(hart.Id)?.Current;

    /// <summary>To be called for every write of <c>sp</c> that the hart's guard does not let pass.</summary>
    public void Register(Hart hart, ulong pc, ulong value)
    {
        if (hart.Privilege == PrivilegeMode.User) return;
        var state = State(hart);
        Written(hart, state, pc, value);
        Guard(hart, state);
    }

    private void Written(Hart hart, HartStack state, ulong pc, ulong value)
    {
        var write = WriteAt(hart, pc);
        if (write.Kind == StackWriteKind.Switch)
        {
            state.IsFresh = true;
            state.Value = value;
            return;
        }

        if (state.IsFresh)
        {
            bool grows = write.Kind == StackWriteKind.Immediate && write.Immediate < 0;
            if (!grows)
            {
                state.Value = value;
                return;
            }

            Settle(hart, state, pc, state.Value);
        }

        state.Value = value;
        if (state.Current is not { } stack) return;
        if (!stack.Allows(value)) Report(hart, new StackBreach(hart.Id, pc, hart.Retired, stack, value, value, 0,
            value < stack.LowAddress ? BreachKind.PointerBelow : BreachKind.PointerAbove));
        else Deepen(stack, value);
    }

    /// <summary>To be called for every access to memory whose base register is <c>sp</c> or <c>s0</c>, and which the hart's guard
    /// does not let pass.</summary>
    public void Access(Hart hart, in MemoryAccess access)
    {
        if (hart.Privilege == PrivilegeMode.User) return;
        var state = State(hart);
        if (access.BaseRegister == StackPointer)
        {
            if (state.IsFresh)
            {
                Settle(hart, state, access.Pc, hart.GetRegister(StackPointer));
                Guard(hart, state);
            }
        }
        else if (state.IsFresh || state.Current is null || !state.Current.Allows(hart.GetRegister(FramePointer))
            || hart.GetRegister(FramePointer) < hart.GetRegister(StackPointer))
        {
            return;
        }

        if (state.Current is not { } stack || stack.Contains(access.VirtualAddress, access.SizeBytes)) return;
        Report(hart, new StackBreach(hart.Id, access.Pc, hart.Retired, stack, hart.GetRegister(StackPointer), access.VirtualAddress,
            access.SizeBytes, access.Kind == AccessKind.Load ? BreachKind.LoadOutside : BreachKind.StoreOutside));
    }

    /// <summary>What stays on a stack that the hart is on, no deeper than it has been, is no news.</summary>
    private void Guard(Hart hart, HartStack state)
    {
        if (!state.IsFresh && state.Current is { } stack)
            hart.GuardStack(stack.LowAddress, Math.Max(_deepest.GetValueOrDefault(stack, stack.HighAddress), stack.LowAddress), stack.HighAddress);
        else hart.DropStackGuard();
    }

    private void Settle(Hart hart, HartStack state, ulong pc, ulong stackPointer)
    {
        state.IsFresh = false;
        state.Value = stackPointer;
        state.Current = map.For(stackPointer);
        if (state.Current is { } stack) Deepen(stack, stackPointer);
        else Report(hart, new StackBreach(hart.Id, pc, hart.Retired, null, stackPointer, stackPointer, 0, BreachKind.NoStack));
    }

    private void Deepen(StackRange stack, ulong stackPointer)
    {
        if (!_deepest.TryGetValue(stack, out ulong deepest) || stackPointer < deepest) _deepest[stack] = stackPointer;
    }

    private void Report(Hart hart, StackBreach breach)
    {
        if (Breach is not null) return;
        Breach = breach;
        if (Policy == BreachPolicy.Stop) hart.RequestStop(breach);
    }

    private HartStack State(Hart hart)
    {
        if (!_harts.TryGetValue(hart.Id, out var state)) _harts.Add(hart.Id, state = new HartStack());
        return state;
    }

    private StackWrite WriteAt(Hart hart, ulong pc)
    {
        if (!_writes.TryGetValue(pc, out var write)) _writes.Add(pc, write = StackWrite.Read(hart, pc));
        return write;
    }

    private sealed class HartStack
    {
        public StackRange? Current;
        public bool IsFresh = true;
        public ulong Value;

        public HartStack Copy() => (HartStack)MemberwiseClone();
    }
}

/// <summary>What the oracle does about a breach.</summary>
public enum BreachPolicy
{
    /// <summary>End the run at its instruction.</summary>
    Stop,

    /// <summary>Keep the first one and go on.</summary>
    Keep,
}
