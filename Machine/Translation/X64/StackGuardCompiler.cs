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

    private Dictionary<Effect, StackCheck> _checks = [];
    private Dictionary<Effect, FrameCheck?> _frameChecks = [];

    /// <summary>Begins a block.</summary>
    internal void Begin(BasicBlock block)
    {
        _checks = StackChecks.Of(block.Instructions.SelectMany(static d => d.Effects));
        _frameChecks = FrameChecks.Of(block.Instructions.SelectMany(static d => d.Effects));
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
    internal void EmitAccess(Effect.GuardAccess guard, AccessGroup? group, List<int> leaves)
    {
        if (TryEmitCheck(guard, leaves)) return;
        // All that goes through sp has a distance from it.
        if (guard.BaseRegister != ObservedEffects.FramePointer) throw new NotTranslatedException();
        if (_frameChecks.TryGetValue(guard, out var frame))
        {
            if (frame is { } check) EmitFrameCheck(check, leaves);
            return;
        }

        if (group?.Register != ObservedEffects.FramePointer)
        {
            EmitFrameAccess(guard.Address, guard.SizeBytes, leaves);
            return;
        }

        if (group.IsGuarded) return;
        group.IsGuarded = true;
        var (lowest, span) = group.Direct;
        EmitFrameAccess(lowest, span, leaves);
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
    private void EmitFrameCheck(FrameCheck check, List<int> leaves)
    {
        var host = expressions.HostOf(ObservedEffects.FramePointer);
        var home = ExpressionCompiler.OffsetOf(ObservedEffects.FramePointer);
        if (host is null) code.Load(R.Rax, State, home);
        code.OpFrom(Alu.Compare, host ?? R.Rax, State, HartStateLayout.KnownFrame);
        var isKnown = code.Jump(Condition.Equal);
        if (host is { } frame) code.Move(R.Rax, frame);
        code.OpFrom(Alu.Subtract, R.Rax, State, HartStateLayout.StackLow);
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.FrameFloor);
        var isFar = code.Jump(Condition.Above);
        var lowest = Expression.Binary(Operator.Add, Expression.Register(ObservedEffects.FramePointer), Expression.Constant((ulong)check.Low));
        EmitFrameAccess(lowest, check.End - check.Low, leaves);
        var isInside = code.Jump();
        code.BindHere(isFar);
        if (host is null) code.Load(R.Rax, State, home);
        code.Store(State, HartStateLayout.KnownFrame, host ?? R.Rax);
        code.BindHere(isInside);
        code.BindHere(isKnown);
    }

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
