using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Floating point on the host's own unit where both give the same bits and flags: arithmetic in the dynamic rounding mode
/// whose result is a number. NaNs, mixed formats, static rounding and improper boxing leave for the interpreter.
/// </summary>
/// <remarks>
/// MXCSR holds the guest's rounding mode and collects its flags while translated code runs; both units detect tininess
/// after rounding. An abandoned operation may have set flags, but none that the interpreter does not set again.
/// </remarks>
internal sealed class FloatCompiler(X64Emitter code)
{
    private const int DynamicRounding = 7;
    private const int RoundTowardZero = 1;
    private const int RoundingModeShift = 5;
    private const int DirtyStatus = 3;

    private bool _isOn;
    private bool _isDirty;

    /// <summary>Nothing is known of the unit's state at a block's entry.</summary>
    internal void StartBlock() => _isOn = _isDirty = false;

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

    /// <summary>Sets mstatus.FS to dirty.</summary>
    internal void MarkDirty()
    {
        if (_isDirty)
            return;
        _isDirty = true;
        code.OpMemoryMove32(ExpressionCompiler.State, HartStateLayout.FloatStatus, DirtyStatus);
    }

    /// <summary>Computes into the frame's slot for loaded words.</summary>
    /// <returns>Displacements of the jumps that leave.</returns>
    internal List<int> Compute(Effect.Float step, ExpressionCompiler expressions)
    {
        var leaves = new List<int>();
        if (RequireOn() is { } off)
            leaves.Add(off);

        // Flags are part of the state that becomes dirty, with arithmetic as with comparisons.
        var kind = step.Operation.Kind;
        var isDouble = step.Operation.Format == FloatFormat.Double;
        if (step.Operation.Format == FloatFormat.Half || (kind == FloatKind.Convert && step.Operation.Target == FloatFormat.Half))
            throw new NotTranslatedException();
        var prefix = isDouble ? 0xF2 : 0xF3;
        switch (kind)
        {
            case FloatKind.Add or FloatKind.Subtract or FloatKind.Multiply or FloatKind.Divide or FloatKind.SquareRoot:
                RequireDynamic(step, leaves);
                Operand(step.First, 0, isDouble, leaves, expressions);
                if (kind != FloatKind.SquareRoot)
                    Operand(step.Second, 1, isDouble, leaves, expressions);
                code.Sse(prefix, kind switch
                {
                    FloatKind.Add => 0x58,
                    FloatKind.Subtract => 0x5C,
                    FloatKind.Multiply => 0x59,
                    FloatKind.Divide => 0x5E,
                    _ => 0x51,
                }, 0, kind == FloatKind.SquareRoot ? 0 : 1);
                Result(0, isDouble, leaves);
                break;
            case FloatKind.MultiplyAdd or FloatKind.MultiplySubtract or FloatKind.NegatedMultiplyAdd or FloatKind.NegatedMultiplySubtract:
                RequireDynamic(step, leaves);
                Operand(step.First, 0, isDouble, leaves, expressions);
                Operand(step.Second, 1, isDouble, leaves, expressions);
                Operand(step.Third, 2, isDouble, leaves, expressions);
                code.Fma(kind switch
                {
                    FloatKind.MultiplyAdd => 0xB9,
                    FloatKind.MultiplySubtract => 0xBB,
                    FloatKind.NegatedMultiplyAdd => 0xBD,
                    _ => 0xBF,
                }, 2, 0, 1, isDouble);
                Result(2, isDouble, leaves);
                break;
            case FloatKind.Equal or FloatKind.Less or FloatKind.LessOrEqual:
                Operand(step.First, 0, isDouble, leaves, expressions);
                Operand(step.Second, 1, isDouble, leaves, expressions);
                Comparison(kind, isDouble, leaves);
                break;
            case FloatKind.Convert:
                RequireDynamic(step, leaves);
                Operand(step.First, 0, isDouble, leaves, expressions);
                code.Sse(prefix, 0x5A, 0, 0);
                Result(0, step.Operation.Target == FloatFormat.Double, leaves);
                break;
            case FloatKind.FromInt32 or FloatKind.FromInt64:
                RequireDynamic(step, leaves);
                expressions.EvaluateInto(R.Rax, kind == FloatKind.FromInt32
                    ? Expression.Unary(Operator.SignExtend, step.First, 32) : step.First);
                code.ConvertInteger(prefix, 0x2A, 0, R.Rax);
                Result(0, isDouble, leaves);
                break;
            case FloatKind.ToInt64 or FloatKind.ToInt32:
                ToInteger(step, isDouble, prefix, leaves, expressions);
                break;
            default:
                throw new NotTranslatedException();
        }

        MarkDirty();
        return leaves;
    }

