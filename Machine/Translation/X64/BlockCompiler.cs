using System.Buffers.Binary;
using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Compiles a run of basic blocks of one page. Each block pays for its instructions when it is entered and leaves, with
/// nothing done, when the budget is short; whatever a block cannot do itself it leaves for, at exactly that instruction.
/// </summary>
internal sealed class BlockCompiler
{
    private const int MostInstructionsInRun = 256;
    private const int MostInstructionsInBlock = 64;

    private static readonly Row<RecordingMachine>[] Rows = [.. InstructionTable<RecordingMachine, RecordedWord>.Rows];

    private readonly CodeArena _arena;
    private readonly Trampolines _trampolines;
    private readonly List<ExitSite> _sites;
    private readonly X64Emitter _code = new();
    private readonly ExpressionCompiler _expressions;
    private readonly MemoryAccessCompiler _memory;
    private readonly FloatCompiler _floats;
    private readonly Recording _recording = new();
    private readonly List<(int Displacement, ExitSite Site)> _exits = [];
    private readonly List<(int Displacement, ExitSite Site)> _misses = [];
    private readonly List<(ulong Pc, int Refund, AccessKind Kind)> _singles = [];
    private readonly List<Missed> _missed = [];
    private Dictionary<Effect, (AccessGroup Group, int Offset)> _groups = [];

    internal BlockCompiler(CodeArena arena, Trampolines trampolines, List<ExitSite> sites)
    {
        (_arena, _trampolines, _sites) = (arena, trampolines, sites);
        _expressions = new(_code);
        _memory = new(_code, _expressions);
        _floats = new(_code);
    }

    /// <summary>The most that one call of <see cref="Compile"/> adds to the arena.</summary>
    internal const int MostCodeBytes = MostInstructionsInRun * 512;

    /// <summary>Translates from <paramref name="offset"/> of the page on, and joins what waits for it.</summary>
    /// <returns>False when the first instruction is the interpreter's.</returns>
    internal bool Compile(TranslatedPage page, int offset)
    {
        _code.Clear();
        _exits.Clear();
        _misses.Clear();
        _singles.Clear();
        var start = _arena.Position;
        var entries = new List<(int Offset, int Position)>();
        var jumps = new List<(int Displacement, int Target)>();
        var total = 0;
        while (true)
        {
            if (page.Entries[offset / 2] != 0)
            {
                jumps.Add((_code.Jump(), offset));
                break;
            }

            var block = ReadBlock(page, offset);
            if (block.Count == 0)
            {
                if (entries.Count == 0)
                    return false;
                _exits.Add((_code.Jump(), new(ExitKind.Interpret, page.VirtualAddress + (ulong)offset, 0)));
                break;
            }

            entries.Add((offset, start + _code.Position));
            page.Entries[offset / 2] = start + _code.Position;
            total += block.Count;
            page.Covered |= TranslatedPage.Pieces(offset, block[^1].Offset + block[^1].Instruction.SizeBytes - offset);
            var goesOn = EmitBlock(page, offset, block, jumps);
            offset = block[^1].Offset + block[^1].Instruction.SizeBytes;
            if (!goesOn)
                break;
            if (total >= MostInstructionsInRun || offset >= TranslatedPage.SizeBytes)
            {
                EmitContinue(page, offset, jumps);
                break;
            }
        }

        foreach (var (missed, (pc, refund, kind)) in _memory.EmitSingles().Zip(_singles))
            AddMiss(missed, pc, refund, kind);
        EmitExits(start);
        foreach (var (displacement, target) in jumps)
        {
            if (page.Entries[target / 2] is var position and not 0)
            {
                _code.PatchInt32(displacement, position - (start + displacement) - 4);
                continue;
            }

            // Not yet translated: the jump leads to an exit, and is remembered to be joined later.
            if (!page.PendingJumps.TryGetValue(target, out var list))
                page.PendingJumps[target] = list = [];
            list.Add(start + displacement);
            _code.BindHere(displacement);
            EmitExit(start, new(ExitKind.Untranslated, page.VirtualAddress + (ulong)target, 0));
        }

        _arena.Append(_code.Code);
        foreach (var (entryOffset, position) in entries)
        {
            if (!page.PendingJumps.Remove(entryOffset, out var waiting))
                continue;
            foreach (var displacement in waiting)
                _arena.PatchInt32(displacement, position - displacement - 4);
        }

        return true;
    }

