using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Compiles the expression of one instruction into a host register. Ten guest registers live in host registers, which ones
/// the <see cref="Map"/> says; rax, rcx and rdx are free in between; the rest of the guest's registers, and what finds no
/// free register, is memory: the hart's state at rbp, the native frame at rsp.
/// </summary>
internal sealed partial class ExpressionCompiler(X64Emitter code)
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
    internal RegisterMap Map
    {
        get;
        set
        {
            field = value;
            ForgetCopies();
        }
    } = RegisterMap.Standard;

    internal static int OffsetOf(int register) => HartStateLayout.IntegerRegisters + (8 * register);

    internal static int OffsetOfFloat(int register) => HartStateLayout.FloatRegisters + (8 * register);

    internal R? HostOf(int register) => Map.HostOf(register);

    /// <summary>Sets guest register <paramref name="register"/> to <paramref name="value"/>.</summary>
    internal void Assign(int register, Expression value)
    {
        _slotsUsed = FirstFreeSlot;
        var live = KeepCopyOf(value, register);
        if (HostOf(register) is not { } host)
        {
            AssignInMemory(register, value, live);
        }
        else if (value is { Operator: Operator.SignExtend, Value: 32, First: { } low } && !low.IsShiftedUnsigned32)
        {
            var half = EvaluateLow(low, IsShallow(value, register) ? host : FreeFor(value, live), live, 32);
            if (half != host)
                code.Move32(host, half);
            Pending |= 1u << register;
        }
        else if (GoesOnPending && value.Operator == Operator.Register && (Pending >> (int)value.Value & 1) != 0)
        {
            code.Move32(host, HostOf((int)value.Value)!.Value);
            Pending |= 1u << register;
        }
        else
        {
            var target = IsShallow(value, register) ? host : FreeFor(value, live);
            Evaluate(value, target, live);
            code.Move(host, target);
            Written(register);
        }
    }

    private void AssignInMemory(int register, Expression value, Live live)
    {
        var copy = CopyOf(register);
        if (value.IsSmall)
        {
            code.StoreImmediate(State, OffsetOf(register), (int)value.Value);
        }
        else if (copy is null && HostRegister(value) is { } source)
        {
            code.Store(State, OffsetOf(register), source);
        }
        else if (copy is null && value is { Operator: Operator.Add, First: { Operator: Operator.Register } f, Second: { } s }
            && f.Value == (ulong)register && s.IsSmall)
        {
            // Adding a small constant to itself is the commonest thing that happens to a counter.
            code.OpMemory(Alu.Add, State, OffsetOf(register), (int)s.Value);
        }
        else
        {
            var target = copy is { } own && IsShallow(value, register) ? own : FreeFor(value, live);
            Evaluate(value, target, live);
            code.Store(State, OffsetOf(register), target);
            ForgetCopyOf(register);
            if (IsStep(value))
                _copies[(int)target] = register;
            return;
        }

        ForgetCopyOf(register);
    }

    /// <summary>Sets a link register, leaving rax and rcx alone.</summary>
    internal void Assign(int register, ulong value)
    {
        if (HostOf(register) is { } host)
        {
            code.Move(host, value);
            Written(register);
        }
        else if ((long)value == (int)value)
        {
            code.StoreImmediate(State, OffsetOf(register), (int)value);
        }
        else
        {
            code.Move(R.Rdx, value);
            code.Store(State, OffsetOf(register), R.Rdx);
        }
    }

    /// <summary>Sets a register to what is in rax.</summary>
    internal void AssignRax(int register)
    {
        if (HostOf(register) is { } host)
        {
            code.Move(host, R.Rax);
            Written(register);
        }
        else
        {
            code.Store(State, OffsetOf(register), R.Rax);
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

    // A constant, or an operand that an instruction of the host can take from where it is.
    private bool IsLeaf(Expression e) =>
        e.Operator is Operator.Constant or Operator.Register or Operator.Loaded
        || e.Operator == Operator.FloatRegister && Map.XmmOf((int)e.Value) < 0;

    private bool IsExtendedLeaf(Expression e) =>
        e.Operator is Operator.SignExtend or Operator.ZeroExtend && IsLeaf(e.First!);

    // One operation over leaves, and what is done with its result and leaves other than the register that gets it: such a value
    // may be built in that register itself.
    private bool IsShallow(Expression e, int register) => e.Operator switch
    {
        Operator.Constant or Operator.Register or Operator.Loaded or Operator.FloatRegister => true,
        Operator.SignExtend or Operator.ZeroExtend or Operator.Not or Operator.RotateRight or Operator.RotateRight32 =>
            IsShallow(e.First!, register),
        Operator.Add or Operator.Subtract or Operator.And or Operator.Or or Operator.Xor or Operator.ShiftLeft
            or Operator.ShiftRight or Operator.ShiftRightArithmetic => IsLeaf(e.Second!)
                && (IsLeaf(e.First!) || IsExtendedLeaf(e.First!)
                    || IsShallow(e.First!, register) && !(e.Second!.Operator == Operator.Register && (int)e.Second.Value == register)),
        Operator.Multiply => IsLeaf(e.First!) && IsLeaf(e.Second!),
        _ => false,
    };

    private void Evaluate(Expression e, R target, Live live)
    {
        if (TryEvaluateArithmetic(e, target, live, 64))
            return;
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
                if (!e.First!.IsShiftedUnsigned32 || e.Value != 32)
                    EvaluateExtended(e.First!, target, live, (int)e.Value, ExtensionKind.Sign);
                else
                    Evaluate(e.First!, target, live);
                break;
            case Operator.ZeroExtend:
                EvaluateExtended(e.First!, target, live, (int)e.Value, ExtensionKind.Zero);
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
            case Operator.RotateRight:
                if (HostRegister(e.First!) is not { } rotated)
                    Evaluate(e.First!, rotated = target, live);
                code.RotateX(target, rotated, (int)e.Value);
                break;
            case Operator.RotateRight32:
                code.RotateX(target, EvaluateLow(e.First!, target, live, 32), (int)e.Value, 32);
                break;
            case Operator.ReverseBytes:
                Evaluate(e.First!, target, live);
                code.ByteSwap(target);
                break;
            default:
                throw new NotTranslatedException();
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

    private R? RawHost(Expression e) => e.Operator == Operator.Register ? HostOf((int)e.Value) ?? CopyOf((int)e.Value) : null;

    // The host register of an operand of which so many bits count.
    private R? HostRegister(Expression e, int bits = 64)
    {
        if (bits > 32 && e.Operator == Operator.Register) Settle((int)e.Value);
        return RawHost(e);
    }

    private static R MemoryBase(Expression e) => e.Operator == Operator.Loaded ? R.Rsp : State;

    private static int MemoryOffset(Expression e) => e.Operator switch
    {
        Operator.Register => OffsetOf((int)e.Value),
        Operator.FloatRegister => OffsetOfFloat((int)e.Value),
        _ => 8 * LoadedSlot,
    };

    private static Live LiveOf(R register) => register switch
    {
        R.Rax => Live.Rax,
        R.Rcx => Live.Rcx,
        R.Rdx => Live.Rdx,
        _ => Live.None,
    };

    private R Take(Live live) => TryTake(live) ?? throw new NotTranslatedException();

    // Rather one that holds nothing.
    private R? TryTake(Live live)
    {
        R? taken = null;
        foreach (var free in s_free)
        {
            if ((live & LiveOf(free)) != 0 || taken is not null && _copies[(int)free] != 0) continue;
            taken = free;
            if (_copies[(int)free] == 0) break;
        }

        if (taken is { } register)
            _copies[(int)register] = 0;
        return taken;
    }
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