    private void RequireDynamic(Effect.Float step, List<int> leaves)
    {
        if (step.RoundingMode != DynamicRounding)
        {
            // Round to nearest, ties to even, is the host's state whenever the guest's dynamic mode is that.
            if (step.RoundingMode != 0)
                throw new NotTranslatedException();
            code.TestMemory32(ExpressionCompiler.State, HartStateLayout.FloatControl, 7 << RoundingModeShift);
            leaves.Add(code.Jump(Condition.NotEqual));
            return;
        }

        // Modes that the host has not (to nearest, ties away; reserved ones) are the interpreter's.
        code.TestMemory32(ExpressionCompiler.State, HartStateLayout.FloatControl, 4 << RoundingModeShift);
        leaves.Add(code.Jump(Condition.NotEqual));
    }

    private void Operand(Expression operand, int xmm, bool isDouble, List<int> leaves, ExpressionCompiler expressions)
    {
        if (operand.Operator == Operator.FloatRegister)
        {
            var offset = ExpressionCompiler.OffsetOfFloat((int)operand.Value);
            if (!isDouble)
            {
                code.OpMemory(Alu.Compare, ExpressionCompiler.State, offset + 4, -1, 32);
                leaves.Add(code.Jump(Condition.NotEqual));
            }

            code.Sse(isDouble ? 0xF2 : 0xF3, 0x10, xmm, ExpressionCompiler.State, offset);
            return;
        }

        throw new NotTranslatedException();
    }

    private void Result(int xmm, bool isDouble, List<int> leaves)
    {
        code.Sse(isDouble ? 0x66 : 0, 0x2E, xmm, xmm);
        leaves.Add(code.Jump(Condition.Parity));
        code.Sse(isDouble ? 0xF2 : 0xF3, 0x11, xmm, R.Rsp, 8 * ExpressionCompiler.LoadedSlot);
        if (!isDouble)
            code.OpMemoryMove32(R.Rsp, (8 * ExpressionCompiler.LoadedSlot) + 4, -1);
    }

    private void Comparison(FloatKind kind, bool isDouble, List<int> leaves)
    {
        // b > a and b >= a are the comparisons that an unordered pair fails by its flags alone.
        var (left, right) = kind == FloatKind.Equal ? (0, 1) : (1, 0);
        code.Sse(isDouble ? 0x66 : 0, kind == FloatKind.Equal ? 0x2E : 0x2F, left, right);
        leaves.Add(code.Jump(Condition.Parity));
        code.SetCondition(kind switch
        {
            FloatKind.Equal => Condition.Equal,
            FloatKind.Less => Condition.Above,
            _ => Condition.AboveOrEqual,
        }, R.Rax);
        code.ZeroExtend(R.Rax, R.Rax, 8);
        code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rax);
    }

    private void ToInteger(Effect.Float step, bool isDouble, int prefix, List<int> leaves, ExpressionCompiler expressions)
    {
        var opcode = 0x2D;
        if (step.RoundingMode == RoundTowardZero)
            opcode = 0x2C;
        else
            RequireDynamic(step, leaves);
        Operand(step.First, 0, isDouble, leaves, expressions);
        var bits = step.Operation.Kind == FloatKind.ToInt64 ? 64 : 32;

        // What does not fit has the host's "integer indefinite" for a result, and the guest's own by the interpreter.
        code.ConvertToInteger(prefix, opcode, R.Rax, 0, bits);
        if (bits == 32)
        {
            code.Op(Alu.Compare, R.Rax, int.MinValue, 32);
            leaves.Add(code.Jump(Condition.Equal));
            code.SignExtend(R.Rax, R.Rax, 32);
        }
        else
        {
            code.Move(R.Rcx, 1ul << 63);
            code.Op(Alu.Compare, R.Rax, R.Rcx);
            leaves.Add(code.Jump(Condition.Equal));
        }

        code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rax);
    }
}
