using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Compiles the expression of one instruction into a host register. Ten guest registers live in host registers, which ones
/// the <see cref="Map"/> says; rax, rcx and rdx are free in between; the rest of the guest's registers, and what finds no
/// free register, is memory: the hart's state at rbp, the native frame at rsp.
/// </summary>
internal sealed class ExpressionCompiler(X64Emitter code)
{
    internal const R State = R.Rbp;
    internal const R Budget = R.R15;

    /// <summary>Slot of the frame that holds the word which the instruction's access brought.</summary>
    internal const int LoadedSlot = 0;

    /// <summary>Slot of the frame that keeps a host address while the new value of an update is computed.</summary>
    internal const int AddressSlot = 1;

    internal const int FrameSizeBytes = 0x48;

    private const int FirstFreeSlot = 2;
    private const int SlotCount = FrameSizeBytes / 8;

    private int _slotsUsed = FirstFreeSlot;

    /// <summary>Where the guest's registers live in the code that is being compiled.</summary>
    internal RegisterMap Map { get; set; } = RegisterMap.Standard;

    internal static int OffsetOf(int register) => HartStateLayout.IntegerRegisters + (8 * register);

    internal static int OffsetOfFloat(int register) => HartStateLayout.FloatRegisters + (8 * register);

    internal R? HostOf(int register) => Map.HostOf(register);

    /// <summary>Sets guest register <paramref name="register"/> to <paramref name="value"/>.</summary>
    internal void Assign(int register, Expression value)
    {
        _slotsUsed = FirstFreeSlot;
        if (HostOf(register) is not { } host)
        {
            if (value is { Operator: Operator.Constant } && (long)value.Value == (int)value.Value)
            {
                code.StoreImmediate(State, OffsetOf(register), (int)value.Value);
                return;
            }

            // Adding a small constant to itself is the commonest thing that happens to a counter.
            if (value is { Operator: Operator.Add, First: { Operator: Operator.Register } f, Second: { } s }
                && f.Value == (ulong)register && IsSmall(s))
            {
                code.OpMemory(Alu.Add, State, OffsetOf(register), (int)s.Value);
                return;
            }

            Evaluate(value, R.Rax, Live.None);
            code.Store(State, OffsetOf(register), R.Rax);
        }
        else if (IsShallow(value))
        {
            Evaluate(value, host, Live.None);
        }
        else
        {
            Evaluate(value, R.Rax, Live.None);
            code.Move(host, R.Rax);
        }
    }

    /// <summary>Sets a link register, leaving rax alone.</summary>
    internal void Assign(int register, ulong value)
    {
        if (HostOf(register) is { } host)
        {
            code.Move(host, value);
        }
        else if ((long)value == (int)value)
        {
            code.StoreImmediate(State, OffsetOf(register), (int)value);
        }
        else
        {
            code.Move(R.Rcx, value);
            code.Store(State, OffsetOf(register), R.Rcx);
        }
    }

    /// <summary>Applies what an atomic does to the loaded word where that is in a register, touching no other.</summary>
    /// <returns>False, and nothing emitted, where it takes more than one instruction.</returns>
    internal bool TryApply(R loaded, Expression newValue)
    {
        var operand = newValue.Second ?? newValue;
        if (operand.Operator != Operator.Register) return false;
        if (newValue.Operator == Operator.Register)
        {
            Evaluate(newValue, loaded, Live.None);
            return true;
        }

        if (newValue.Operator is not (Operator.Add or Operator.And or Operator.Or or Operator.Xor)
            || newValue.First!.Operator != Operator.Loaded) return false;
        var op = newValue.Operator == Operator.Add ? Alu.Add : AluOf(newValue.Operator);
        if (HostRegister(operand) is { } host)
            code.Op(op, loaded, host);
        else
            code.OpFrom(op, loaded, MemoryBase(operand), MemoryOffset(operand));
        return true;
    }

    /// <summary>Evaluates into a free register.</summary>
    internal void EvaluateInto(R target, Expression value, Live live = Live.None)
    {
        if (live == Live.None)
            _slotsUsed = FirstFreeSlot;
        Evaluate(value, target, live);
    }

