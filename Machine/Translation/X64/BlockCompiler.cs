using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Compiles the blocks of a page that are reached from one of its instructions. Each block pays for its instructions at once,
/// and leaves before them when the budget is short: what is left of a turn are tails' instructions, paid one by one.
/// Whatever a block cannot do itself it leaves for, at exactly that instruction.
/// </summary>
internal sealed class BlockCompiler
{
    private readonly CodeArena _arena;
    private readonly Trampolines _trampolines;
    private readonly X64Emitter _code = new();
    private readonly BlockReader _reader = new();
    private readonly BlockLinker _linker;
    private readonly ExpressionCompiler _expressions;
    private readonly MemoryAccessCompiler _memory;
    private readonly StackGuardCompiler _guards;
    private readonly FloatCompiler _floats;
    private readonly List<(ulong Pc, int Refund, SlowAccess Access, Leaving From)> _singles = [];
    private readonly List<int> _leaves = [];
    private TranslatedPage _page = null!;
    private BasicBlock _block = null!;
    private Leaving _leaving;

    // What is pending where a loop's later rounds begin, which are compiled behind the first.
    private uint _pendingAtRound;

    internal BlockCompiler(CodeArena arena, Trampolines trampolines, ExitSites sites)
    {
        (_arena, _trampolines) = (arena, trampolines);
        var constants = new CodeConstants(arena);
        _expressions = new(_code);
        _guards = new(_code, _expressions);
        _memory = new(_code, _expressions, constants, _guards);
        _floats = new(_code, _expressions, constants);
        _linker = new(_code, _expressions, arena, trampolines, sites);
    }

    /// <summary>The most that one call of <see cref="Compile"/> adds to the arena.</summary>
    internal const int MostCodeBytes = BlockReader.MostInstructionsFound * 1024;

    /// <summary>Translates what is reached from <paramref name="offset"/> of the page, and joins what waits for it.</summary>
    /// <returns>False when the first instruction is the interpreter's.</returns>
    internal bool Compile(TranslatedPage page, int offset)
    {
        _page = page;
        while (true)
        {
            var blocks = _reader.Read(page, offset);
            if (blocks.Count == 0)
                return false;
            _code.Clear();
            _linker.Start(page, blocks);
            _singles.Clear();
            var at = offset;
            try
            {
                foreach (var block in blocks)
                    EmitBlock(block, ref at);
                foreach (var (missed, (pc, refund, access, from)) in _memory.EmitSingles().Zip(_singles))
                {
                    _linker.AddMiss(missed, pc, refund, access, from);
                    foreach (var told in missed.Told) _linker.AddExit(told, new(ExitKind.Interpret, pc, refund), from);
                }

                _floats.EmitUnordered();
                _linker.Finish();
                return true;
            }
            catch (NotTranslatedException)
            {
                // An instruction too intricate for the free registers: the same again without it.
                page.Refused.Add(at);
                _memory.Forget();
                _floats.Forget();
            }
        }
    }

    private void EmitBlock(BasicBlock block, ref int at)
    {
        _block = block;
        _expressions.Map = block.Map;
        _expressions.Pending = block.IsRounds ? _pendingAtRound : 0;
        _expressions.GoesOnPending = block.Rounds is not null;
        _floats.StartBlock();
        if (_page.Interests is not null)
            _guards.Begin(block);
        _linker.Begin(block);
        var count = block.Instructions.Count;
        var paid = 0;
        for (var i = 0; i < count; i++)
        {
            at = block.Instructions[i].Offset;
            var pc = _page.VirtualAddress + (ulong)at;
            if (i == paid)
            {
                paid = _page.IsTail ? i + 1 : count;
                _code.Op(Alu.Subtract, ExpressionCompiler.Budget, paid - i);
                var isShort = _code.Jump(Condition.Less);
                if (_page.IsTail)
                    _linker.AddExit(isShort, new(ExitKind.Budget, pc, paid - i), new(block.Loop, _expressions.Pending, []));
                else
                    _linker.AddTurnEnd(isShort, block, paid, new(block.Loop, _expressions.Pending, block.Start.Owed));
            }

            EmitEffects(pc, block.Instructions[i], paid - i);
        }

        _expressions.SettleAll();
        if (block.Instructions[^1].Effects is [.., Effect.Jump or Effect.Perform { EndsBlock: true }])
            return;
        if (block.EndsBeforeInterpreted)
            _linker.AddExit(_code.Jump(), new(ExitKind.Interpret, _page.VirtualAddress + (ulong)block.End, 0), new(block.Loop, 0, []));
        else if (block.End < TranslatedPage.SizeBytes)
            _linker.GoOn(block, block.End);
        else
            EmitFarJump(_page.VirtualAddress + (ulong)block.End);
    }