    private readonly record struct Decoded(int Offset, Instruction Instruction, Effect[] Effects);

    // The instructions up to and including the first that may leave the line, without those that are the interpreter's.
    private List<Decoded> ReadBlock(TranslatedPage page, int offset)
    {
        var block = new List<Decoded>();
        while (offset < TranslatedPage.SizeBytes - 1 && block.Count < MostInstructionsInBlock)
        {
            uint word = BinaryPrimitives.ReadUInt16LittleEndian(page.Content.AsSpan(offset));
            if ((word & 3) == 3)
            {
                if (offset + 4 > TranslatedPage.SizeBytes)
                    break;
                word = BinaryPrimitives.ReadUInt32LittleEndian(page.Content.AsSpan(offset));
            }

            if (!Decoder.TryDecode(word, page.Extensions, out var instruction) || !IsTranslatable(page, offset, instruction))
                break;
            block.Add(new(offset, instruction, [.. _recording.Effects]));
            offset += instruction.SizeBytes;
            if (_recording.Effects is [.., Effect.Jump or Effect.Branch])
                break;
        }

        return block;
    }

    private void Record(ulong pc, in Instruction instruction)
    {
        _recording.Effects.Clear();
        _recording.Pc = pc;
        Rows[instruction.Row].Meaning(new RecordingMachine(_recording), instruction);
    }

    // Emits the instruction for nothing, which is the surest way of finding out; translation is not what takes time.
    private bool IsTranslatable(TranslatedPage page, int offset, in Instruction instruction)
    {
        var pc = page.VirtualAddress + (ulong)offset;
        Record(pc, instruction);
        if (_recording.IsInterpreted)
            return false;
        if (!page.Extensions.HasFlag(IsaExtensions.C) && _recording.Effects is [.., Effect.Jump])
            return false;
        var (position, exits, misses) = (_code.Position, _exits.Count, _misses.Count);
        _groups = [];
        try
        {
            EmitEffects(page, pc, new(offset, instruction, [.. _recording.Effects]), 0, []);
            return true;
        }
        catch (NotTranslatedException)
        {
            return false;
        }
        finally
        {
            _code.Truncate(position);
            _exits.RemoveRange(exits, _exits.Count - exits);
            _misses.RemoveRange(misses, _misses.Count - misses);
        }
    }

    // Answers whether the line goes on behind the block.
    private bool EmitBlock(TranslatedPage page, int offset, List<Decoded> block, List<(int, int)> jumps)
    {
        _floats.StartBlock();
        _groups = AccessGroup.Of(block.SelectMany(static d => d.Effects));
        _code.Op(Alu.Subtract, ExpressionCompiler.Budget, block.Count);
        _exits.Add((_code.Jump(Condition.Less), new(ExitKind.Budget, page.VirtualAddress + (ulong)offset, block.Count)));
        for (var i = 0; i < block.Count; i++)
        {
            EmitEffects(page, page.VirtualAddress + (ulong)block[i].Offset, block[i], block.Count - i, jumps);
        }

        return block[^1].Effects is not [.., Effect.Jump];
    }

    private void EmitEffects(TranslatedPage page, ulong pc, Decoded decoded, int refund, List<(int, int)> jumps)
    {
        var effects = decoded.Effects;
        for (var i = 0; i < effects.Length; i++)
        {
            switch (effects[i])
            {
                case Effect.SetRegister set:
                    _expressions.Assign(set.Register, set.Value);
                    break;
                case Effect.SetFloat set:
                    _floats.MarkDirty();
                    _expressions.EvaluateInto(R.Rax, set.Value);
                    _code.Store(ExpressionCompiler.State, ExpressionCompiler.OffsetOfFloat(set.Register), R.Rax);
                    break;
                case Effect.Load load:
                    var from = Translate(load, load.Address, load.SizeBytes, AccessKind.Load, pc, refund);
                    if (i + 1 < effects.Length && effects[i + 1] is Effect.SetRegister next && _memory.TryLoadInto(from, next, load.SizeBytes))
                        i++;
                    else
                        _memory.LoadIntoSlot(from, load.SizeBytes);
                    break;
                case Effect.Store store:
                    _memory.Store(Translate(store, store.Address, store.SizeBytes, AccessKind.Store, pc, refund), store);
                    break;
                case Effect.Update update:
                    _memory.Update(Translate(update, update.Address, update.SizeBytes, AccessKind.Store, pc, refund), update);
                    break;
                case Effect.Branch branch:
                    EmitBranch(page, pc, branch, jumps);
                    break;
                case Effect.Jump jump:
                    EmitJump(page, pc, decoded.Instruction, jump, jumps);
                    break;
                case Effect.RequireFloat:
                    if (_floats.RequireOn() is { } off)
                        _exits.Add((off, new(ExitKind.Interpret, pc, refund)));
                    break;
                case Effect.Float step:
                    foreach (var leave in _floats.Compute(step, _expressions))
                        _exits.Add((leave, new(ExitKind.Interpret, pc, refund)));
                    break;
                default:
                    throw new NotTranslatedException();
            }
        }
    }

