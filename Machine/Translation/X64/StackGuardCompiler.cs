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

    private static readonly int FrameHome = ExpressionCompiler.OffsetOf(ObservedEffects.FramePointer);
    private static readonly Expression Frame = Expression.Register(ObservedEffects.FramePointer);

    private readonly List<(FrameCheck Check, RegisterMap Map, int Other, int Back)> _others = [];

    private Dictionary<Effect, StackCheck> _checks = [];
    private Dictionary<Effect, FrameCheck?> _frameChecks = [];

    /// <summary>Begins a block.</summary>
    internal void Begin(BasicBlock block)
    {
        _checks = StackChecks.Of(block.Effects);
        _frameChecks = FrameChecks.Of(block.Effects);
    }

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
    /// <param name="group">The accesses that it shares a look-up with: the first through a frame pointer is checked for all.</param>
    /// <param name="leaves">Gets the jumps that leave.</param>
    /// <returns>Whether it may leave from <see cref="EmitOtherFrames"/>.</returns>
    internal bool EmitAccess(Effect.GuardAccess guard, AccessGroup? group, List<int> leaves)
    {
        if (TryEmitCheck(guard, leaves)) return false;
        // All that goes through sp has a distance from it.
        if (guard.BaseRegister != ObservedEffects.FramePointer) throw new NotTranslatedException();
        if (_frameChecks.TryGetValue(guard, out var frame))
        {
            if (frame is not { } check) return false;
            EmitFrameCheck(check);
            return true;
        }

        if (group?.Register != ObservedEffects.FramePointer)
        {
            EmitFrameAccess(guard.Address, guard.SizeBytes, leaves);
            return false;
        }

        if (group.IsGuarded) return false;
        group.IsGuarded = true;
        var (lowest, span) = group.Direct;
        EmitFrameAccess(lowest, span, leaves);
        return false;
    }

    private bool TryEmitCheck(Effect guard, List<int> leaves)
    {
        if (!_checks.TryGetValue(guard, out var check)) return false;
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

    // Mostly s0 is what it was at the last check. The guard's expression has been settled, and s0 with it.
    private void EmitFrameCheck(FrameCheck check)
    {
        var frame = expressions.HostOf(ObservedEffects.FramePointer);
        if (frame is null) code.Load(R.Rax, State, FrameHome);
        code.OpFrom(Alu.Compare, frame ?? R.Rax, State, HartStateLayout.KnownFrame);
        _others.Add((check, expressions.Map, code.Jump(Condition.NotEqual), code.Position));
    }

    /// <summary>Emits, out of the way, the checks where <c>s0</c> is another than before.</summary>
    /// <returns>For the n-th since the last call, the jumps that leave.</returns>
    internal List<List<int>> EmitOtherFrames()
    {
        var result = new List<List<int>>();
        expressions.Pending = 0;
        foreach (var (check, map, other, back) in _others)
        {
            List<int> leaves = [];
            expressions.Map = map;
            code.BindHere(other);
            expressions.EvaluateInto(R.Rax, Frame);
            code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackLow);
            code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.FrameFloor);
            var isFar = code.Jump(Condition.Above);
            EmitFrameAccess(Expression.Binary(Operator.Add, Frame, Expression.Constant((ulong)check.Low)), check.End - check.Low, leaves);
            code.BindTo(code.Jump(), back);
            code.BindHere(isFar);
            expressions.EvaluateInto(R.Rax, Frame);
            code.Store(State, HartStateLayout.KnownFrame, R.Rax);
            code.BindTo(code.Jump(), back);
            result.Add(leaves);
        }

        _others.Clear();
        return result;
    }

    /// <summary>What was emitted is given up.</summary>
    internal void Forget() => _others.Clear();

    private void EmitFrameAccess(Expression address, int sizeBytes, List<int> leaves)
    {
        expressions.EvaluateInto(R.Rax, address);
        code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackLow);
        List<int> outside = [];
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackWordLimit);
        if (sizeBytes > WordBytes)
        {
            outside.Add(code.Jump(Condition.AboveOrEqual));
            code.Op(Alu.Add, R.Rax, sizeBytes - 1);
            code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackSpan);
        }

        // A frame pointer that points elsewhere is none.
        var inside = code.Jump(Condition.Below);
        foreach (var jump in outside) code.BindHere(jump);
        expressions.EvaluateInto(R.Rax, Expression.Register(ObservedEffects.FramePointer));
        code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackLow);
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.StackSpan);
        leaves.Add(code.Jump(Condition.BelowOrEqual));
        code.BindHere(inside);
    }
}
