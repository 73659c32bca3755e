using Verification.Machine.Isa;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Floating point on the host's own unit where both give the same bits and flags: single and double, in the rounding mode
/// of <c>fcsr</c>. Half precision, other static modes, improper boxing and what does not fit an integer leave for the
/// interpreter.
/// </summary>
/// <remarks>
/// MXCSR holds the guest's rounding mode and collects its flags while translated code runs; both units detect tininess
/// after rounding. An abandoned operation may have set flags, but none that the interpreter does not set again.
/// </remarks>
internal sealed class FloatCompiler(X64Emitter code, ExpressionCompiler expressions, CodeConstants constants)
{
    private const int DynamicRounding = 7;
    private const int RoundTowardZero = 1;
    private const int RoundingModeShift = 5;
    private const int DirtyStatus = 3;
    private const ulong TwoToThe32LessOne = 0x41EF_FFFF_FFE0_0000, TwoToThe63 = 0x43E0_0000_0000_0000;
    private const uint SingleBelowTwoToThe32 = 0x4F7F_FFFF, SingleTwoToThe63 = 0x5F00_0000;

    private readonly List<(int Unordered, int Back, int Xmm, bool IsDouble)> _unordered = [];
    private List<int> _leaves = [];
    private uint _boxed;
    private bool _isOn;
    private bool _isDirty;
    private bool _isDynamicChecked;
    private bool _isNearestChecked;

    /// <summary>Whether there is code for a step.</summary>
    internal static bool IsPossible(Effect.Float step)
    {
        var operation = step.Operation;
        if (operation.Format == FloatFormat.Half || operation.Kind == FloatKind.Convert && operation.Target == FloatFormat.Half)
            return false;
        switch (operation.Kind)
        {
            case FloatKind.Classify:
                return false;
            case FloatKind.Minimum or FloatKind.Maximum or FloatKind.Equal or FloatKind.Less or FloatKind.LessOrEqual:
                return true;
            case FloatKind.ToInt32 or FloatKind.ToInt64 or FloatKind.ToUInt32 or FloatKind.ToUInt64:
                return step.RoundingMode is 0 or RoundTowardZero or DynamicRounding;
            default:
                return step.RoundingMode is 0 or DynamicRounding;
        }
    }

    /// <summary>Nothing is known of the unit's state at a block's entry.</summary>
    internal void StartBlock()
    {
        _isOn = _isDirty = _isDynamicChecked = _isNearestChecked = false;
        _boxed = 0;
    }

    /// <summary>Leaves unless mstatus.FS says that the unit is on.</summary>
    /// <returns>Displacement of the jump that leaves, or null where that is known already.</returns>
    internal int? RequireOn()
    {
        if (_isOn)
            return null;
        _isOn = true;
        code.OpMemory(Alu.Compare, ExpressionCompiler.State, HartStateLayout.FloatStatus, 0, 32);
        return code.Jump(Condition.Equal);
    }

    /// <summary>A register gets bits that are no result of a step: it may hold anything, and the state becomes dirty.</summary>
    internal void Set(int register, Expression value)
    {
        Written(register, value is { Operator: Operator.Or, Second: { IsConstant: true, Value: 0xFFFF_FFFF_0000_0000 } });
        expressions.EvaluateInto(R.Rax, value);
        if (expressions.Map.XmmOf(register) is var xmm and >= 0)
            code.MoveToXmm(xmm, R.Rax);
        else
            code.Store(ExpressionCompiler.State, ExpressionCompiler.OffsetOfFloat(register), R.Rax);
    }

    /// <summary>A register is about to be written by other code than this.</summary>
    internal void Written(int register, bool isBoxed)
    {
        _boxed = isBoxed ? _boxed | 1u << register : _boxed & ~(1u << register);
        MarkDirty();
    }