    private HostAddress Translate(Effect effect, Expression address, int sizeBytes, AccessKind kind, ulong pc, int refund)
    {
        if (_groups.TryGetValue(effect, out var member))
        {
            _singles.Add((pc, refund, kind));
            return _memory.Translate(member.Group, address, member.Offset, sizeBytes, kind);
        }

        _missed.Clear();
        var host = _memory.Translate(address, sizeBytes, kind, _missed);
        foreach (var missed in _missed)
            AddMiss(missed, pc, refund, kind);
        return host;
    }

    private void AddMiss(Missed missed, ulong pc, int refund, AccessKind kind) =>
        _misses.Add((missed.Displacement,
            new(ExitKind.Miss, pc, refund, _arena.Position + missed.Resume, kind)));

    private void EmitBranch(TranslatedPage page, ulong pc, Effect.Branch branch, List<(int, int)> jumps)
    {
        var target = pc + (ulong)branch.Offset;
        var condition = _expressions.Compare(branch.Condition);
        if (OffsetIn(page, target) is { } offset)
        {
            jumps.Add((_code.Jump(condition), offset));
            return;
        }

        var notTaken = _code.Jump((Condition)((int)condition ^ 1));
        _code.Move(R.Rax, target);
        EmitLookup();
        _code.BindHere(notTaken);
    }

    private void EmitJump(TranslatedPage page, ulong pc, in Instruction instruction, Effect.Jump jump, List<(int, int)> jumps)
    {
        var offset = jump.Target.IsConstant ? OffsetIn(page, jump.Target.Value) : null;
        if (offset is null)
            _expressions.EvaluateInto(R.Rax, jump.Target);
        if (jump.Link != 0)
        {
            // The target, if computed, is in rax already: the link register may be the one it came from.
            if (ExpressionCompiler.HostOf(jump.Link) is { } host)
            {
                _code.Move(host, pc + instruction.SizeBytes);
            }
            else
            {
                _code.Move(R.Rcx, pc + instruction.SizeBytes);
                _code.Store(ExpressionCompiler.State, ExpressionCompiler.OffsetOf(jump.Link), R.Rcx);
            }
        }

        if (offset is { } inPage)
            jumps.Add((_code.Jump(), inPage));
        else
            EmitLookup();
    }

    private void EmitLookup()
    {
        Trampolines.EmitDispatch(_code, out var misses);
        foreach (var miss in misses)
            _code.BindTo(miss, _trampolines.Dispatch - _arena.Position);
    }

    private void EmitContinue(TranslatedPage page, int offset, List<(int, int)> jumps)
    {
        if (offset < TranslatedPage.SizeBytes)
        {
            jumps.Add((_code.Jump(), offset));
            return;
        }

        _code.Move(R.Rax, page.VirtualAddress + (ulong)offset);
        EmitLookup();
    }

    private void EmitExits(int start)
    {
        foreach (var (displacement, site) in _exits)
        {
            _code.BindHere(displacement);
            EmitExit(start, site);
        }

        foreach (var (displacement, site) in _misses)
        {
            _code.BindHere(displacement);
            EmitSite(site);
            _code.BindTo(_code.Jump(), _trampolines.ExitMiss - start);
        }
    }

    private void EmitExit(int start, ExitSite site)
    {
        EmitSite(site);
        _code.BindTo(_code.Jump(), _trampolines.Exit - start);
    }

    private void EmitSite(ExitSite site)
    {
        _code.Move(R.Rcx, (ulong)_sites.Count);
        _sites.Add(site);
    }

    private static int? OffsetIn(TranslatedPage page, ulong address)
    {
        var offset = address - page.VirtualAddress;
        return offset < TranslatedPage.SizeBytes && (offset & 1) == 0 ? (int)offset : null;
    }
}
