using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>Puts the code of small methods, and of methods that are called once, in place of their calls.</summary>
internal static class Inliner
{
    private const int SmallSize = 14;
    private const int MediumSize = 40;
    private const int OnceSize = 200;
    private const int AskedSize = 600;
    private const int CallerLimit = 4000;
    private const int FrameLimitBytes = 256;

    /// <summary>Inlines what is worth it; true if anything was.</summary>
    public static bool Run(Compilation unit, Function function)
    {
        bool changed = false;
        int size = function.Size;
        for (int index = 0; index < function.Blocks.Count; index++)
        {
            Block block = function.Blocks[index];
            for (int position = 0; position < block.Body.Count; position++)
            {
                Instr call = block.Body[position];
                if (call.Op != Op.Call || call.Reference is not CallTarget { Callee: { } key, IsLowered: false }) continue;
                if (key == function.Key || HasNoInlining(key.Method)) continue;
                if (unit.Inlined(key) is not { } callee || !IsWorth(unit, key, callee, call, size)) continue;
                size += callee.Size;
                new Expansion(function, block, position, call, callee).Run();
                changed = true;
                break;
            }
        }

        if (changed) FlowOrder.Sort(function);
        return changed;
    }

    private static bool HasNoInlining(MethodBase method) =>
        method.MethodImplementationFlags.HasFlag(MethodImplAttributes.NoInlining) ||
        (method.MethodImplementationFlags.HasFlag(MethodImplAttributes.NoOptimization) && Compilation.IsKernelCode(method)) ||
        Attributes.Has(method, "PanicHandler") || Attributes.Has(method, "BootEntry");

    private static bool IsWorth(Compilation unit, MethodKey key, Function callee, Instr call, int callerSize)
    {
        int size = callee.Size;
        if (callerSize + size > CallerLimit) return false;
        int frame = callee.Slots.Sum(slot => slot.SizeBytes);
        bool isAsked = key.Method.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveInlining);
        if (unit.Options.Optimisation == OptimisationLevel.Minimal) return isAsked && size <= SmallSize && frame == 0;
        if (size <= SmallSize) return true;
        if (isAsked) return size <= AskedSize;
        // A frame that only one branch of the caller needs would be paid for by all of them.
        if (frame > FrameLimitBytes) return false;
        if (call.Block!.Successors.Count == 0 && call.Block.IsCold) return false;
        if (unit.CallCount(key) == 1) return size <= OnceSize;
        int constants = call.Args.Count(arg => arg.IsConst || arg.Op == Op.SlotAddress);
        return size <= MediumSize + (constants * 8) && !HasLoop(callee);
    }

    private static bool HasLoop(Function callee) =>
        callee.Blocks.Any(block => block.Successors.Any(successor => successor.Order <= block.Order));
}

/// <summary>One inlining: the callee's blocks are copied between the two halves of the block that held the call.</summary>
internal sealed class Expansion(Function function, Block block, int position, Instr call, Function callee)
{
    private readonly Dictionary<Instr, Instr> _values = [];
    private readonly Dictionary<Slot, Instr> _slots = [];
    private readonly Dictionary<Block, Block> _blocks = [];
    private readonly Dictionary<Place, Place> _places = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, Variable> _variables = [];
    private readonly List<(Instr Value, Block From)> _results = [];
    private readonly List<(Instr Made, DebugBinding Binding)> _bindings = [];
    private Place? _site;

    // Two calls of one method at one place are two: their variables are not the same.
    private Place? Site => call.Place is { } place ? _site ??= place with { } : null;

    public void Run()
    {
        Block after = Split();
        BindParameters();
        foreach (Block source in callee.Blocks) _blocks.Add(source, function.NewBlock());
        foreach (Block source in callee.Blocks) CopyBlock(source, after);
        foreach (Block source in callee.Blocks) FillPhis(source);
        foreach ((Instr made, DebugBinding binding) in _bindings) made.Reference = BindingOf(binding);
        block.Body.Add(Jump(call.Place));
        block.Body[^1].Block = block;
        block.AddSuccessor(_blocks[callee.Entry]);
        BindResult(after);
        function.ResolveArguments();
    }

    private Block Split()
    {
        Block after = function.NewBlock();
        after.Body.AddRange(block.Body[(position + 1)..]);
        block.Body.RemoveRange(position, block.Body.Count - position);
        foreach (Instr instr in after.Body) instr.Block = after;
        foreach (Block successor in block.Successors)
        {
            int index = successor.Predecessors.IndexOf(block);
            successor.Predecessors[index] = after;
            after.Successors.Add(successor);
        }

        block.Successors.Clear();
        return after;
    }

    private void BindParameters()
    {
        int next = 0;
        if (callee.ReturnSlot is { } result) _slots.Add(result, call.Args[next++]);
        for (int index = 0; index < callee.Parameters.Count; index++)
        {
            Instr argument = call.Args[next++];
            if (callee.Parameters[index].Slot is { } slot) _slots.Add(slot, argument);
            else _values.Add(callee.Parameter(Il.IrTypes.Of(callee.Parameters[index].Type), Il.IrTypes.Memory(callee.Parameters[index].Type), index), argument);
        }
    }