    private void EmitEffects(ulong pc, DecodedInstruction decoded, int refund)
    {
        var effects = decoded.Effects;
        for (var i = 0; i < effects.Length; i++)
        {
            var next = i + 1 < effects.Length ? effects[i + 1] : null;
            SettleFor(effects[i]);
            switch (effects[i])
            {
                case Effect.GuardStackPointer guard:
                    var isComputed = _guards.EmitStackPointer(guard, _leaves);
                    LeaveToInterpreter(pc, refund);
                    if (isComputed && next is Effect.SetRegister { Register: ObservedEffects.StackPointer } moved && moved.Value == guard.Value)
                    {
                        _expressions.AssignRax(moved.Register);
                        i++;
                    }

                    break;
                case Effect.SetRegister set:
                    _expressions.Assign(set.Register, set.IsNarrow ? _expressions.Narrowed(set.Value) : set.Value);
                    break;
                case Effect.SetFloat set:
                    _floats.Set(set.Register, set.Value);
                    break;
                case Effect.Load load:
                    var from = _memory.Translate(load, GroupOf(load));
                    var loaded = AccessOperand.OfLoad(next, load.SizeBytes);
                    if (TryLoadInto(from, next, load.SizeBytes))
                        i++;
                    else
                        _memory.LoadIntoSlot(from, load.SizeBytes);
                    MayMiss(pc, refund, new(false, (byte)load.SizeBytes, decoded.Instruction.SizeBytes, loaded));
                    break;
                case Effect.Store store:
                    _memory.Store(_memory.Translate(store, GroupOf(store)), store);
                    MayMiss(pc, refund, new(true, (byte)store.SizeBytes, decoded.Instruction.SizeBytes, AccessOperand.OfStore(store.Value)));
                    break;
                case Effect.Update update:
                    if (_memory.Update(update, GroupOf(update), next))
                        i++;
                    MayMiss(pc, refund, new(true, (byte)update.SizeBytes, decoded.Instruction.SizeBytes, AccessOperand.None));
                    break;
                case Effect.LoadReserved load:
                    var reserved = _memory.Reserve(load, GroupOf(load), _leaves);
                    if (TryLoadInto(reserved, next, load.SizeBytes))
                        i++;
                    MayMiss(pc, refund, new(false, (byte)load.SizeBytes, decoded.Instruction.SizeBytes, AccessOperand.None));
                    LeaveToInterpreter(pc, refund);
                    break;
                case Effect.StoreConditional store:
                    if (store.IsFramed) _leaves.AddRange(_guards.EmitAccess(store.Address, store.SizeBytes));
                    _memory.StoreConditional(store, (next as Effect.SetRegister)?.Register ?? 0, _leaves);
                    i++;
                    LeaveToInterpreter(pc, refund);
                    break;
                case Effect.Branch branch:
                    EmitBranch(pc, branch);
                    break;
                case Effect.Jump jump:
                    EmitJump(pc, decoded.Instruction, jump, refund);
                    break;
                case Effect.RequireFloat:
                    if (_floats.RequireOn() is { } off)
                        _linker.AddExit(off, new(ExitKind.Interpret, pc, refund), _leaving);
                    break;
                case Effect.Float step:
                    var target = next is Effect.SetFloat { Value.Operator: Operator.Loaded } result ? (int?)result.Register : null;
                    if (target is not null)
                        i++;
                    _leaves.AddRange(_floats.Compute(step, target));
                    LeaveToInterpreter(pc, refund);
                    break;
                case Effect.RequireMode mode:
                    EmitRequiredMode(mode.Lowest);
                    LeaveToInterpreter(pc, refund);
                    break;
                case Effect.ReadControl read:
                    _code.Load(R.Rax, ExpressionCompiler.State, read.Cell.Offset);
                    _code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rax);
                    break;
                case Effect.WriteControl write:
                    _expressions.EvaluateInto(R.Rax, write.Value);
                    _code.Store(ExpressionCompiler.State, write.Cell.Offset, R.Rax);
                    break;
                case Effect.Perform:
                    _linker.AddPerform(_code.Jump(), pc, refund, decoded.Instruction, _leaving);
                    _floats.StartBlock();
                    foreach (var set in effects.OfType<Effect.SetRegister>())
                        _expressions.Written(set.Register);
                    return;
                default:
                    throw new NotTranslatedException();
            }
        }
    }

    // Before a step that may leave in its middle, so that it leaves with the same registers that it would go on with.
    private void SettleFor(Effect effect)
    {
        if (effect is Effect.SetRegister)
            return;
        _expressions.ForgetCopies();
        if (effect is Effect.SetFloat or Effect.Branch)
            return;
        foreach (var expression in effect.Expressions)
        {
            if (effect is not Effect.Store { SizeBytes: < 8, Value: { Operator: Operator.Register } value } || expression != value)
                _expressions.Settle(expression);
        }

        _leaving = new(_block.Loop, _expressions.Pending, _block.OwedAt(effect));
    }

    private void EmitRequiredMode(PrivilegeMode? lowest)
    {
        if (lowest is { } fixedMode)
        {
            _code.OpMemory(Alu.Compare, ExpressionCompiler.State, HartStateLayout.Privilege, (int)fixedMode, 32);
        }
        else
        {
            _code.Load32(R.Rax, ExpressionCompiler.State, HartStateLayout.Privilege);
            _code.OpFrom(Alu.Compare, R.Rax, ExpressionCompiler.State, HartStateLayout.TranslationMode, 32);
        }

        _leaves.Add(_code.Jump(Condition.Below));
    }

    private bool TryLoadInto(HostAddress from, Effect? next, int sizeBytes)
    {
        switch (next)
        {
            case Effect.SetRegister set:
                return _memory.TryLoadInto(from, set, sizeBytes);
            case Effect.SetFloat set when _memory.TryLoadFloatInto(from, set, sizeBytes):
                _floats.Written(set.Register, isBoxed: sizeBytes == 4);
                return true;
            default:
                return false;
        }
    }

    private AccessGroup? GroupOf(Effect access) => _block.Groups.GetValueOrDefault(access);

    private void LeaveToInterpreter(ulong pc, int refund)
    {
        foreach (var leave in _leaves)
            _linker.AddExit(leave, new(ExitKind.Interpret, pc, refund), _leaving);
        _leaves.Clear();
    }

    // The access ends here: where its look-up failed and it was done elsewhere, the code goes on here.
    private void MayMiss(ulong pc, int refund, SlowAccess access) =>
        _singles.Add((pc, refund, access with { After = _code.Position }, _leaving));

    private void EmitBranch(ulong pc, Effect.Branch branch)
    {
        var target = pc + (ulong)branch.Offset;
        var condition = _expressions.Compare(branch.Condition);
        if (_block.Rounds is { } rounds)
        {
            EmitNextRound(condition, rounds);
            return;
        }

        _expressions.SettleAll();
        if (BlockReader.OffsetIn(_page, target) is { } offset)
        {
            _linker.AddJump(_code.Jump(condition), _block.Loop, offset);
            return;
        }

        var notTaken = _code.Jump((Condition)((int)condition ^ 1));
        EmitFarJump(target);
        _code.BindHere(notTaken);
    }

    // The next round goes on with what is owed. Behind the loop, registers hold what they are to hold.
    private void EmitNextRound(Condition condition, BasicBlock rounds)
    {
        if (!_block.IsRounds)
            _pendingAtRound = _expressions.Pending & rounds.Start.Narrow;
        _expressions.SettleAll(except: _pendingAtRound);
        _linker.AddRound(_code.Jump(condition), rounds);
        _expressions.Complete(new(_block.Loop, _expressions.Pending, rounds.Start.Owed));
    }

    private void EmitJump(ulong pc, in Instruction instruction, Effect.Jump jump, int refund)
    {
        _expressions.SettleAll();
        var offset = jump.Target.IsConstant ? BlockReader.OffsetIn(_page, jump.Target.Value) : null;
        if (offset is null)
            _expressions.EvaluateInto(R.Rax, jump.Target);
        if (!jump.Target.IsConstant && !_page.Extensions.HasFlag(IsaExtensions.C))
        {
            _code.TestByte(R.Rax, 2);
            _linker.AddExit(_code.Jump(Condition.NotEqual), new(ExitKind.Interpret, pc, refund), _leaving);
        }

        var isProbed = !jump.Target.IsConstant && _page.Interests is not null;
        if (isProbed)
        {
            // A target that the cache does not know may be one that an observer waits for.
            Trampolines.EmitProbe(_code, out var unknown);
            _leaves.AddRange(unknown);
            LeaveToInterpreter(pc, refund);
        }

        // The target, if computed, is in rax already: the link register may be the one it came from.
        if (jump.Link != 0)
            _expressions.Assign(jump.Link, pc + instruction.SizeBytes);
        if (offset is { } inPage)
            _linker.GoOn(_block, inPage);
        else if (isProbed)
            EmitFound();
        else
            EmitLookup();
    }

    // Where a probe has found its target, behind the change-over of a loop, which leaves rcx alone.
    private void EmitFound()
    {
        if (_block.Loop is { } loop)
            _linker.Transitions.EmitOutOf(loop);
        Trampolines.EmitGo(_code);
    }

    private void EmitFarJump(ulong target)
    {
        _code.Move(R.Rax, target);
        EmitLookup();
    }

    // Behind the change-over of a loop, which leaves rax alone.
    private void EmitLookup()
    {
        if (_block.Loop is { } loop)
            _linker.Transitions.EmitOutOf(loop);
        Trampolines.EmitDispatch(_code, out var misses);
        foreach (var miss in misses)
            _code.BindTo(miss, _trampolines.Dispatch - _arena.Position);
    }
}
