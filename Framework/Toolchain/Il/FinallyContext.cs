using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>
/// Why a finally block is being run: what comes after it. One clone of the block is made per context.
/// </summary>
/// <param name="Handler">Index of the handler among the method's clauses.</param>
/// <param name="Next">Further handlers to run, from the inside out.</param>
/// <param name="Target">Where to go in the end.</param>
/// <param name="Outer">The context that the target is in.</param>
internal sealed record FinallyContext(int Handler, string Next, int Target, FinallyContext? Outer);

/// <summary>A place where a block begins: an IL offset in a context, with the stack that it is entered with.</summary>
internal sealed class Site(int offset, FinallyContext? context, Block block)
{
    public int Offset { get; } = offset;

    public FinallyContext? Context { get; } = context;

    public Block Block { get; } = block;

    public List<(Slot Slot, Type Type)>? Stack { get; set; }
}

/// <summary>Control flow between sites, and the cloning of finally blocks.</summary>
internal sealed partial class Importer
{
    private Site SiteAt(int offset, FinallyContext? context)
    {
        SiteKey key = new(offset, context);
        if (_sites.TryGetValue(key, out Site? site)) return site;
        site = new Site(offset, context, _function.NewBlock());
        _sites.Add(key, site);
        return site;
    }

    /// <summary>Puts the stack where the target expects it.</summary>
    private void Spill(Site target)
    {
        if (target.Stack is null)
        {
            target.Stack = [];
            foreach (Entry entry in _stack)
            {
                RefusePseudo(entry);
                Slot slot = TypeLayout.IsStruct(entry.Type)
                    ? _function.NewSlot(entry.Type)
                    : entry.Value.Type is IrType.I32 or IrType.F32 ? _function.NewSlot(4, 4, null) : _function.NewSlot(8, 8, null);
                target.Stack.Add((slot, TypeLayout.IsStruct(entry.Type) ? entry.Type : StackType(entry)));
            }

            _work.Enqueue(target);
        }

        int count = _hasRefused ? Math.Min(_stack.Count, target.Stack.Count) : _stack.Count;
        for (int index = 0; index < count; index++)
        {
            (Slot slot, Type type) = target.Stack[index];
            RefusePseudo(_stack[index]);
            if (TypeLayout.IsStruct(type))
            {
                Copy(_function.Address(slot), _stack[index].Value, type);
                continue;
            }

            Instr value = _stack[index].Value;
            if (slot.SizeBytes == 8 && value.Type == IrType.I32) value = Emit(Op.SignExtend32, IrType.I64, value);
            EmitStore(_function.Address(slot), 0, value, MemoryOf(value.Type), false);
        }
    }

    // Types of values on the stack are those of registers: a byte is an int there.
    private static Type StackType(Entry entry) => entry.Value.Type switch
    {
        IrType.I32 => typeof(int),
        IrType.F32 => typeof(float),
        IrType.F64 => typeof(double),
        _ => entry.Type.IsPrimitive || entry.Type.IsEnum ? typeof(long) : entry.Type,
    };

    private static MemType MemoryOf(IrType type) => type switch
    {
        IrType.I32 => MemType.I32,
        IrType.F32 => MemType.F32,
        IrType.F64 => MemType.F64,
        _ => MemType.I64,
    };

    private void Jump(Site target)
    {
        Spill(target);
        Append(_function.New(Op.Jump, IrType.Void));
        _block.AddSuccessor(target.Block);
        _isReachable = false;
    }

    private void BranchTo(Instr condition, int taken, int otherwise)
    {
        if (condition.IsConst)
        {
            Jump(SiteAt(condition.Immediate != 0 ? taken : otherwise, _site.Context));
            return;
        }

        Site yes = SiteAt(taken, _site.Context);
        Site no = SiteAt(otherwise, _site.Context);
        if (yes == no)
        {
            Jump(yes);
            return;
        }

        Spill(yes);
        Spill(no);
        Append(_function.New(Op.Branch, IrType.Void, condition));
        _block.AddSuccessor(yes.Block);
        _block.AddSuccessor(no.Block);
        _isReachable = false;
    }

    private void SwitchTo(Instr value, int[] targets, int otherwise)
    {
        if (value.IsConst)
        {
            int chosen = (int)value.Immediate;
            Jump(SiteAt((uint)chosen < (uint)targets.Length ? targets[chosen] : otherwise, _site.Context));
            return;
        }

        List<Site> sites = [.. targets.Select(target => SiteAt(target, _site.Context)), SiteAt(otherwise, _site.Context)];
        foreach (Site site in sites.Distinct()) Spill(site);
        Append(_function.New(Op.Switch, IrType.Void, value));
        foreach (Site site in sites) _block.AddSuccessor(site.Block);
        _isReachable = false;
    }

    /// <summary>Leaves try blocks for a target, through the finally blocks on the way.</summary>
    private void Leave(int target)
    {
        _stack.Clear();
        List<int> handlers = [];
        IList<ExceptionHandlingClause> clauses = _body.ExceptionHandlingClauses;
        for (int index = 0; index < clauses.Count; index++)
        {
            ExceptionHandlingClause clause = clauses[index];
            if (clause.Flags == ExceptionHandlingClauseOptions.Finally && Within(clause, _current.Offset) && !Within(clause, target))
                handlers.Add(index);
        }

        Continue(handlers, target, _site.Context);
    }

    private void EndFinally()
    {
        _stack.Clear();
        if (_site.Context is not { } context) throw Refusal.Catch();
        List<int> rest = [.. context.Next.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        Continue(rest, context.Target, context.Outer);
    }

    // Clauses are listed from the inside out, so that the first is the next to run.
    private void Continue(List<int> handlers, int target, FinallyContext? outer)
    {
        if (handlers.Count == 0)
        {
            Jump(SiteAt(target, outer));
            return;
        }

        FinallyContext context = new(handlers[0], string.Join(',', handlers.Skip(1)), target, outer);
        Jump(SiteAt(_body.ExceptionHandlingClauses[handlers[0]].HandlerOffset, context));
    }

    private static bool Within(ExceptionHandlingClause clause, int offset) =>
        offset >= clause.TryOffset && offset < clause.TryOffset + clause.TryLength;
}
