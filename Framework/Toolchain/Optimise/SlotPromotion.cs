using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Replaces slots by values: structs are taken apart into their scalars, and each scalar becomes one value per
/// definition, joined by phis (Braun et al., "Simple and Efficient Construction of Static Single Assignment Form").
/// </summary>
internal sealed class SlotPromotion
{
    private readonly Function _function;
    private readonly Dictionary<Slot, List<SlotPart>> _parts;
    private readonly List<SlotPart> _variables = [];
    private readonly Dictionary<Block, Instr?[]> _atEnd = [];
    private readonly Dictionary<Block, Instr?[]> _atStart = [];
    private readonly Queue<(Instr Phi, Block Block, int Variable)> _openPhis = new();
    private readonly List<Instr> _phis = [];
    private readonly List<SlotPart> _phiParts = [];
    private readonly List<Instr> _prologue = [];
    private Block _block = null!;
    private List<Instr> _body = null!;
    private Place? _place;
    private Instr?[] _now = null!;

    private SlotPromotion(Function function)
    {
        _function = function;
        _parts = new SlotUses(function).Parts;
    }

    /// <summary>Promotes what can be promoted; true if anything was.</summary>
    public static bool Run(Function function)
    {
        FlowOrder.Sort(function);
        SlotPromotion promotion = new(function);
        if (promotion._parts.Count == 0) return false;
        promotion.Rewrite();
        return true;
    }

    private void Rewrite()
    {
        foreach (Slot slot in _function.Slots)
        {
            if (!_parts.TryGetValue(slot, out List<SlotPart>? parts)) continue;
            foreach (SlotPart part in parts)
            {
                part.Variable = _variables.Count;
                _variables.Add(part);
            }
        }

        foreach (Block block in _function.Blocks)
        {
            _block = block;
            _now = new Instr?[_variables.Count];
            List<Instr> old = block.Body;
            _body = new List<Instr>(old.Count);
            foreach (Instr instr in old) Rewrite(instr);
            block.Body = _body;
            _atEnd.Add(block, _now);
        }

        while (_openPhis.TryDequeue(out (Instr Phi, Block Block, int Variable) open))
        {
            open.Phi.Args = [.. open.Block.Predecessors.Select(predecessor => AtEnd(predecessor, open.Variable))];
        }

        RemoveTrivialPhis();
        foreach (Instr phi in _phis)
        {
            if (phi.Replacement is null) phi.Block!.Body.Insert(0, phi);
        }

        for (int index = 0; index < _phis.Count; index++)
        {
            Instr phi = _phis[index];
            if (phi.Replacement is not null || Binding(_phiParts[index], phi) is not { } binding) continue;
            List<Instr> body = phi.Block!.Body;
            body.Insert(body.FindIndex(instr => instr.Op != Op.Phi), DebugValues.New(_function, phi.Block, binding, null));
        }

        _function.Entry.Body.InsertRange(0, _prologue);
        _function.ResolveArguments();
        _function.Slots.RemoveAll(_parts.ContainsKey);
    }

    private void Rewrite(Instr instr)
    {
        for (int index = 0; index < instr.Args.Length; index++) instr.Args[index] = instr.Args[index].Resolved;
        _place = instr.Place;
        switch (instr.Op)
        {
            case Op.Load when Part(instr.Args[0], instr.Immediate) is { } part:
                instr.Replacement = Extract(part, Read(part), instr);
                return;
            case Op.Store when Part(instr.Args[0], instr.Immediate) is { } part:
                Write(part, Insert(part, instr));
                return;
            case Op.MemoryZero when Slot(instr.Args[0]) is { } parts:
                foreach (SlotPart part in Within(parts, instr.Args[0], instr.Immediate)) Write(part, Zero(part));
                return;
            case Op.MemoryCopy:
                if (!Copy(instr)) _body.Add(instr);
                return;
            default:
                Instr simple = Simplifier.Simplify(_function, instr);
                if (simple != instr) instr.Replacement = simple;
                else _body.Add(instr);
                return;
        }
    }

    private List<SlotPart>? Slot(Instr address) =>
        address.Op == Op.SlotAddress && _parts.TryGetValue((Slot)address.Reference!, out List<SlotPart>? parts) ? parts : null;

    private SlotPart? Part(Instr address, long offset)
    {
        if (Slot(address) is not { } parts) return null;
        long place = address.Immediate + offset;
        return parts.Find(part => place >= part.Offset && place < part.End);
    }