    private void CopyBlock(Block source, Block after)
    {
        Block copy = _blocks[source];
        foreach (Instr instr in source.Body)
        {
            if (instr.Op == Op.Return)
            {
                if (instr.Args.Length > 0) _results.Add((instr.Args[0], copy));
                Instr jump = Jump(PlaceOf(instr.Place));
                jump.Block = copy;
                copy.Body.Add(jump);
                copy.AddSuccessor(after);
                continue;
            }

            Instr made = function.New(instr.Op, instr.Type, instr.Op == Op.Phi ? [] : [.. instr.Args.Select(ValueOf)]);
            made.Immediate = instr.Immediate;
            made.Reference = instr.Reference;
            made.Memory = instr.Memory;
            made.IsVolatile = instr.IsVolatile;
            made.IsUnaligned = instr.IsUnaligned;
            made.Place = PlaceOf(instr.Place);
            made.Block = copy;
            if (instr.Reference is DebugBinding binding) _bindings.Add((made, binding));
            copy.Body.Add(made);
            _values[instr] = made;
        }

        if (source.Terminator.Op == Op.Return) return;
        foreach (Block successor in source.Successors) copy.AddSuccessor(_blocks[successor]);
    }

    private void FillPhis(Block source)
    {
        Block copy = _blocks[source];
        int index = 0;
        foreach (Instr phi in source.Phis)
        {
            Instr made = copy.Body[index++];
            Instr[] args = new Instr[copy.Predecessors.Count];
            for (int edge = 0; edge < args.Length; edge++)
            {
                // Edges are copied in another order than the callee had them in.
                int occurrence = copy.Predecessors.Take(edge).Count(predecessor => predecessor == copy.Predecessors[edge]);
                int original = Nth(source.Predecessors, copy.Predecessors[edge], occurrence);
                args[edge] = ValueOf(phi.Args[original]);
            }

            made.Args = args;
        }
    }

    private int Nth(List<Block> predecessors, Block copy, int occurrence)
    {
        for (int index = 0; index < predecessors.Count; index++)
        {
            if (_blocks[predecessors[index]] == copy && occurrence-- == 0) return index;
        }

        throw new Il.InternalFault("an inlined edge has no original");
    }

    private void BindResult(Block after)
    {
        if (call.Type == IrType.Void || _results.Count == 0)
        {
            if (call.Type != IrType.Void) call.Replacement = function.Const(call.Type == IrType.I32 ? IrType.I32 : IrType.I64, 0);
            return;
        }

        if (after.Predecessors.Count == 1)
        {
            call.Replacement = ValueOf(_results[0].Value);
            return;
        }

        Instr phi = function.New(Op.Phi, call.Type, [.. after.Predecessors.Select(from => ValueOf(_results.Find(result => result.From == from).Value))]);
        phi.Block = after;
        after.Body.Insert(0, phi);
        call.Replacement = phi;
    }

    private Instr ValueOf(Instr value)
    {
        if (_values.TryGetValue(value, out Instr? known)) return known;
        Instr made = value.Op switch
        {
            Op.SlotAddress => Moved(SlotOf((Slot)value.Reference!), value.Immediate),
            _ when value.IsFloating => function.Floating(value.Op, value.Type, value.Immediate, value.Reference),
            _ => throw new Il.InternalFault($"an inlined value ({value.Op}) is used before it is made"),
        };
        _values.Add(value, made);
        return made;
    }

    private Instr SlotOf(Slot slot)
    {
        if (_slots.TryGetValue(slot, out Instr? address)) return address;
        Slot copy = function.NewSlot(slot.SizeBytes, slot.Alignment, slot.Type);
        copy.Variable = slot.Variable is { } variable ? VariableOf(variable) : null;
        copy.HasLostStores = slot.HasLostStores;
        address = function.Address(copy);
        _slots.Add(slot, address);
        return address;
    }

    private Instr Moved(Instr address, long offset)
    {
        if (offset == 0) return address;
        if (address.Op == Op.SlotAddress) return function.Address((Slot)address.Reference!, address.Immediate + offset);
        Instr moved = function.New(Op.Add, IrType.I64, address, function.Const(IrType.I64, offset));
        moved.Block = block;
        block.Body.Add(moved);
        return moved;
    }

    private Instr Jump(Place? place)
    {
        Instr jump = function.New(Op.Jump, IrType.Void);
        jump.Place = place;
        return jump;
    }

    private Variable VariableOf(Variable variable)
    {
        if (!_variables.TryGetValue(variable, out Variable? own))
        {
            // A parameter of an inlined method is a local of the one that it lands in.
            // What was inlined into the callee already has a call of its own, which lies within this one.
            own = variable.InlinedAt(variable.Inlined is { } inner ? PlaceOf(inner) : Site);
            _variables.Add(variable, own);
        }

        return own;
    }

    private DebugBinding BindingOf(DebugBinding binding)
    {
        Instr? value = binding.Resolved;
        // Nothing is made for the debugger's sake: what nobody else has a use for does not come along.
        bool comes = value is null || _values.ContainsKey(value)
            || (value.IsFloating && (value.Op != Op.SlotAddress || _slots.ContainsKey((Slot)value.Reference!)));
        if (!comes) value = null;
        return new DebugBinding(
            VariableOf(binding.Part.Variable).Part(binding.Part.Offset), value is null ? null : ValueOf(value), binding.IsAddress);
    }

    private Place? PlaceOf(Place? place)
    {
        if (place is null) return Site;
        if (_places.TryGetValue(place, out Place? known)) return known;
        Place moved = place with { Caller = place.Caller is null ? Site : PlaceOf(place.Caller) };
        _places.Add(place, moved);
        return moved;
    }
}