    /// <summary>Leaves the flags as the condition asks, and answers under which host condition it holds.</summary>
    internal Condition Compare(Expression condition, Live live = Live.None)
    {
        if (live == Live.None)
            _slotsUsed = FirstFreeSlot;
        switch (condition)
        {
            case { Operator: Operator.Xor, First: { } inner, Second: { Operator: Operator.Constant, Value: 1 } }
                when IsCondition(inner):
                return (Condition)((int)Compare(inner, live) ^ 1);
            case { Operator: Operator.Equal, First: { } a, Second: { Operator: Operator.Constant, Value: 0 } }
                when IsCondition(a):
                return (Condition)((int)Compare(a, live) ^ 1);
            case { Operator: Operator.Equal }:
                CompareOperands(condition.First!, condition.Second!, live);
                return Condition.Equal;
            case { Operator: Operator.Less }:
                CompareOperands(condition.First!, condition.Second!, live);
                return Condition.Less;
            case { Operator: Operator.LessUnsigned }:
                CompareOperands(condition.First!, condition.Second!, live);
                return Condition.Below;
            default:
                CompareOperands(condition, Expression.Constant(0), live);
                return Condition.NotEqual;
        }
    }

    private static bool IsCondition(Expression e) => e.Operator is Operator.Equal or Operator.Less or Operator.LessUnsigned
        || e is { Operator: Operator.Xor, First: { } inner, Second: { Operator: Operator.Constant, Value: 1 } } && IsCondition(inner);

    private static bool IsSmall(Expression e) => e.IsConstant && (long)e.Value == (int)e.Value;

    // A constant, or an operand that an instruction of the host can take from where it is.
    private bool IsLeaf(Expression e) =>
        e.Operator is Operator.Constant or Operator.Register or Operator.Loaded
        || e.Operator == Operator.FloatRegister && Map.XmmOf((int)e.Value) < 0;

    private bool IsExtendedLeaf(Expression e) =>
        e.Operator is Operator.SignExtend or Operator.ZeroExtend && IsLeaf(e.First!);

    // One operation over leaves, possibly narrowed: such a value may be built in the target itself.
    private bool IsShallow(Expression e) => e.Operator switch
    {
        Operator.Constant or Operator.Register or Operator.Loaded or Operator.FloatRegister => true,
        Operator.SignExtend or Operator.ZeroExtend => IsShallow(e.First!),
        Operator.Add or Operator.Subtract or Operator.And or Operator.Or or Operator.Xor or Operator.ShiftLeft
            or Operator.ShiftRight or Operator.ShiftRightArithmetic => (IsLeaf(e.First!) || IsExtendedLeaf(e.First!)) && IsLeaf(e.Second!),
        Operator.Not => IsLeaf(e.First!),
        _ => false,
    };

    private void Evaluate(Expression e, R target, Live live)
    {
        switch (e.Operator)
        {
            case Operator.Constant:
                code.Move(target, e.Value);
                break;
            case Operator.FloatRegister when Map.XmmOf((int)e.Value) is var xmm and >= 0:
                code.MoveFromXmm(target, xmm);
                break;
            case Operator.Register:
            case Operator.FloatRegister:
            case Operator.Loaded:
                if (HostRegister(e) is { } host)
                    code.Move(target, host);
                else
                    code.Load(target, MemoryBase(e), MemoryOffset(e));
                break;
            case Operator.Add:
                EvaluateSum(e, target, live, 64);
                break;
            case Operator.Subtract or Operator.And or Operator.Or or Operator.Xor:
                EvaluateAlu(AluOf(e.Operator), e, target, live, 64);
                break;
            case Operator.Multiply:
                EvaluateProduct(e, target, live, 64);
                break;
            case Operator.Not:
                Evaluate(e.First!, target, live);
                code.Not(target);
                break;
            case Operator.ShiftLeft or Operator.ShiftRight or Operator.ShiftRightArithmetic:
                EvaluateShift(e, target, live);
                break;
            case Operator.Equal or Operator.Less or Operator.LessUnsigned:
                EvaluateCondition(e, target, live);
                break;
            case Operator.Select:
                EvaluateSelect(e, target, live);
                break;
            case Operator.SignExtend:
                if (!IsShiftedUnsigned32(e.First!) || e.Value != 32)
                    code.SignExtend(target, EvaluateLow(e.First!, target, live, (int)e.Value), (int)e.Value);
                else
                    Evaluate(e.First!, target, live);
                break;
            case Operator.ZeroExtend:
                code.ZeroExtend(target, EvaluateLow(e.First!, target, live, (int)e.Value), (int)e.Value);
                break;
            case Operator.MultiplyHigh or Operator.MultiplyHighUnsigned:
                EvaluateHighProduct(e, target, live);
                break;
            case Operator.Divide or Operator.DivideUnsigned or Operator.Remainder or Operator.RemainderUnsigned:
                EvaluateDivision(e, target, live);
                break;
            case Operator.PopulationCount:
                Evaluate(e.First!, target, live);
                code.Count(0xB8, target, target);
                break;
            case Operator.LeadingZeroCount:
                Evaluate(e.First!, target, live);
                code.Count(0xBD, target, target);
                break;
            case Operator.TrailingZeroCount:
                Evaluate(e.First!, target, live);
                code.Count(0xBC, target, target);
                break;
            case Operator.ReverseBytes:
                Evaluate(e.First!, target, live);
                code.ByteSwap(target);
                break;
            default:
                throw new NotTranslatedException();
        }
    }

