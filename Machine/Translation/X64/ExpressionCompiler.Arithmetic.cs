namespace Verification.Machine.Translation.X64;

// Sums, products, shifts: whole words, or the low half alone where nobody asks for more.
internal sealed partial class ExpressionCompiler
{
    // Only the low bits count, so that 32-bit operations do; answers the register that holds them.
    private R EvaluateLow(Expression e, R target, Live live, int bits)
    {
        if (HostRegister(e, 32) is { } host)
            return host;
        switch (e.Operator)
        {
            case Operator.SignExtend or Operator.ZeroExtend when e.Value == 32:
                return EvaluateLow(e.First!, target, live, bits);
            case Operator.ShiftLeft when e.Second is { IsConstant: true, Value: < 32 } amount:
                EvaluateBits(e.First!, target, live, 32);
                code.ShiftImmediate(4, target, (int)amount.Value, 32);
                break;
            default:
                if (!TryEvaluateArithmetic(e, target, live, 32))
                    Evaluate(e, target, live);
                break;
        }

        return target;
    }

    // A register that lives in memory is extended as it is loaded.
    private void EvaluateExtended(Expression e, R target, Live live, int bits, ExtensionKind extension)
    {
        if (e.Operator is Operator.Register or Operator.Loaded && RawHost(e) is null)
        {
            code.LoadExtended(target, new(MemoryBase(e), MemoryOffset(e)), bits / 8, extension);
            return;
        }

        var low = EvaluateLow(e, target, live, bits);
        if (extension == ExtensionKind.Zero)
            code.ZeroExtend(target, low, bits);
        else
            code.SignExtend(target, low, bits);
    }

    // Operations whose low half depends on the low halves of their operands alone.
    private bool TryEvaluateArithmetic(Expression e, R target, Live live, int bits)
    {
        switch (e.Operator)
        {
            case Operator.Add:
                EvaluateSum(e, target, live, bits);
                return true;
            case Operator.Subtract or Operator.And or Operator.Or or Operator.Xor:
                EvaluateAlu(AluOf(e.Operator), e, target, live, bits);
                return true;
            case Operator.Multiply:
                EvaluateProduct(e, target, live, bits);
                return true;
            default:
                return false;
        }
    }

    private void EvaluateBits(Expression e, R target, Live live, int bits)
    {
        if (bits == 64)
            Evaluate(e, target, live);
        else if (EvaluateLow(e, target, live, bits) is var half && half != target)
            code.Move32(target, half);
    }

    private void EvaluateSum(Expression e, R target, Live live, int bits)
    {
        if (RawHost(e.First!) is { } first && first != target)
        {
            if (e.Second!.IsSmall)
            {
                HostRegister(e.First!, bits);
                code.LoadAddress(target, first, (int)e.Second!.Value);
                return;
            }

            if (RawHost(e.Second!) is { } second && second != target)
            {
                HostRegister(e.First!, bits);
                HostRegister(e.Second!, bits);
                code.LoadAddress(target, first, second);
                return;
            }
        }

        if (!TryEvaluateScaledSum(e, target, live, bits))
            EvaluateAlu(Alu.Add, e, target, live, bits);
    }

    // A register and an index, a constant apart or not, that is multiplied by 2, 4 or 8.
    private bool TryEvaluateScaledSum(Expression e, R target, Live live, int bits)
    {
        if (bits != 64 || e.First is not { Operator: Operator.ShiftLeft, First: { } index, Second: { IsConstant: true, Value: >= 1 and <= 3 } scale }
            || RawHost(e.Second!) is not { } to)
            return false;
        var distance = 0;
        if (index is { Operator: Operator.Add, First: { } first, Second: { IsConstant: true, Value: var apart } } && (long)apart is > -4096 and < 4096)
            (index, distance) = (first, (int)(long)apart << (int)scale.Value);
        if (RawHost(index) is { } host)
        {
            HostRegister(index);
            HostRegister(e.Second!);
            code.LoadAddress(target, to, host, (int)scale.Value, distance);
            return true;
        }

        if (to == target) return false;
        HostRegister(e.Second!);
        Evaluate(index, target, live);
        code.LoadAddress(target, to, target, (int)scale.Value, distance);
        return true;
    }

    private void EvaluateAlu(Alu op, Expression e, R target, Live live, int bits)
    {
        var (first, second) = (e.First!, e.Second!);
        if (RawHost(second) == target && RawHost(first) != target)
        {
            HostRegister(second, bits);
            if (op == Alu.Subtract || !IsLeaf(first) || (first.IsConstant && !first.IsSmall))
            {
                var free = Take(live | LiveOf(target));
                code.Move(free, target);
                EvaluateBits(first, target, live | LiveOf(free), bits);
                code.Op(op, target, free, bits);
                return;
            }

            (first, second) = (second, first);
        }

        if (second.IsSmall)
        {
            EvaluateBits(first, target, live, bits);
            code.Op(op, target, (int)second.Value, bits);
        }
        else if (HostRegister(second, bits) is { } host)
        {
            EvaluateBits(first, target, live, bits);
            code.Op(op, target, host, bits);
        }
        else if (IsLeaf(second) && !second.IsConstant)
        {
            EvaluateBits(first, target, live, bits);
            code.OpFrom(op, target, MemoryBase(second), MemoryOffset(second), bits);
        }
        else if (TryTake(live | LiveOf(target)) is { } free)
        {
            EvaluateBits(second, free, live | Live.Nested, bits);
            EvaluateBits(first, target, live | LiveOf(free), bits);
            code.Op(op, target, free, bits);
        }
        else
        {
            var slot = Spill(second, target, live);
            EvaluateBits(first, target, live, bits);
            code.OpFrom(op, target, R.Rsp, slot, bits);
        }
    }

    private void EvaluateProduct(Expression e, R target, Live live, int bits)
    {
        if (RawHost(e.Second!) is { } second && second != target)
        {
            HostRegister(e.Second!, bits);
            EvaluateBits(e.First!, target, live, bits);
            code.Multiply(target, second, bits);
            return;
        }

        var free = Take(live | LiveOf(target));
        EvaluateBits(e.Second!, free, live | Live.Nested, bits);
        EvaluateBits(e.First!, target, live | LiveOf(free), bits);
        code.Multiply(target, free, bits);
    }

    private void EvaluateShift(Expression e, R target, Live live)
    {
        var (value, amount) = (e.First!, e.Second!);
        if (e.IsShiftedUnsigned32)
        {
            EvaluateExtended(value.First!, target, live, 32, ExtensionKind.Zero);
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
        if (HostRegister(amount, 32) is { } host && host != target)
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

    private static Alu AluOf(Operator op) => op switch
    {
        Operator.Subtract => Alu.Subtract,
        Operator.And => Alu.And,
        Operator.Or => Alu.Or,
        _ => Alu.Xor,
    };
}
