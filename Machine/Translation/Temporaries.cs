using System.Numerics;
using Verification.Machine.Harts;

namespace Verification.Machine.Translation;

/// <summary>
/// Steps of a computation: <c>andi t1, a0, 255</c>, <c>slli t1, t1, 2</c>, <c>add t1, t1, t0</c>. A value that one step alone reads,
/// and whose register gets another within the block, need not be in its register: it becomes a part of what reads it. Where
/// the block may be left meanwhile, the register is owed its value, and gets it on the way out. What nobody reads is dropped.
/// </summary>
/// <remarks>
/// A value that waits says how it follows from what other registers hold, and is put into its register before one of them gets
/// something else. If it follows from what its own register still holds, it is a step on there: the register holds that until
/// the value is put into it, and others may go by it, too.
/// </remarks>
internal sealed partial class Temporaries
{
    private const int MostOperations = 8;

    // Replaced behind the block's end.
    private const int Later = int.MaxValue;

    private readonly BasicBlock _block;
    private readonly uint _mayOwe;
    private readonly Step[] _steps;
    private readonly bool _followsStack;
    private readonly Waiting?[] _waiting = new Waiting?[32];

    // What registers hold that have got it, as long as it can still be told from others.
    private readonly Expression?[] _known = new Expression?[32];

    // Registers that wait, those that have a known value, and those that hold sign-extended words of 32 bits: a bit each.
    private uint _waits, _knows, _narrow;

    // What the instruction becomes, what those before have become, and effects that others do now, with what is owed where they leave.
    private List<Effect> _effects = [];
    private readonly List<Effect[]> _folded = [];
    private readonly List<(Effect Old, Effect New, OwedRegister[] Owed)> _taken = [];

    private Temporaries(BasicBlock block, uint mayOwe)
    {
        (_block, _mayOwe) = (block, mayOwe);
        _steps = [.. block.Effects.Select(static effect => new Step(effect))];
        _followsStack = Array.Exists(_steps, static step => step.Effect is Effect.GuardStackPointer or { IsFramed: true });
        FindLives();
    }

    /// <summary>What is owed where the block goes on with a loop's next round.</summary>
    internal OwedRegister[] Owed { get; private set; } = [];

    /// <summary>Registers that hold sign-extended words of 32 bits there, a bit each.</summary>
    internal uint Narrow => _narrow;

    /// <summary>Folds the steps of a block that pays for its instructions at once: wherever it may be left, the registers are the same.</summary>
    /// <param name="block">The block.</param>
    /// <param name="mayOwe">Registers that may be owed their values in a loop's next round, a bit each.</param>
    /// <param name="start">What a round begins with.</param>
    internal static Temporaries Of(BasicBlock block, uint mayOwe = 0, RoundStart? start = null)
    {
        var temporaries = new Temporaries(block, mayOwe);
        if (start is not null) temporaries.Begin(start);
        temporaries.Fold();
        return temporaries;
    }

    /// <summary>Makes the block what its steps have become.</summary>
    internal void Apply()
    {
        for (var i = 0; i < _folded.Count; i++) _block.Instructions[i] = _block.Instructions[i] with { Effects = _folded[i] };
        foreach (var (old, effect, owed) in _taken)
        {
            _block.Owe(effect, owed);
            _block.Replaced(old, effect);
        }
    }

    private void Begin(RoundStart start)
    {
        _narrow = start.Narrow;
        foreach (var (register, value) in start.Owed)
        {
            var replaced = Array.FindIndex(_steps, step => step.Effect is Effect.SetRegister set && set.Register == register);
            Wait(register, new(value, replaced) { IsRead = true });
        }
    }

    // From the last step to the first: who reads what a step sets, when it is replaced, and whether the block may be left before.
    private void FindLives()
    {
        Span<int?> next = stackalloc int?[32];
        Span<int> uses = stackalloc int[32];
        next.Clear();
        uses.Clear();
        for (var left = _mayOwe; left != 0; left &= left - 1) next[Lowest(left)] = Later;
        int? leave = null;
        for (var i = _steps.Length - 1; i >= 0; i--)
        {
            var effect = _steps[i].Effect;
            _steps[i] = _steps[i] with { NextLeave = leave };
            if (effect is Effect.SetRegister set)
            {
                _steps[i] = _steps[i] with { Uses = uses[set.Register], Replaced = next[set.Register] };
                (uses[set.Register], next[set.Register]) = (0, i);
            }

            foreach (var expression in effect.Expressions)
            {
                for (var left = expression.Registers; left != 0; left &= left - 1)
                    uses[Lowest(left)] += expression.Uses(Lowest(left));
            }

            if (MayLeave(effect)) leave = i;
        }
    }

    private static bool MayLeave(Effect effect) =>
        effect is not (Effect.SetRegister or Effect.SetFloat or Effect.ReadControl or Effect.WriteControl);

    private void Fold()
    {
        var step = 0;
        for (var i = 0; i < _block.Instructions.Count; i++)
        {
            var instruction = _block.Instructions[i];
            _effects = [];
            if (instruction.EndsBlock || Array.Exists(instruction.Effects, static effect => effect is Effect.Perform))
            {
                TakeWhole(instruction);
                step += instruction.Effects.Length;
            }
            else
            {
                for (var e = 0; e < instruction.Effects.Length; e++, step++)
                {
                    if (instruction.Effects[e] is not Effect.SetRegister set) Take(instruction.Effects[e], instruction.Effects.AsSpan(e + 1));
                    else if (IsResult(set)) Take(set);
                    else Take(set, step);
                }
            }

            if (i == _block.Instructions.Count - 1 && !instruction.EndsBlock) Give(_waits);
            _folded.Add([.. _effects]);
        }
    }