    private static IEnumerable<SlotPart> Within(List<SlotPart> parts, Instr address, long size) =>
        parts.Where(part => part.Offset >= address.Immediate && part.End <= address.Immediate + size);

    private bool Copy(Instr copy)
    {
        List<SlotPart>? to = Slot(copy.Args[0]);
        List<SlotPart>? from = Slot(copy.Args[1]);
        if (to is null && from is null) return false;
        long distance = copy.Args[0].Immediate - copy.Args[1].Immediate;
        if (to is not null && from is not null)
        {
            List<(SlotPart Part, Instr Value)> moved = [];
            foreach (SlotPart part in Within(from, copy.Args[1], copy.Immediate))
            {
                SlotPart? target = to.Find(candidate => candidate.Offset == part.Offset + distance);
                if (target is not null) moved.Add((target, Retype(Read(part), target)));
            }

            foreach ((SlotPart part, Instr value) in moved) Write(part, value);
            return true;
        }

        List<SlotPart> parts = to ?? from!;
        Instr own = to is null ? copy.Args[1] : copy.Args[0];
        Instr other = to is null ? copy.Args[0] : copy.Args[1];
        int alignment = IrTypes.SizeBytes(copy.Memory);
        foreach (SlotPart part in Within(parts, own, copy.Immediate))
        {
            Instr access = to is null
                ? _function.New(Op.Store, IrType.Void, other, Read(part))
                : _function.New(Op.Load, part.Type, other);
            access.Immediate = part.Offset - own.Immediate;
            access.Memory = Memory(part);
            access.IsUnaligned = part.SizeBytes > alignment || access.Immediate % part.SizeBytes != 0;
            access.Place = copy.Place;
            access.Block = _block;
            Simplifier.Simplify(_function, access);
            _body.Add(access);
            if (to is not null) Write(part, access);
        }

        return true;
    }

    private static MemType Memory(SlotPart part) => part.Type switch
    {
        IrType.F32 => MemType.F32,
        IrType.F64 => MemType.F64,
        _ => part.SizeBytes switch { 1 => MemType.U8, 2 => MemType.U16, 4 => MemType.I32, _ => MemType.I64 },
    };

    private Instr Zero(SlotPart part) => IrTypes.IsFloat(part.Type)
        ? Emit(Op.FOfBits, part.Type, _function.Const(part.Type == IrType.F32 ? IrType.I32 : IrType.I64, 0))
        : _function.Const(part.Type, 0);

    private Instr Retype(Instr value, SlotPart part)
    {
        if (value.Type == part.Type) return value;
        if (IrTypes.IsFloat(value.Type)) return Emit(Op.FBits, part.Type, value);
        if (IrTypes.IsFloat(part.Type)) return Emit(Op.FOfBits, part.Type, value);
        return part.Type == IrType.I64 ? Emit(Op.SignExtend32, IrType.I64, value) : Emit(Op.Truncate, IrType.I32, value);
    }

    /// <summary>What a load of all or some of the part's bytes gives.</summary>
    private Instr Extract(SlotPart part, Instr value, Instr load)
    {
        int shift = 8 * (int)(load.Args[0].Immediate + load.Immediate - part.Offset);
        bool isFloat = IrTypes.IsFloat(load.Type);
        if (isFloat && value.Type == load.Type) return value;
        if (IrTypes.IsFloat(value.Type))
        {
            value = Emit(Op.FBits, value.Type == IrType.F32 ? IrType.I32 : IrType.I64, value);
        }

        if (shift != 0) value = Emit(Op.ShrUnsigned, value.Type, value, _function.Const(IrType.I32, shift));
        int size = IrTypes.SizeBytes(load.Memory);
        if (size <= 4 && value.Type == IrType.I64) value = Emit(Op.Truncate, IrType.I32, value);
        if (isFloat) return Emit(Op.FOfBits, load.Type, value);
        value = load.Memory switch
        {
            MemType.I8 => Emit(Op.SignExtend8, IrType.I32, value),
            MemType.U8 => Emit(Op.ZeroExtend8, IrType.I32, value),
            MemType.I16 => Emit(Op.SignExtend16, IrType.I32, value),
            MemType.U16 => Emit(Op.ZeroExtend16, IrType.I32, value),
            _ => value,
        };
        if (load.Type == IrType.I64 && value.Type == IrType.I32)
            value = Emit(load.Memory == MemType.U32 ? Op.ZeroExtend32 : Op.SignExtend32, IrType.I64, value);
        if (load.Type == IrType.I32 && value.Type == IrType.I64) value = Emit(Op.Truncate, IrType.I32, value);
        return value;
    }

