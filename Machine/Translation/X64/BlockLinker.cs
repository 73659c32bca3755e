using Verification.Machine.Harts;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation.X64;

/// <summary>
/// Joins the blocks of one compilation: with each other, with the page's other code, with loops' register maps on the way,
/// and with what leads out of translated code.
/// </summary>
internal sealed class BlockLinker
{
    private const int LoopAlignment = 32;

    private readonly X64Emitter _code;
    private readonly ExpressionCompiler _expressions;
    private readonly CodeArena _arena;
    private readonly Trampolines _trampolines;
    private readonly ExitSites _sites;
    private readonly List<(int[] Displacements, ExitSite Site, Leaving From)> _exits = [];
    private readonly List<(int Displacement, LoopRegion? From, int Target)> _jumps = [];
    private readonly List<(int Displacement, BasicBlock Rounds)> _rounds = [];
    private readonly List<(int Displacement, int Offset, int Refund, Leaving From)> _turnEnds = [];
    private readonly Dictionary<int, BasicBlock> _blocks = [];
    private readonly HashSet<int> _heads = [];
    private readonly Dictionary<int, int> _positions = [];
    private readonly Dictionary<BasicBlock, int> _roundPositions = [];
    private readonly Dictionary<int, int> _entries = [];
    private TranslatedPage _page = null!;
    private List<BasicBlock> _order = [];
    private int _start;
    private int _begun;

    internal BlockLinker(X64Emitter code, ExpressionCompiler expressions, CodeArena arena, Trampolines trampolines, ExitSites sites)
    {
        (_code, _expressions, _arena, _trampolines, _sites) = (code, expressions, arena, trampolines, sites);
        Transitions = new(code, trampolines);
    }

    internal LoopTransitions Transitions { get; }

    /// <summary>Begins with blocks that will be emitted in this order, at the arena's position.</summary>
    internal void Start(TranslatedPage page, List<BasicBlock> order)
    {
        (_page, _order, _start, _begun) = (page, order, _arena.Position, 0);
        _exits.Clear();
        _jumps.Clear();
        _rounds.Clear();
        _turnEnds.Clear();
        _positions.Clear();
        _roundPositions.Clear();
        _entries.Clear();
        _blocks.Clear();
        _heads.Clear();
        foreach (var block in order.Where(static block => !block.IsRounds))
        {
            _blocks[block.Offset] = block;
            if (block.Rounds is null)
                _heads.UnionWith(block.Successors.Where(successor => successor <= block.Offset));
        }
    }

    /// <summary>The code of the next block starts here.</summary>
    internal void Begin(BasicBlock block)
    {
        _begun++;
        // A loop runs as fast wherever the arena happens to be.
        if (block.IsRounds || _heads.Contains(block.Offset))
            _code.PadTo(LoopAlignment, _start);
        if (block.IsRounds)
        {
            _roundPositions[block] = _code.Position;
            return;
        }

        _positions[block.Offset] = _code.Position;
        if (block.Loop is null)
            _entries[block.Offset] = _start + _code.Position;
    }

    /// <summary>A jump out of translated code.</summary>
    /// <param name="displacement">The jump's displacement.</param>
    /// <param name="site">What it leaves for.</param>
    /// <param name="from">Where the guest's registers are.</param>
    internal void AddExit(int displacement, ExitSite site, Leaving from) => _exits.Add(([displacement], site, from));

    /// <summary>Jumps on an access whose page was not in the translation buffer.</summary>
    internal void AddMiss(Missed missed, ulong pc, int refund, SlowAccess access, Leaving from) =>
        _exits.Add((missed.Displacements, new(ExitKind.Miss, pc, refund, _start + missed.Resume, 0, access with { After = _start + access.After }), from));

    /// <summary>A jump for an instruction that is done as a whole; the code goes on here.</summary>
    internal void AddPerform(int displacement, ulong pc, int refund, in Instruction instruction, Leaving from) =>
        _exits.Add(([displacement], new(ExitKind.Perform, pc, refund, _start + _code.Position, Instruction: instruction), from));

