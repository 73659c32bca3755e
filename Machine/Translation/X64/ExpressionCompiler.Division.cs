namespace Verification.Machine.Translation.X64;

// Division by zero and of the lowest number by -1 have results, which the host's division has not.
internal sealed partial class ExpressionCompiler
{
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
}
