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

    private readonly List<(FrameCheck Check, RegisterMap Map, List<int> Near, int Back)> _near = [];

    private BasicBlock _block = new(0);

    /// <summary>Begins a block.</summary>
    internal void Begin(BasicBlock block) => _block = block;

    /// <summary>Leaves unless the new value of <c>sp</c> may pass.</summary>
    internal void EmitStackPointer(Effect.GuardStackPointer guard, List<int> leaves)
    {
        if (TryEmitCheck(guard, leaves)) return;
        expressions.EvaluateInto(R.Rax, guard.Value);
        EmitFloor(leaves);
        EmitCeiling(leaves);
    }

    /// <summary>Leaves unless the access may pass.</summary>
    /// <param name="guard">The access.</param>
    /// <param name="leaves">Gets the jumps that leave.</param>
    /// <returns>Whether it may leave from <see cref="EmitNear"/>.</returns>
    internal bool EmitAccess(Effect.GuardAccess guard, List<int> leaves)
    {
        if (TryEmitCheck(guard, leaves)) return false;
        // All that goes through sp or s0 has a distance from it.
        if (!_block.FrameChecks.TryGetValue(guard, out var check)) throw new NotTranslatedException();
        EmitFrameCheck(check);
        return true;
    }

    private bool TryEmitCheck(Effect guard, List<int> leaves)
    {
        if (!_block.StackChecks.TryGetValue(guard, out var check)) return false;
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

        return true;
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

    // Mostly s0 is further from the stack's ends than an instruction reaches. The guard's expression has been settled, and s0 with it.
    private void EmitFrameCheck(FrameCheck check)
    {
        List<int> near = [];
        if (check is { IsBelow: true, Walks: false })
        {
            // A frame pointer lies above the stack's end: of what lies below, one comparison need not know.
            var frame = expressions.HostOf(ObservedEffects.FramePointer);
            if (frame is null) expressions.EvaluateInto(R.Rax, Frame);
            code.OpFrom(Alu.Compare, frame ?? R.Rax, State, HartStateLayout.FrameFloor);
            near.Add(code.Jump(Condition.BelowOrEqual));
        }
        else if (check.IsBelow)
        {
            near.Add(EmitDistance(HartStateLayout.StackLow, HartStateLayout.FrameDepth));
        }

        if (check.IsAbove) near.Add(EmitDistance(HartStateLayout.FrameTop, HartStateLayout.FrameHeight));
        _near.Add((check, expressions.Map, near, code.Position));
    }

    private int EmitDistance(int from, int most)
    {
        expressions.EvaluateInto(R.Rax, Frame);
        code.OpFrom(Alu.Subtract, R.Rax, State, from);
        code.OpFrom(Alu.Compare, R.Rax, State, most);
        return code.Jump(Condition.BelowOrEqual);
    }

    /// <summary>Emits, out of the way, the checks where <c>s0</c> is near the stack's ends.</summary>
    /// <returns>For the n-th since the last call, the jump that leaves.</returns>
    internal List<int> EmitNear()
    {
        var result = new List<int>();
        expressions.Pending = 0;
        foreach (var (check, map, near, back) in _near)
        {
            expressions.Map = map;
            foreach (var jump in near) code.BindHere(jump);
            result.Add(EmitFrameAccess(check, back));
        }

        _near.Clear();
        return result;
    }

    /// <summary>What was emitted is given up.</summary>
    internal void Forget() => _near.Clear();

    private int EmitFrameAccess(FrameCheck check, int inside)
    {
        expressions.EvaluateInto(R.Rax, Expression.Binary(Operator.Add, Frame, Expression.Constant((ulong)check.Low)));
        code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackLow);
        var sizeBytes = check.End - check.Low;
        int? outside = null;
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackWordLimit);
        if (sizeBytes > WordBytes)
        {
            outside = code.Jump(Condition.AboveOrEqual);
            code.Op(Alu.Add, R.Rax, sizeBytes - 1);
            code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackSpan);
        }

        code.BindTo(code.Jump(Condition.Below), inside);
        if (outside is { } jump) code.BindHere(jump);
        // A frame pointer that points elsewhere is none.
        var leaves = EmitDistance(HartStateLayout.StackLow, HartStateLayout.StackSpan);
        code.BindTo(code.Jump(), inside);
        return leaves;
    }
}
