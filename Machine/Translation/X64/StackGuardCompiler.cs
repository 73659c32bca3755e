using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// The checks of code whose stack pointer is observed: what the hart's guard (<see cref="Hart.GuardStack"/>) lets pass costs
/// a subtraction and a comparison, and everything else leaves for the observed interpreter. Accesses that share a look-up
/// share their check.
/// </summary>
internal sealed class StackGuardCompiler(X64Emitter code, ExpressionCompiler expressions)
{
    private const R State = ExpressionCompiler.State;
    private const int StackPointer = 2, WordBytes = 8;

    /// <summary>Leaves unless the new value of <c>sp</c> may pass.</summary>
    internal void EmitStackPointer(Expression value, List<int> leaves)
    {
        expressions.EvaluateInto(R.Rax, value);
        code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackPointerLow);
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackPointerLimit);
        leaves.Add(code.Jump(Condition.AboveOrEqual));
    }

    /// <summary>Leaves unless the access may pass.</summary>
    /// <param name="guard">The access.</param>
    /// <param name="group">The accesses that it shares a look-up with: the first is checked for all.</param>
    /// <param name="leaves">Gets the jumps that leave.</param>
    internal void EmitAccess(Effect.GuardAccess guard, AccessGroup? group, List<int> leaves)
    {
        if (group is null)
        {
            Emit(guard.Address, guard.SizeBytes, guard.BaseRegister, leaves);
            return;
        }

        if (group.IsGuarded) return;
        group.IsGuarded = true;
        Emit(group.Lowest, group.SpanBytes, guard.BaseRegister, leaves);
    }

    private void Emit(Expression address, int sizeBytes, int baseRegister, List<int> leaves)
    {
        expressions.EvaluateInto(R.Rax, address);
        code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackLow);
        List<int> outside = [];
        if (sizeBytes <= WordBytes)
        {
            code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackWordLimit);
        }
        else
        {
            code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackSpan);
            outside.Add(code.Jump(Condition.AboveOrEqual));
            code.Op(Alu.Add, R.Rax, sizeBytes - 1);
            code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackSpan);
        }

        if (baseRegister == StackPointer)
        {
            leaves.AddRange(outside);
            leaves.Add(code.Jump(Condition.AboveOrEqual));
            return;
        }

        // A frame pointer that points elsewhere is none.
        var inside = code.Jump(Condition.Below);
        foreach (var jump in outside) code.BindHere(jump);
        expressions.EvaluateInto(R.Rax, Expression.Register(baseRegister));
        code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackLow);
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackSpan);
        leaves.Add(code.Jump(Condition.BelowOrEqual));
        code.BindHere(inside);
    }
}