    /// <summary>Computes into a floating-point register, or for an integer result into the frame's slot.</summary>
    /// <returns>Displacements of the jumps that leave.</returns>
    internal List<int> Compute(Effect.Float step, int? target)
    {
        _leaves = [];
        if (RequireOn() is { } off)
            _leaves.Add(off);
        var kind = step.Operation.Kind;
        var isDouble = step.Operation.Format == FloatFormat.Double;
        switch (kind)
        {
            case FloatKind.Add or FloatKind.Subtract or FloatKind.Multiply or FloatKind.Divide or FloatKind.SquareRoot:
                RequireRounding(step);
                Arithmetic(step, isDouble);
                Result(0, isDouble, target);
                break;
            case FloatKind.MultiplyAdd or FloatKind.MultiplySubtract or FloatKind.NegatedMultiplyAdd or FloatKind.NegatedMultiplySubtract:
                RequireRounding(step);
                Fused(step, isDouble);
                Result(2, isDouble, target);
                break;
            case FloatKind.Minimum or FloatKind.Maximum:
                Extreme(step, isDouble);
                SetResult(0, isDouble, target);
                break;
            case FloatKind.Equal or FloatKind.Less or FloatKind.LessOrEqual:
                Comparison(step, isDouble);
                break;
            case FloatKind.Convert:
                RequireRounding(step);
                code.Sse(isDouble ? 0xF2 : 0xF3, 0x5A, 0, Operand(step.First, 0, isDouble));
                Result(0, step.Operation.Target == FloatFormat.Double, target);
                break;
            case FloatKind.FromInt32 or FloatKind.FromInt64 or FloatKind.FromUInt32 or FloatKind.FromUInt64:
                RequireRounding(step);
                FromInteger(step, isDouble);
                SetResult(0, isDouble, target);
                break;
            default:
                ToInteger(step, isDouble);
                break;
        }

        // Flags that were raised make the state dirty, too: that shows when the code is left.
        if (target is not null)
            MarkDirty();
        return _leaves;
    }

    /// <summary>Emits, out of the way, what gives results that are NaN their one form.</summary>
    internal void EmitUnordered()
    {
        foreach (var (unordered, back, xmm, isDouble) in _unordered)
        {
            code.BindHere(unordered);
            constants.LoadNaN(code, xmm, isDouble);
            code.BindTo(code.Jump(), back);
        }

        _unordered.Clear();
    }

    internal void Forget() => _unordered.Clear();

    private void MarkDirty()
    {
        if (_isDirty)
            return;
        _isDirty = true;
        code.OpMemoryMove32(ExpressionCompiler.State, HartStateLayout.FloatStatus, DirtyStatus);
    }

    private void RequireRounding(Effect.Float step)
    {
        if (step.RoundingMode == DynamicRounding)
        {
            // Modes that the host has not (to nearest, ties away; reserved ones) are the interpreter's.
            if (_isDynamicChecked || _isNearestChecked) return;
            _isDynamicChecked = true;
            code.TestMemory32(ExpressionCompiler.State, HartStateLayout.FloatControl, 4 << RoundingModeShift);
        }
        else
        {
            // Round to nearest, ties to even, is the host's state whenever the guest's dynamic mode is that.
            if (_isNearestChecked) return;
            _isNearestChecked = true;
            code.TestMemory32(ExpressionCompiler.State, HartStateLayout.FloatControl, 7 << RoundingModeShift);
        }

        _leaves.Add(code.Jump(Condition.NotEqual));
    }

    // An operand in the scratch register, if it is not in one of its own.
    private int Operand(Expression operand, int scratch, bool isDouble, bool isChanged = false)
    {
        if (operand.Operator != Operator.FloatRegister)
            throw new NotTranslatedException();
        var register = (int)operand.Value;
        var offset = ExpressionCompiler.OffsetOfFloat(register);
        var xmm = expressions.Map.XmmOf(register);
        if (!isDouble && (_boxed >> register & 1) == 0)
        {
            if (xmm >= 0)
            {
                code.MoveUpperFromXmm(R.Rax, xmm);
                code.Op(Alu.Compare, R.Rax, -1, 32);
            }
            else
            {
                code.OpMemory(Alu.Compare, ExpressionCompiler.State, offset + 4, -1, 32);
            }

            _leaves.Add(code.Jump(Condition.NotEqual));
            _boxed |= 1u << register;
        }

        if (xmm < 0)
            code.Sse(isDouble ? 0xF2 : 0xF3, 0x10, scratch, ExpressionCompiler.State, offset);
        else if (isChanged)
            code.MoveXmm(scratch, xmm);
        else
            return xmm;
        return scratch;
    }