    // An unsigned 32-bit value that was shifted right is positive as a signed one too.
    private static bool IsShiftedUnsigned32(Expression e) =>
        e is { Operator: Operator.ShiftRight, First: { Operator: Operator.ZeroExtend, Value: 32 }, Second: { IsConstant: true, Value: > 0 and < 32 } };

    // Only the low bits count, so that 32-bit operations do; answers the register that holds them.
    private R EvaluateLow(Expression e, R target, Live live, int bits)
    {
        if (HostRegister(e) is { } host)
            return host;
        switch (e.Operator)
        {
            case Operator.Add:
                EvaluateSum(e, target, live, 32);
                break;
            case Operator.Subtract or Operator.And or Operator.Or or Operator.Xor:
                EvaluateAlu(AluOf(e.Operator), e, target, live, 32);
                break;
            case Operator.Multiply:
                EvaluateProduct(e, target, live, 32);
                break;
            default:
                Evaluate(e, target, live);
                break;
        }

        return target;
    }

    private void EvaluateSum(Expression e, R target, Live live, int bits)
    {
        if (HostRegister(e.First!) is { } first && first != target)
        {
            if (IsSmall(e.Second!))
            {
                code.LoadAddress(target, first, (int)e.Second!.Value);
                return;
            }

            if (HostRegister(e.Second!) is { } second && second != target)
            {
                code.LoadAddress(target, first, second);
                return;
            }
        }

        EvaluateAlu(Alu.Add, e, target, live, bits);
    }

    private void EvaluateAlu(Alu op, Expression e, R target, Live live, int bits)
    {
        var (first, second) = (e.First!, e.Second!);
        if (HostRegister(second) == target && HostRegister(first) != target)
        {
            if (op == Alu.Subtract || !IsLeaf(first) || (first.IsConstant && !IsSmall(first)))
            {
                var free = Take(live | LiveOf(target));
                code.Move(free, target);
                Evaluate(first, target, live | LiveOf(free));
                code.Op(op, target, free, bits);
                return;
            }

            (first, second) = (second, first);
        }

        if (IsSmall(second))
        {
            Evaluate(first, target, live);
            code.Op(op, target, (int)second.Value, bits);
        }
        else if (HostRegister(second) is { } host)
        {
            Evaluate(first, target, live);
            code.Op(op, target, host, bits);
        }
        else if (IsLeaf(second) && !second.IsConstant)
        {
            Evaluate(first, target, live);
            code.OpFrom(op, target, MemoryBase(second), MemoryOffset(second), bits);
        }
        else if (TryTake(live | LiveOf(target)) is { } free)
        {
            Evaluate(second, free, live | Live.Nested);
            Evaluate(first, target, live | LiveOf(free));
            code.Op(op, target, free, bits);
        }
        else
        {
            var slot = Spill(second, target, live);
            Evaluate(first, target, live);
            code.OpFrom(op, target, R.Rsp, slot, bits);
        }
    }

    private void EvaluateProduct(Expression e, R target, Live live, int bits)
    {
        var free = Take(live | LiveOf(target));
        Evaluate(e.Second!, free, live | Live.Nested);
        Evaluate(e.First!, target, live | LiveOf(free));
        code.Multiply(target, free, bits);
    }