    /// <summary>The part's value after a store to all or some of its bytes.</summary>
    private Instr Insert(SlotPart part, Instr store)
    {
        Instr value = store.Args[1];
        int size = IrTypes.SizeBytes(store.Memory);
        if (size == part.SizeBytes && !IrTypes.IsFloat(value.Type) && !IrTypes.IsFloat(part.Type)) return Retype(value, part);
        if (size == part.SizeBytes) return Retype(value, part);
        if (IrTypes.IsFloat(value.Type)) value = Emit(Op.FBits, value.Type == IrType.F32 ? IrType.I32 : IrType.I64, value);
        int shift = 8 * (int)(store.Args[0].Immediate + store.Immediate - part.Offset);
        ulong mask = ulong.MaxValue >> (64 - (8 * size));
        Instr low = value.Type == IrType.I32 && part.Type == IrType.I64 ? Emit(Op.ZeroExtend32, IrType.I64, value) : Retype(value, part);
        low = Emit(Op.And, part.Type, low, _function.Const(part.Type, (long)mask));
        if (low.Type != part.Type) low = Retype(low, part);
        Instr high = Emit(Op.And, part.Type, Read(part), _function.Const(part.Type, (long)~(mask << shift)));
        return Emit(Op.Or, part.Type, high, Emit(Op.Shl, part.Type, low, _function.Const(IrType.I32, shift)));
    }

    private Instr Emit(Op op, IrType type, params Instr[] args)
    {
        Instr instr = _function.New(op, type, args);
        Instr simple = Simplifier.Simplify(_function, instr);
        if (simple != instr) return simple;
        instr.Block = _block;
        _body.Add(instr);
        return instr;
    }

    private void Write(SlotPart part, Instr value)
    {
        _now[part.Variable] = value;
        if (Binding(part, value) is { } binding) _body.Add(DebugValues.New(_function, _block, binding, _place));
    }

    private static DebugBinding? Binding(SlotPart part, Instr value) =>
        part.Slot.Told is { } variable ? new DebugBinding(variable.Part(part.Offset), value) : null;

    private Instr Read(SlotPart part) => (_now[part.Variable] ??= AtStart(_block, part.Variable)).Resolved;

    private Instr AtEnd(Block block, int variable) => (_atEnd[block][variable] ??= AtStart(block, variable)).Resolved;

    private Instr AtStart(Block block, int variable)
    {
        if (!_atStart.TryGetValue(block, out Instr?[]? values)) _atStart.Add(block, values = new Instr?[_variables.Count]);
        if (values[variable] is { } known) return known;
        Instr value;
        if (block.Predecessors.Count == 0)
        {
            value = Undefined(_variables[variable]);
        }
        else if (block.Predecessors.Count == 1)
        {
            value = AtEnd(block.Predecessors[0], variable);
        }
        else
        {
            SlotPart part = _variables[variable];
            value = _function.New(Op.Phi, part.Type);
            value.Block = block;
            _phis.Add(value);
            _phiParts.Add(part);
            _openPhis.Enqueue((value, block, variable));
        }

        values[variable] = value;
        return value;
    }

    // What nobody wrote is zero, so that a program's behaviour never depends on what lay in a register.
    private Instr Undefined(SlotPart part)
    {
        if (!IrTypes.IsFloat(part.Type)) return _function.Const(part.Type, 0);
        Instr zero = _function.New(Op.FOfBits, part.Type, _function.Const(part.Type == IrType.F32 ? IrType.I32 : IrType.I64, 0));
        zero.Block = _function.Entry;
        _prologue.Add(zero);
        return zero;
    }

    private void RemoveTrivialPhis()
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (Instr phi in _phis)
            {
                if (phi.Replacement is not null) continue;
                Instr? only = null;
                bool isTrivial = true;
                foreach (Instr arg in phi.Args)
                {
                    Instr value = arg.Resolved;
                    if (value == phi || value == only) continue;
                    if (only is not null)
                    {
                        isTrivial = false;
                        break;
                    }

                    only = value;
                }

                if (!isTrivial) continue;
                phi.Replacement = only ?? _function.Const(phi.Type, 0);
                changed = true;
            }
        }
    }
}