    private void Arithmetic(Effect.Float step, bool isDouble)
    {
        var kind = step.Operation.Kind;
        var prefix = isDouble ? 0xF2 : 0xF3;
        if (kind == FloatKind.SquareRoot)
        {
            code.Sse(prefix, 0x51, 0, Operand(step.First, 0, isDouble));
            return;
        }

        Operand(step.First, 0, isDouble, isChanged: true);
        code.Sse(prefix, kind switch
        {
            FloatKind.Add => 0x58,
            FloatKind.Subtract => 0x5C,
            FloatKind.Multiply => 0x59,
            _ => 0x5E,
        }, 0, Operand(step.Second, 1, isDouble));
    }

    private void Fused(Effect.Float step, bool isDouble)
    {
        Operand(step.Third, 2, isDouble, isChanged: true);
        var first = Operand(step.First, 0, isDouble);
        var second = Operand(step.Second, 1, isDouble);
        code.Fma(step.Operation.Kind switch
        {
            FloatKind.MultiplyAdd => 0xB9,
            FloatKind.MultiplySubtract => 0xBB,
            FloatKind.NegatedMultiplyAdd => 0xBD,
            _ => 0xBF,
        }, 2, first, second, isDouble);

        // Infinity times zero plus a quiet NaN is invalid for the guest, and not for the host.
        code.Sse(isDouble ? 0x66 : 0, 0x2E, 2, 2);
        _leaves.Add(code.Jump(Condition.Parity));
    }

    // Equal operands may differ in sign, and the host takes the second of them: both orders together tell which to take.
    private void Extreme(Effect.Float step, bool isDouble)
    {
        var first = Operand(step.First, 0, isDouble, isChanged: true);
        var second = Operand(step.Second, 1, isDouble, isChanged: true);
        code.Sse(isDouble ? 0x66 : 0, 0x2E, first, second);
        _leaves.Add(code.Jump(Condition.Parity));
        var isMinimum = step.Operation.Kind == FloatKind.Minimum;
        var (prefix, opcode) = (isDouble ? 0xF2 : 0xF3, isMinimum ? 0x5D : 0x5F);
        code.MoveXmm(2, first);
        code.Sse(prefix, opcode, first, second);
        code.Sse(prefix, opcode, second, 2);
        code.Sse(0, isMinimum ? 0x56 : 0x54, first, second);
    }

