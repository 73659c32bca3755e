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
internal sealed class Temporaries
{
    private const int MostOperations = 8;

    private readonly BasicBlock _block;
    private readonly Step[] _steps;
    private readonly bool _followsStack;
    private readonly Waiting?[] _waiting = new Waiting?[32];

    // What registers hold that have got it, as long as it can still be told from others.
    private readonly Expression?[] _known = new Expression?[32];

    // Registers that wait, those that have a known value, and those that hold sign-extended words of 32 bits: a bit each.
    private uint _waits, _knows, _narrow;
    private List<Effect> _effects = [];

    private Temporaries(BasicBlock block)
    {
        _block = block;
        _steps = [.. block.Effects.Select(static effect => new Step(effect))];
        _followsStack = Array.Exists(_steps, static step => step.Effect is Effect.GuardStackPointer or { IsFramed: true });
        FindLives();
    }

    /// <summary>Folds the steps of a block that pays for its instructions at once: wherever it may be left, the registers are the same.</summary>
    internal static void Fold(BasicBlock block) => new Temporaries(block).Fold();

    // From the last step to the first: who reads what a step sets, when it is replaced, and whether the block may be left before.
    private void FindLives()
    {
        Span<int?> next = stackalloc int?[32];
        Span<int> uses = stackalloc int[32];
        next.Clear();
        uses.Clear();
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
                // What is done as a whole reads and sets what it likes.
                Give(_waits);
                (_knows, _narrow) = (0, 0);
                _effects.AddRange(instruction.Effects);
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

            _block.Instructions[i] = instruction with { Effects = [.. _effects] };
        }

        Give(_waits);
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
        if (value.Operator == Operator.Register && (int)value.Value == register) return;
        if ((Released(register, step) & value.Registers) != 0)
        {
            Give(set.Value.Registers & _waits);
            value = set.Value;
        }