    private void EvaluateShift(Expression e, R target, Live live)
    {
        var (value, amount) = (e.First!, e.Second!);
        if (IsShiftedUnsigned32(e))
        {
            code.Move32(target, EvaluateLow(value.First!, target, live, 32));
            code.ShiftImmediate(5, target, (int)amount.Value, 32);
            return;
        }

        if (amount.IsConstant)
        {
            Evaluate(value, target, live);
            code.ShiftImmediate(e.Operator switch { Operator.ShiftLeft => 4, Operator.ShiftRight => 5, _ => 7 }, target,
                (int)(amount.Value & 63), 64);
            return;
        }

        var prefix = e.Operator switch { Operator.ShiftLeft => 0x66, Operator.ShiftRight => 0xF2, _ => 0xF3 };
        if (HostRegister(amount) is { } host && host != target)
        {
            Evaluate(value, target, live);
            code.ShiftX(prefix, target, target, host, 64);
            return;
        }

        var free = Take(live | LiveOf(target));
        Evaluate(amount, free, live | Live.Nested);
        Evaluate(value, target, live | LiveOf(free));
        code.ShiftX(prefix, target, target, free, 64);
    }

    private void EvaluateCondition(Expression e, R target, Live live)
    {
        var condition = Compare(e, live | Live.Nested);
        var result = LiveOf(target) != Live.None ? target : Take(live);
        code.SetCondition(condition, result);
        code.ZeroExtend(target, result, 8);
    }

    private void EvaluateSelect(Expression e, R target, Live live)
    {
        var free = Take(live | LiveOf(target));
        Evaluate(e.Second!, free, live | Live.Nested);
        Evaluate(e.Third!, target, live | LiveOf(free) | Live.Nested);
        var condition = Compare(e.First!, live | LiveOf(free) | LiveOf(target) | Live.Nested);
        code.MoveIf(condition, target, free);
    }

    private void EvaluateHighProduct(Expression e, R target, Live live)
    {
        if ((live & (Live.Rax | Live.Rdx)) != 0)
            throw new NotTranslatedException();
        Evaluate(e.Second!, R.Rax, live);
        var slot = NewSlot();
        code.Store(R.Rsp, slot, R.Rax);
        Evaluate(e.First!, R.Rax, live);
        code.WideMemory(e.Operator == Operator.MultiplyHigh ? 5 : 4, R.Rsp, slot);
        code.Move(target, R.Rdx);
    }

    private void EvaluateDivision(Expression e, R target, Live live)
    {
        if ((live & Live.All) != 0)
            throw new NotTranslatedException();
        Evaluate(e.Second!, R.Rax, live);
        var slot = NewSlot();
        code.Store(R.Rsp, slot, R.Rax);
        Evaluate(e.First!, R.Rax, live);
        code.Load(R.Rcx, R.Rsp, slot);

        var signed = e.Operator is Operator.Divide or Operator.Remainder;
        var remainder = e.Operator is Operator.Remainder or Operator.RemainderUnsigned;
        code.Test(R.Rcx, R.Rcx);
        var byZero = code.Jump(Condition.Equal);

        // Where both are small, the host's short division is several times faster.
        code.Move(R.Rdx, R.Rax);
        code.Op(Alu.Or, R.Rdx, R.Rcx);
        code.ShiftImmediate(5, R.Rdx, 32, 64);
        var wide = code.Jump(Condition.NotEqual);
        code.Op(Alu.Xor, R.Rdx, R.Rdx, 32);
        code.Divide(R.Rcx, 32);
        var doneShort = code.Jump();
        code.BindHere(wide);
        var byMinusOne = -1;
        if (signed)
        {
            code.Op(Alu.Compare, R.Rcx, -1);
            byMinusOne = code.Jump(Condition.Equal);
            code.SignExtendAccumulator(64);
            code.DivideSigned(R.Rcx, 64);
        }
        else
        {
            code.Op(Alu.Xor, R.Rdx, R.Rdx, 32);
            code.Divide(R.Rcx, 64);
        }

        var done = code.Jump();
        var doneSigned = -1;
        if (signed)
        {
            code.BindHere(byMinusOne);
            code.Negate(R.Rax);
            code.Op(Alu.Xor, R.Rdx, R.Rdx, 32);
            doneSigned = code.Jump();
        }

        code.BindHere(byZero);
        code.Move(R.Rdx, R.Rax);
        code.Move(R.Rax, ulong.MaxValue);
        code.BindHere(done);
        code.BindHere(doneShort);
        if (signed)
            code.BindHere(doneSigned);
        code.Move(target, remainder ? R.Rdx : R.Rax);
    }