    private void Comparison(Effect.Float step, bool isDouble)
    {
        var first = Operand(step.First, 0, isDouble);
        var second = Operand(step.Second, 1, isDouble);
        var isEqual = step.Operation.Kind == FloatKind.Equal;

        // b > a and b >= a are the comparisons that an unordered pair fails by its flags alone.
        var (left, right) = isEqual ? (first, second) : (second, first);
        code.Sse(isDouble ? 0x66 : 0, isEqual ? 0x2E : 0x2F, left, right);
        code.SetCondition(step.Operation.Kind switch
        {
            FloatKind.Equal => Condition.Equal,
            FloatKind.Less => Condition.Above,
            _ => Condition.AboveOrEqual,
        }, R.Rax);
        if (isEqual)
        {
            code.SetCondition(Condition.NoParity, R.Rcx);
            code.Op(Alu.And, R.Rax, R.Rcx, 32);
        }

        code.ZeroExtend(R.Rax, R.Rax, 8);
        code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rax);
    }

    private void FromInteger(Effect.Float step, bool isDouble)
    {
        var kind = step.Operation.Kind;
        expressions.EvaluateInto(R.Rax, kind switch
        {
            FloatKind.FromInt32 => Expression.Unary(Operator.SignExtend, step.First, 32),
            FloatKind.FromUInt32 => Expression.Unary(Operator.ZeroExtend, step.First, 32),
            _ => step.First,
        });
        if (kind == FloatKind.FromUInt64)
        {
            code.Test(R.Rax, R.Rax);
            _leaves.Add(code.Jump(Condition.Sign));
        }

        // The conversion keeps the register's other bits, and would wait for them.
        code.Sse(0, 0x57, 0, 0);
        code.ConvertInteger(isDouble ? 0xF2 : 0xF3, 0x2A, 0, R.Rax);
    }

    private void ToInteger(Effect.Float step, bool isDouble)
    {
        var opcode = step.RoundingMode == RoundTowardZero ? 0x2C : 0x2D;
        if (step.RoundingMode != RoundTowardZero)
            RequireRounding(step);
        var operand = Operand(step.First, 0, isDouble);
        var prefix = isDouble ? 0xF2 : 0xF3;
        var kind = step.Operation.Kind;
        if (kind is FloatKind.ToUInt32 or FloatKind.ToUInt64)
            RequireUnsigned(operand, isDouble, kind == FloatKind.ToUInt32);

        // What does not fit has the host's "integer indefinite" for a result, and the guest's own by the interpreter.
        code.ConvertToInteger(prefix, opcode, R.Rax, operand, kind == FloatKind.ToInt32 ? 32 : 64);
        switch (kind)
        {
            case FloatKind.ToInt32:
                code.Op(Alu.Compare, R.Rax, int.MinValue, 32);
                _leaves.Add(code.Jump(Condition.Equal));
                code.SignExtend(R.Rax, R.Rax, 32);
                break;
            case FloatKind.ToUInt32:
                code.SignExtend(R.Rax, R.Rax, 32);
                break;
            case FloatKind.ToInt64:
                code.Move(R.Rcx, 1ul << 63);
                code.Op(Alu.Compare, R.Rax, R.Rcx);
                _leaves.Add(code.Jump(Condition.Equal));
                break;
        }

        code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rax);
    }

    // By its bits, so that no flag is set for what does not fit: negative numbers and NaNs are far above as unsigned ones.
    private void RequireUnsigned(int operand, bool isDouble, bool isNarrow)
    {
        code.MoveFromXmm(R.Rax, operand);
        if (isDouble)
        {
            code.Move(R.Rcx, isNarrow ? TwoToThe32LessOne : TwoToThe63 - 1);
            code.Op(Alu.Compare, R.Rax, R.Rcx);
        }
        else
        {
            code.Op(Alu.Compare, R.Rax, (int)(isNarrow ? SingleBelowTwoToThe32 : SingleTwoToThe63 - 1), 32);
        }

        _leaves.Add(code.Jump(Condition.Above));
    }

    private void Result(int xmm, bool isDouble, int? target)
    {
        // The fused steps have been asked already.
        if (xmm != 2)
        {
            code.Sse(isDouble ? 0x66 : 0, 0x2E, xmm, xmm);
            var unordered = code.Jump(Condition.Parity);
            _unordered.Add((unordered, code.Position, xmm, isDouble));
        }

        SetResult(xmm, isDouble, target);
    }

    private void SetResult(int xmm, bool isDouble, int? target)
    {
        var register = target ?? throw new NotTranslatedException();
        _boxed = isDouble ? _boxed & ~(1u << register) : _boxed | 1u << register;
        if (expressions.Map.XmmOf(register) is var own and >= 0)
        {
            code.MoveXmm(own, xmm);
            if (!isDouble)
                constants.Box(code, own);
            return;
        }

        var offset = ExpressionCompiler.OffsetOfFloat(register);
        code.Sse(isDouble ? 0xF2 : 0xF3, 0x11, xmm, ExpressionCompiler.State, offset);
        if (!isDouble)
            code.OpMemoryMove32(ExpressionCompiler.State, offset + 4, -1);
    }
}