    // What is done as a whole reads and sets what it likes. What ends the block may lead to a loop's next round, with some still owed.
    private void TakeWhole(DecodedInstruction instruction)
    {
        var mayWait = instruction.EndsBlock ? _mayOwe & ~Steps & ~instruction.Effects.Aggregate(0u, static (read, effect) => read | effect.Registers) : 0;
        Give(_waits & ~mayWait);
        Owed = AllOwed();
        if (!instruction.EndsBlock) (_knows, _narrow) = (0, 0);
        _effects.AddRange(instruction.Effects);
    }

    // What a register gets of what an effect brings.
    private static bool IsResult(Effect.SetRegister set) => set.Value.Exists(static e => e.Operator == Operator.Loaded);

    private void Take(Effect.SetRegister result)
    {
        Forget(result.Register);
        Add(result);
    }

    private void Take(Effect.SetRegister set, int step)
    {
        var (register, life) = (set.Register, _steps[step]);
        if (life is { Uses: 0, Replaced: { } replaced } && !(life.NextLeave < replaced))
        {
            Forget(register);
            return;
        }

        var value = Substituted(set.Value, register);
        if (value is { Operator: Operator.SignExtend, Value: 32, First: { Operator: Operator.Register } word } && IsNarrow(word)) value = word;
        if (value.Operator == Operator.Register && (int)value.Value == register)
        {
            // It holds that already, and waits for nothing else any more.
            Forget(register);
            return;
        }

        bool Waits() => life.Replaced is not null && CanWait(register, value, life.Uses);

        // While a step on in the same register waits, the register holds what it held.
        bool Keeps() => Waits() && (value.Registers & Bit(register)) != 0;

        if (!Keeps()) Redirect(register, step);
        if ((Released(register, step) & value.Registers) != 0)
        {
            Give(set.Value.Registers & _waits);
            value = set.Value;
        }

        if (!Keeps()) Release(register, step);
        Forget(register);
        if (Waits()) Wait(register, new(value, life.Replaced!.Value));
        else Put(ReferenceEquals(value, set.Value) ? set : new(register, value));
    }

    // All that is no step of a computation.
    private void Take(Effect effect, ReadOnlySpan<Effect> behind)
    {
        var isAccess = effect is Effect.Load or Effect.Store;
        foreach (var one in behind)
        {
            if (one is not Effect.SetRegister result || !IsResult(result)) continue;
            Give(result.Value.Registers & _waits);
            Redirect(result.Register, null);
            Release(result.Register, null);
        }

        if (_block.Groups.GetValueOrDefault(effect) is { IsWalk: false } group) Give(Bit(group.Register) & _waits);
        foreach (var expression in effect.Expressions.Skip(isAccess ? 1 : 0)) Give(expression.Registers & _waits);
        while (BitOperations.PopCount(Steps) > HartState.KeptCount) Give(Bit(Lowest(Steps)));
        var taken = isAccess ? WithAddress(effect) : effect;
        _taken.Add((effect, taken, MayLeave(effect) ? AllOwed() : []));
        _effects.Add(taken);
    }

    private Effect WithAddress(Effect access)
    {
        var address = access.Access!.Value.Address;
        var whole = Substituted(address, null);
        return ReferenceEquals(whole, address) ? access : access is Effect.Load load ? load with { Address = whole } : (Effect.Store)access with { Address = whole };
    }

    // All that waits: what goes by a register's old value before the register's own.
    private OwedRegister[] AllOwed()
    {
        var owed = new OwedRegister[BitOperations.PopCount(_waits)];
        var waits = _waits;
        for (var i = 0; i < owed.Length; i++)
        {
            var next = waits;
            while (IsAskedFor(Lowest(next))) next &= next - 1;
            owed[i] = new(Lowest(next), _waiting[Lowest(next)]!.Value);
            waits &= ~Bit(Lowest(next));
        }

        return owed;

        bool IsAskedFor(int register)
        {
            for (var left = waits & ~Bit(register); left != 0; left &= left - 1)
            {
                if ((_waiting[Lowest(left)]!.Value.Registers & Bit(register)) != 0) return true;
            }

            return false;
        }
    }

    // An effect of the block, when the block may be left next, and of a step of a computation how often its value is read and
    // which step replaces it.
    private readonly record struct Step(Effect Effect, int? NextLeave = null, int Uses = 0, int? Replaced = null);

    private sealed record Waiting(Expression Value, int Replaced)
    {
        internal bool IsRead { get; set; }
    }
}

/// <summary>A register that does not hold its value where a block may be left.</summary>
/// <param name="Register">Which.</param>
/// <param name="Value">The value, by what the registers hold.</param>
internal readonly record struct OwedRegister(int Register, Expression Value)
{
    /// <summary>The value follows from what its own register holds, and the block still asks for that.</summary>
    internal bool IsStep => (Value.Registers >> Register & 1) != 0;

    /// <summary>Whether the other says the same.</summary>
    internal bool IsSame(OwedRegister other) => Register == other.Register && Value.IsSame(other.Value);
}