    private void CompareOperands(Expression first, Expression second, Live live)
    {
        if (HostRegister(first) is { } left)
        {
            CompareWith(left, second, live);
        }
        else if (IsLeaf(first) && !first.IsConstant && IsSmall(second))
        {
            code.OpMemory(Alu.Compare, MemoryBase(first), MemoryOffset(first), (int)second.Value);
        }
        else if (IsLeaf(first) && !first.IsConstant && HostRegister(second) is { } right)
        {
            code.OpMemory(Alu.Compare, MemoryBase(first), MemoryOffset(first), right);
        }
        else
        {
            var free = Take(live);
            if (!IsLeaf(second) && TryTake(live | LiveOf(free)) is null)
            {
                var slot = Spill(second, free, live);
                Evaluate(first, free, live);
                code.OpFrom(Alu.Compare, free, R.Rsp, slot);
                return;
            }

            Evaluate(first, free, live);
            CompareWith(free, second, live | LiveOf(free));
        }
    }

    private void CompareWith(R left, Expression second, Live live)
    {
        if (second is { Operator: Operator.Constant, Value: 0 })
        {
            code.Test(left, left);
        }
        else if (IsSmall(second))
        {
            code.Op(Alu.Compare, left, (int)second.Value);
        }
        else if (HostRegister(second) is { } right)
        {
            code.Op(Alu.Compare, left, right);
        }
        else if (IsLeaf(second) && !second.IsConstant)
        {
            code.OpFrom(Alu.Compare, left, MemoryBase(second), MemoryOffset(second));
        }
        else
        {
            var free = Take(live);
            Evaluate(second, free, live);
            code.Op(Alu.Compare, left, free);
        }
    }

    private int Spill(Expression e, R through, Live live)
    {
        Evaluate(e, through, live);
        var slot = NewSlot();
        code.Store(R.Rsp, slot, through);
        return slot;
    }

    private int NewSlot() => _slotsUsed < SlotCount ? 8 * _slotsUsed++ : throw new NotTranslatedException();

    private R? HostRegister(Expression e) => e.Operator == Operator.Register ? HostOf((int)e.Value) : null;

    private static R MemoryBase(Expression e) => e.Operator == Operator.Loaded ? R.Rsp : State;

    private static int MemoryOffset(Expression e) => e.Operator switch
    {
        Operator.Register => OffsetOf((int)e.Value),
        Operator.FloatRegister => OffsetOfFloat((int)e.Value),
        _ => 8 * LoadedSlot,
    };

    private static Alu AluOf(Operator op) => op switch
    {
        Operator.Subtract => Alu.Subtract,
        Operator.And => Alu.And,
        Operator.Or => Alu.Or,
        _ => Alu.Xor,
    };

    private static Live LiveOf(R register) => register switch
    {
        R.Rax => Live.Rax,
        R.Rcx => Live.Rcx,
        R.Rdx => Live.Rdx,
        _ => Live.None,
    };

    private static R Take(Live live) => TryTake(live) ?? throw new NotTranslatedException();

    private static R? TryTake(Live live) =>
        (live & Live.Rcx) == 0 ? R.Rcx : (live & Live.Rdx) == 0 ? R.Rdx : (live & Live.Rax) == 0 ? R.Rax : null;
}

/// <summary>Which of the free host registers hold something that is still needed.</summary>
[Flags]
internal enum Live
{
    None = 0,
    Rax = 1,
    Rcx = 2,
    Rdx = 4,
    All = Rax | Rcx | Rdx,

    /// <summary>An evaluation within another: frame slots in use stay in use.</summary>
    Nested = 8,
}

/// <summary>The instruction is one that no translation is made of: the interpreter executes it.</summary>
internal sealed class NotTranslatedException : Exception;
