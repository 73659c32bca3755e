using System.Numerics;

namespace Verification.Machine.Translation;

// What registers hold and wait for, and how one is said by others.
internal sealed partial class Temporaries
{
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

    // A register is about to hold something else: what waits may go by another that holds the same, or gets it now.
    private void Redirect(int register, int? step)
    {
        for (var left = _waits & ~Bit(register); left != 0; left &= left - 1)
        {
            var waiting = _waiting[Lowest(left)]!;
            if (CopyOf(register, waiting.Value) is null && Holds(waiting.Value, register, true) && !IsOver(waiting, step)) Give(Bit(Lowest(left)));
        }

        for (var left = _waits; left != 0; left &= left - 1)
        {
            var (one, waiting) = (Lowest(left), _waiting[Lowest(left)]!);
            if ((waiting.Value.Registers & Bit(register)) == 0 || (waiting.Value.Registers & Bit(one)) != 0) continue;
            if (CopyOf(register, waiting.Value) is { } copy)
                _waiting[one] = waiting with { Value = Substitute(waiting.Value, register, Expression.Register(copy)).Expression };
        }
    }

    // A register that holds the same as another, as far as a value is concerned that goes by it.
    private int? CopyOf(int register, Expression value)
    {
        var isLow = value.IsOfLow(register);
        for (var left = _knows & ~Bit(register); left != 0; left &= left - 1)
            if (Holds(_known[Lowest(left)]!, register, isLow)) return Lowest(left);

        return null;
    }

    // Whether a value is a register's, or is as far as its low half goes.
    private static bool Holds(Expression value, int register, bool isLow)
    {
        var whole = isLow && value is { Operator: Operator.SignExtend, Value: 32 } ? value.First! : value;
        return whole.Operator == Operator.Register && (int)whole.Value == register;
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
        step is { } now && waiting.IsRead && !(_steps[now].NextLeave < waiting.Replaced);

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
}