    /// <summary>A jump from code under a loop's map, or the standard one, to an instruction of the page.</summary>
    internal void AddJump(int displacement, LoopRegion? from, int target) => _jumps.Add((displacement, from, target));

    /// <summary>A jump to the code of a loop's later rounds.</summary>
    internal void AddRound(int displacement, BasicBlock rounds) => _rounds.Add((displacement, rounds));

    /// <summary>A jump out of a block's beginning, since the budget ends within it: its tail goes on.</summary>
    /// <param name="displacement">The jump's displacement.</param>
    /// <param name="block">The block.</param>
    /// <param name="refund">What it has paid.</param>
    /// <param name="from">Where the guest's registers are.</param>
    internal void AddTurnEnd(int displacement, BasicBlock block, int refund, Leaving from) =>
        _turnEnds.Add((displacement, block.Offset, refund, from));

    /// <summary>Goes on from a block's end at another instruction of the page; with no jump where that stands next.</summary>
    internal void GoOn(BasicBlock block, int target)
    {
        if (_begun < _order.Count && _order[_begun] is { IsRounds: false } next && next.Offset == target && next.Loop == block.Loop)
            return;
        AddJump(_code.Jump(), block.Loop, target);
    }

    /// <summary>Emits what lies out of the way, appends all of it to the arena, and makes it known.</summary>
    internal void Finish()
    {
        EmitExits();
        EmitLoopEntries();
        EmitTurnEnds();
        EmitJumps();
        _arena.Append(_code.Code);
        foreach (var block in _order)
            _page.Covered.Add(block.Offset, block.End - block.Offset);
        foreach (var (offset, position) in _entries)
        {
            Volatile.Write(ref _page.Entries[offset / 2], position);
            if (!_page.PendingJumps.Remove(offset, out var waiting))
                continue;
            foreach (var displacement in waiting)
                _arena.PatchInt32(displacement, position - displacement - 4);
        }
    }

    private void EmitExits()
    {
        var loops = new Dictionary<LoopRegion, LoopExits>();
        foreach (var (_, _, from) in _exits)
        {
            if (from.Loop is { } loop && !loops.ContainsKey(loop))
                loops[loop] = Transitions.EmitExits(loop, _start);
        }

        foreach (var (displacements, site, from) in _exits)
        {
            foreach (var displacement in displacements)
                _code.BindHere(displacement);
            var exits = from.Loop is null ? new LoopExits(_trampolines.Exit, _trampolines.ExitMiss, 0) : loops[from.Loop];
            if (site.Kind == ExitKind.Miss && from.Owed.Length != 0)
            {
                EmitOwingMiss(site with { Reload = exits.Reload }, from, exits.Exit);
                continue;
            }

            _expressions.Complete(from);
            EmitExit(site with { Reload = exits.Reload }, site.Kind == ExitKind.Miss ? exits.Miss : exits.Exit);
        }
    }

    // The code goes on with what registers held before they got what they were owed, but for what the access itself has brought.
    private void EmitOwingMiss(ExitSite site, Leaving from, int exit)
    {
        _code.Store(ExpressionCompiler.State, HartStateLayout.MissAddress, R.Rax);
        _expressions.Complete(from, comesBack: true);
        if (!from.Owed.Any(static owed => owed.IsStep))
        {
            EmitExit(site, exit);
            return;
        }

        EmitSite(exit);
        var resume = EmitReturn(from, null, site.Resume);
        var after = EmitReturn(from, site.Access.Result, site.Access.After);
        _sites.Add(site with { Resume = resume, Access = site.Access with { After = after } });
    }

    private int EmitReturn(Leaving from, int? result, int to)
    {
        var position = _start + _code.Position;
        _expressions.TakeBack(from, result);
        _code.BindTo(_code.Jump(), to - _start);
        return position;
    }