        var waits = life.Replaced is not null && CanWait(register, value, life.Uses);
        // While a step on in the same register waits, the register holds what it held.
        if (!waits || (value.Registers & Bit(register)) == 0) Release(register, step);
        Forget(register);
        if (waits) Wait(register, new(value, step));
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
            Release(result.Register, null);
        }

        if (_block.Groups.GetValueOrDefault(effect) is { IsWalk: false } group) Give(Bit(group.Register) & _waits);
        foreach (var expression in effect.Expressions.Skip(isAccess ? 1 : 0)) Give(expression.Registers & _waits);
        while (BitOperations.PopCount(Steps) > HartState.KeptCount) Give(Bit(Lowest(Steps)));
        var taken = isAccess ? WithAddress(effect) : effect;
        if (MayLeave(effect)) _block.Owe(taken, Owed());
        _block.Replaced(effect, taken);
        _effects.Add(taken);
    }

    private Effect WithAddress(Effect access)
    {
        var address = access.Access!.Value.Address;
        var whole = Substituted(address, null);
        return ReferenceEquals(whole, address) ? access : access is Effect.Load load ? load with { Address = whole } : (Effect.Store)access with { Address = whole };
    }

    // All that waits: what goes by a register's old value before the register's own.
    private OwedRegister[] Owed()
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

    private static uint Bit(int register) => 1u << register;

    private static int Lowest(uint registers) => BitOperations.TrailingZeroCount(registers);

    // Registers that wait for a step on in themselves.
    private uint Steps
    {
        get
        {
            var steps = 0u;
            for (var left = _waits; left != 0; left &= left - 1) steps |= _waiting[Lowest(left)]!.Value.Registers & Bit(Lowest(left));
            return steps;
        }
    }

    // Registers that must get what they wait for before another gets something else, and what goes by theirs.
    private uint Released(int register, int? step)
    {
        var (released, changed) = (0u, Bit(register));
        while (true)
        {
            var more = 0u;
            for (var left = _waits & ~released & ~Bit(register); left != 0; left &= left - 1)
            {
                var waiting = _waiting[Lowest(left)]!;
                if ((waiting.Value.Registers & changed & ~Bit(Lowest(left))) != 0 && !IsOver(waiting, step)) more |= Bit(Lowest(left));
            }

            if (more == 0) return released;
            released |= more;
            changed |= more & Steps;
        }
    }

    // A register is about to hold something else.
    private void Release(int register, int? step)
    {
        Give(Released(register, step));
        for (var left = (_waits | _knows) & ~Bit(register); left != 0; left &= left - 1)
        {
            var other = Lowest(left);
            if ((_waits & Bit(other)) != 0 && (_waiting[other]!.Value.Registers & Bit(register)) != 0) _waits &= ~Bit(other);
            if ((_knows & Bit(other)) != 0 && (_known[other]!.Registers & Bit(register)) != 0) _knows &= ~Bit(other);
        }
    }

    // It has been read, and is replaced before the block may be left.
    private bool IsOver(Waiting waiting, int? step) =>
        step is { } now && waiting.IsRead && !(_steps[now].NextLeave < _steps[waiting.Step].Replaced);

    private bool CanWait(int register, Expression value, int uses) =>
        value.IsChain && (uses <= 1 || value.IsSmall)
        && !(register == ObservedEffects.StackPointer || _followsStack && register == ObservedEffects.FramePointer);

    private void Wait(int register, Waiting waiting) => (_waiting[register], _waits) = (waiting, _waits | Bit(register));

    private void Forget(int register) => (_waits, _knows) = (_waits & ~Bit(register), _knows & ~Bit(register));

    // Puts what waits into registers. One that gets what it waited for with another needs no more.
    private void Give(uint registers)
    {
        for (; registers != 0; registers &= registers - 1)
        {
            var register = Lowest(registers);
            if ((_waits & Bit(register)) == 0) continue;
            var value = _waiting[register]!.Value;
            if ((value.Registers & Bit(register)) != 0) Release(register, null);
            _waits &= ~Bit(register);
            Put(new(register, value));
        }
    }

    private void Put(Effect.SetRegister set)
    {
        Add(set);
        if (!set.Value.IsChain || (set.Value.Registers & Bit(set.Register)) != 0) return;
        (_known[set.Register], _knows) = (set.Value, _knows | Bit(set.Register));
    }

    private void Add(Effect.SetRegister set)
    {
        var isNarrow = IsNarrow(set.Value);
        _narrow = isNarrow ? _narrow | Bit(set.Register) : _narrow & ~Bit(set.Register);
        _effects.Add(isNarrow ? set with { IsNarrow = true } : set);
    }

    private bool IsNarrow(Expression value) => value.Operator switch
    {
        Operator.Register => (_narrow & Bit((int)value.Value)) != 0,
        Operator.Constant => value.IsSmall,
        Operator.SignExtend => value.Value <= 32,
        Operator.ZeroExtend => value.Value < 32,
        Operator.Not => IsNarrow(value.First!),
        Operator.And or Operator.Or or Operator.Xor => IsNarrow(value.First!) && IsNarrow(value.Second!),
        Operator.ShiftRight => value.IsShiftedUnsigned32,
        Operator.ShiftRightArithmetic => value.Second!.IsConstant && IsNarrow(value.First!),
        _ => false,
    };

    // A value, to be put into a register or used at once, with what waits in place of the registers that it reads.
    private Expression Substituted(Expression value, int? target)
    {
        if (target is { } set)
        {
            if (RotationOf(value, set) is { } rotation) return rotation;
            Give(Steps & value.Registers & ~Bit(set));
        }

        // What waits may go by what the target still holds: that is no register of the value's own.
        var first = target is { } own ? Bit(own) : 0;
        var parts = value.Registers & _waits;
        foreach (var some in (ReadOnlySpan<uint>)[parts & first, parts & ~first])
        {
            for (var left = some; left != 0; left &= left - 1)
            {
                var (part, waiting) = (Lowest(left), _waiting[Lowest(left)]!);
                if ((_waits & Bit(part)) == 0) continue;
                if ((value.Uses(part) == 1 || waiting.Value.IsConstant) && Joined(value, part, waiting.Value) is { } whole) (value, waiting.IsRead) = (whole, true);
                else Give(Bit(part));
            }
        }

        return value;
    }

    private static Expression? Joined(Expression value, int register, Expression by)
    {
        if (!value.IsChain || value.Operations + by.Operations > MostOperations) return null;
        var whole = Substitute(value, register, by).Expression;
        return whole.IsChain ? whole : null;
    }

    // Two registers whose values make a rotation together.
    private Expression? RotationOf(Expression value, int target)
    {
        if (value is not { Operator: Operator.Or, First: { Operator: Operator.Register } first, Second: { Operator: Operator.Register } second }
            || ValueOf((int)first.Value, target) is not { } one || ValueOf((int)second.Value, target) is not { } other
            || Rotations.TryOf(one, other) is not { } rotation) return null;
        for (var left = value.Registers & _waits; left != 0; left &= left - 1) _waiting[Lowest(left)]!.IsRead = true;
        return rotation;
    }

    private Expression? ValueOf(int register, int target)
    {
        if ((_waits & Bit(register)) == 0) return (_knows & Bit(register)) != 0 ? _known[register] : null;
        var value = _waiting[register]!.Value;
        return register == target || (value.Registers & Bit(register)) == 0 ? value : null;
    }

    private static RecordedWord Substitute(Expression e, int register, Expression by)
    {
        if (e.Uses(register) == 0) return new(e);
        if (e.First is null) return new(by);
        var first = Substitute(e.First, register, by);
        if (e.Second is null) return RecordedWord.Unary(e.Operator, first, (int)e.Value);
        var second = Substitute(e.Second, register, by);
        return IsLeaf(e.First) && e.Second.Uses(register) != 0 && e.Operator is Operator.Add or Operator.And or Operator.Or or Operator.Xor
            ? RecordedWord.Binary(e.Operator, second, first) : RecordedWord.Binary(e.Operator, first, second);
    }

    private static bool IsLeaf(Expression e) => e.First is null;

    // An effect of the block, when the block may be left next, and of a step of a computation how often its value is read and
    // which step replaces it.
    private readonly record struct Step(Effect Effect, int? NextLeave = null, int Uses = 0, int? Replaced = null);

    private sealed record Waiting(Expression Value, int Step)
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
}
