using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// The checks of code whose stack pointer is observed: what the hart's guard (<see cref="Hart.GuardStack"/>) lets pass costs
/// a comparison or two, and everything else leaves for the observed interpreter.
/// </summary>
internal sealed class StackGuardCompiler(X64Emitter code, ExpressionCompiler expressions)
{
    private const R State = ExpressionCompiler.State;
    private const int WordBytes = 8;

    private static readonly Expression Frame = Expression.Register(ObservedEffects.FramePointer);

    private BasicBlock _block = new(0);

    /// <summary>Begins a block.</summary>
    internal void Begin(BasicBlock block) => _block = block;

    /// <summary>Leaves unless the new value of <c>sp</c> may pass.</summary>
    /// <returns>Whether the value has come to rax on the way.</returns>
    internal bool EmitStackPointer(Effect.GuardStackPointer guard, List<int> leaves)
    {
        if (!_block.StackChecks.TryGetValue(guard, out var check))
        {
            expressions.EvaluateInto(R.Rax, guard.Value);
            EmitFloor(leaves);
            EmitCeiling(leaves);
            return true;
        }

        if (check.Below is { } below)
        {
            EvaluateStackPointer(below);
            EmitFloor(leaves);
        }

        if (check.Above is { } above)
        {
            EvaluateStackPointer(above);
            EmitCeiling(leaves);
        }

        return StackChecks.DistanceOf(guard.Value) == (check.Above ?? check.Below);
    }

    /// <summary>Leaves if not all of some bytes lie in the stack that are accessed through <c>sp</c>, or through an <c>s0</c> that points there.</summary>
    /// <param name="lowest">The lowest address, as a distance from the one or the other.</param>
    /// <param name="sizeBytes">How many bytes from there on.</param>
    /// <returns>The jumps that leave.</returns>
    internal int[] EmitAccess(Expression lowest, int sizeBytes)
    {
        if (!AccessGroup.TryParse(lowest, out var register, out _)) throw new NotTranslatedException();
        expressions.EvaluateInto(R.Rax, lowest);
        code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackLow);
        List<int> outside = [];
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackWordLimit);
        outside.Add(code.Jump(Condition.AboveOrEqual));
        if (sizeBytes > WordBytes)
        {
            code.Op(Alu.Add, R.Rax, sizeBytes - 1);
            code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackSpan);
            outside.Add(code.Jump(Condition.AboveOrEqual));
        }

        if (register == ObservedEffects.StackPointer) return [.. outside];
        var inside = code.Jump();
        foreach (var jump in outside) code.BindHere(jump);
        // A frame pointer that points elsewhere is none.
        expressions.EvaluateInto(R.Rax, Frame);
        code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackLow);
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackSpan);
        var leaves = code.Jump(Condition.BelowOrEqual);
        code.BindHere(inside);
        return [leaves];
    }

    private void EvaluateStackPointer(long distance) =>
        expressions.EvaluateInto(R.Rax, Expression.Binary(Operator.Add, Expression.Register(ObservedEffects.StackPointer), Expression.Constant((ulong)distance)));

    private void EmitFloor(List<int> leaves)
    {
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackFloor);
        leaves.Add(code.Jump(Condition.BelowOrEqual));
    }

    private void EmitCeiling(List<int> leaves)
    {
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackCeiling);
        leaves.Add(code.Jump(Condition.AboveOrEqual));
    }
}