    private void EmitExit(ExitSite site, int to)
    {
        EmitSite(to);
        _sites.Add(site);
    }

    // Leaves for the site that is added next.
    private void EmitSite(int to)
    {
        _code.Move(R.Rcx, (ulong)_sites.Count);
        _code.BindTo(_code.Jump(), to - _start);
    }

    // Any block of a loop may be where the page is entered, after an interpreted instruction for one.
    private void EmitLoopEntries()
    {
        foreach (var block in _order)
        {
            if (block.Loop is null || block.IsRounds)
                continue;
            _entries[block.Offset] = _start + _code.Position;
            Transitions.EmitInto(block.Loop);
            _code.BindTo(_code.Jump(), _positions[block.Offset]);
        }
    }

    private void EmitTurnEnds()
    {
        foreach (var (displacement, offset, refund, from) in _turnEnds)
        {
            _code.BindHere(displacement);
            _code.Op(Alu.Add, ExpressionCompiler.Budget, refund);
            _expressions.Complete(from);
            if (from.Loop is { } loop)
                Transitions.EmitOutOf(loop);
            if (_page.TailEntries?[offset / 2] is { } entry and not 0)
                _code.BindTo(_code.Jump(), entry - _start);
            else
                EmitAwaited(offset, _page.PendingTails, ExitKind.Budget);
        }
    }

    private void EmitJumps()
    {
        foreach (var (displacement, rounds) in _rounds) _code.BindTo(displacement, _roundPositions[rounds]);
        var waysOut = new Dictionary<(LoopRegion, int), int>();
        for (var i = 0; i < _jumps.Count; i++)
        {
            var (displacement, from, target) = _jumps[i];
            if (from is not null && _blocks.TryGetValue(target, out var block) && block.Loop == from)
            {
                _code.BindTo(displacement, _positions[target]);
            }
            else if (from is not null)
            {
                if (waysOut.TryGetValue((from, target), out var known))
                {
                    _code.BindTo(displacement, known);
                    continue;
                }

                waysOut[(from, target)] = _code.Position;
                _code.BindHere(displacement);
                Transitions.EmitOutOf(from);
                _jumps.Add((_code.Jump(), null, target));
            }
            else if ((_entries.TryGetValue(target, out var entry) ? entry : _page.Entries[target / 2]) is var position and not 0)
            {
                _code.BindTo(displacement, position - _start);
            }
            else
            {
                _code.BindHere(displacement);
                EmitAwaited(target, _page.PendingJumps, ExitKind.Untranslated);
            }
        }
    }

    // A jump to code that has no translation yet: it leads to an exit until it has. Other threads may execute the jump while it
    // is joined: its displacement lies at a multiple of four bytes.
    private void EmitAwaited(int target, Dictionary<int, List<int>> waiting, ExitKind otherwise)
    {
        while ((_start + _code.Position + 1) % 4 != 0)
            _code.Nop();
        var joined = _code.Jump();
        _code.BindHere(joined);
        if (!waiting.TryGetValue(target, out var list))
            waiting[target] = list = [];
        list.Add(_start + joined);
        EmitExit(new(otherwise, _page.VirtualAddress + (ulong)target, 0), _trampolines.Exit);
    }
}

/// <summary>How the guest's registers stand where code is left.</summary>
/// <param name="Loop">The loop under whose map it leaves; null for the standard map.</param>
/// <param name="Pending">Registers to be completed on the way: see <see cref="ExpressionCompiler.Pending"/>.</param>
/// <param name="Owed">Registers that get their values on the way.</param>
internal readonly record struct Leaving(LoopRegion? Loop, uint Pending, OwedRegister[] Owed)
{
    /// <summary>Those of <see cref="Owed"/> that are steps on in their registers, with the places where what these held is kept.</summary>
    internal IEnumerable<(int Place, OwedRegister Register)> Steps => Owed.Where(static owed => owed.IsStep).Index();
}
