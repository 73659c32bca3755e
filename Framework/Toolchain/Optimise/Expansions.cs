using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// Replaces operations that the machine has no instruction for: misaligned accesses by bytes, block copies by words or a
/// routine, byte reversal and rotation by shifts, switches by a tree of comparisons (a jump through a table would hide
/// from whoever analyses the binary where it can go).
/// </summary>
internal sealed class Expansions
{
    private const int InlineWords = 16;
    private const int GroupWords = 8;

    private readonly Compilation _unit;
    private readonly Function _function;
    private readonly bool _hasZbb;
    private List<Instr> _body = [];
    private Block _block = null!;
    private Place? _place;

    private Expansions(Compilation unit, Function function)
    {
        _unit = unit;
        _function = function;
        _hasZbb = unit.Options.Extensions.HasFlag(TargetExtensions.Zbb);
    }

    /// <summary>Expands all of them in a function.</summary>
    public static void Run(Compilation unit, Function function)
    {
        Expansions expansions = new(unit, function);
        function.RecognisesRotations = expansions._hasZbb;
        int[] uses = function.CountUses();
        expansions.MarkReversedLoads(uses);
        foreach (Block block in function.Blocks.ToArray()) expansions.ExpandSwitch(block);
        foreach (Block block in function.Blocks)
        {
            expansions._block = block;
            List<Instr> old = block.Body;
            expansions._body = new List<Instr>(old.Count);
            foreach (Instr instr in old) expansions.Expand(instr);
            block.Body = expansions._body;
        }

        function.ResolveArguments();
        FlowOrder.Sort(function);
    }

    // A load that is used by a byte reversal only is made byte by byte in the other order.
    private readonly HashSet<Instr> _reversed = [];

    private void MarkReversedLoads(int[] uses)
    {
        if (_hasZbb) return;
        foreach (Block block in _function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                if (instr.Op != Op.ReverseBytes) continue;
                Instr load = instr.Args[0];
                if (load.Op != Op.Load || load.IsVolatile || uses[load.Id] != 1 || load.Type != instr.Type) continue;
                if (IrTypes.SizeBytes(load.Memory) != (load.Type == IrType.I32 ? 4 : 8)) continue;
                _reversed.Add(load);
                DebugValues.Forget(_function, load);
                instr.Replacement = load;
            }
        }
    }

    private void Expand(Instr instr)
    {
        for (int index = 0; index < instr.Args.Length; index++) instr.Args[index] = instr.Args[index].Resolved;
        _place = instr.Place;
        switch (instr.Op)
        {
            case Op.Load when _reversed.Contains(instr) || (instr.IsUnaligned && !IsAligned(instr)):
                instr.Replacement = LoadBytes(instr, _reversed.Contains(instr));
                return;
            case Op.Store when Narrow(instr) && instr.IsUnaligned && !IsAligned(instr):
                StoreBytes(instr);
                return;
            case Op.ReverseBytes when instr.Replacement is not null:
                return;
            case Op.ReverseBytes when !_hasZbb:
                instr.Replacement = Reverse(instr);
                return;
            case Op.RotateLeft or Op.RotateRight when !_hasZbb:
                instr.Replacement = Rotate(instr);
                return;
            case Op.Div or Op.Rem when instr.Args[1] is { IsConst: true, Immediate: > 1 } divisor && System.Numerics.BitOperations.IsPow2(divisor.Immediate):
                instr.Replacement = DivideByPower(instr, System.Numerics.BitOperations.TrailingZeroCount(divisor.Immediate));
                return;
            case Op.MemoryCopy:
                Copy(instr);
                return;
            case Op.MemoryZero:
                Zero(instr);
                return;
            default:
                _body.Add(instr);
                return;
        }
    }

    // A narrow store looks at the low bits only: what was done to the others is not needed. Always true.
    private static bool Narrow(Instr store)
    {
        int size = IrTypes.SizeBytes(store.Memory);
        long mask = size == 1 ? 0xff : 0xffff;
        while (size <= 2)
        {
            Instr value = store.Args[1];
            bool isVoid = value.Op is Op.ZeroExtend16 or Op.SignExtend16 || (size == 1 && value.Op is Op.ZeroExtend8 or Op.SignExtend8) ||
                          (value.Op == Op.And && value.Args[1].IsConst && (value.Args[1].Immediate & mask) == mask);
            if (!isVoid || value.Args[0].Type != value.Type) break;
            store.Args = [store.Args[0], value.Args[0]];
        }

        return true;
    }

    private static bool IsAligned(Instr access) =>
        access.Args[0] is { Op: Op.SlotAddress, Reference: Slot slot } address &&
        slot.Alignment % IrTypes.SizeBytes(access.Memory) == 0 &&
        (address.Immediate + access.Immediate) % IrTypes.SizeBytes(access.Memory) == 0;

    private Instr Emit(Op op, IrType type, params Instr[] args)
    {
        Instr instr = _function.New(op, type, args);
        Instr simple = Simplifier.Simplify(_function, instr);
        if (simple != instr) return simple;
        instr.Block = _block;
        instr.Place = _place;
        _body.Add(instr);
        return instr;
    }

    private Instr Access(Op op, IrType type, MemType memory, long offset, bool isVolatile, params Instr[] args)
    {
        Instr access = _function.New(op, type, args);
        access.Memory = memory;
        access.Immediate = offset;
        access.IsVolatile = isVolatile;
        Simplifier.Simplify(_function, access);
        access.Block = _block;
        access.Place = _place;
        _body.Add(access);
        return access;
    }

    private Instr LoadBytes(Instr load, bool isReversed)
    {
        int size = IrTypes.SizeBytes(load.Memory);
        bool isFloat = IrTypes.IsFloat(load.Type);
        IrType type = size == 8 ? IrType.I64 : IrType.I32;
        Instr? value = null;
        for (int index = 0; index < size; index++)
        {
            bool isTop = index == size - 1;
            int position = isReversed ? size - 1 - index : index;
            MemType memory = isTop && load.Memory is MemType.I16 ? MemType.I8 : MemType.U8;
            Instr part = Access(Op.Load, IrType.I32, memory, load.Immediate + position, load.IsVolatile, load.Args[0]);
            if (type == IrType.I64) part = Emit(Op.SignExtend32, IrType.I64, part);
            part = Emit(Op.Shl, type, part, _function.Const(IrType.I32, 8 * index));
            value = value is null ? part : Emit(Op.Or, type, value, part);
        }

        if (isFloat) return Emit(Op.FOfBits, load.Type, value!);
        if (load.Type == IrType.I64 && type == IrType.I32)
            return Emit(load.Memory == MemType.U32 ? Op.ZeroExtend32 : Op.SignExtend32, IrType.I64, value!);
        return value!;
    }

    private void StoreBytes(Instr store)
    {
        int size = IrTypes.SizeBytes(store.Memory);
        Instr value = store.Args[1];
        if (IrTypes.IsFloat(value.Type)) value = Emit(Op.FBits, value.Type == IrType.F32 ? IrType.I32 : IrType.I64, value);
        for (int index = 0; index < size; index++)
        {
            Instr part = Emit(Op.ShrUnsigned, value.Type, value, _function.Const(IrType.I32, 8 * index));
            Access(Op.Store, IrType.Void, MemType.U8, store.Immediate + index, store.IsVolatile, store.Args[0], part);
        }
    }

    private Instr Reverse(Instr instr)
    {
        Instr value = instr.Args[0];
        IrType type = instr.Type;
        long bytes = type == IrType.I32 ? 0x00ff00ff : 0x00ff00ff00ff00ff;
        value = Swap(value, bytes, 8);
        if (type == IrType.I32) return Emit(Op.Or, type, Shift(Op.Shl, value, 16), Shift(Op.ShrUnsigned, value, 16));
        value = Swap(value, 0x0000ffff0000ffff, 16);
        return Emit(Op.Or, type, Shift(Op.Shl, value, 32), Shift(Op.ShrUnsigned, value, 32));
    }

    private Instr Swap(Instr value, long mask, int count)
    {
        Instr constant = _function.Const(value.Type, mask);
        Instr low = Shift(Op.Shl, Emit(Op.And, value.Type, value, constant), count);
        Instr high = Emit(Op.And, value.Type, Shift(Op.ShrUnsigned, value, count), constant);
        return Emit(Op.Or, value.Type, low, high);
    }

    private Instr Shift(Op op, Instr value, int count) => Emit(op, value.Type, value, _function.Const(IrType.I32, count));

    // Towards zero: what is negative gets the divisor less one added first.
    private Instr DivideByPower(Instr instr, int power)
    {
        Instr value = instr.Args[0];
        int bits = instr.Type == IrType.I32 ? 32 : 64;
        Instr sign = power == 1 ? value : Shift(Op.Shr, value, bits - 1);
        Instr correction = Shift(Op.ShrUnsigned, sign, bits - power);
        Instr corrected = Emit(Op.Add, instr.Type, value, correction);
        if (instr.Op == Op.Div) return Shift(Op.Shr, corrected, power);
        return Emit(Op.Sub, instr.Type, Emit(Op.And, instr.Type, corrected, _function.Const(instr.Type, (1L << power) - 1)), correction);
    }

    private Instr Rotate(Instr instr)
    {
        Instr value = instr.Args[0];
        Instr count = instr.Args[1];
        int bits = instr.Type == IrType.I32 ? 32 : 64;
        Instr other = count.IsConst
            ? _function.Const(IrType.I32, (bits - count.Immediate) & (bits - 1))
            : Emit(Op.Sub, IrType.I32, _function.Const(IrType.I32, 0), count);
        bool isLeft = instr.Op == Op.RotateLeft;
        Instr one = MakeShift(isLeft ? Op.Shl : Op.ShrUnsigned, value, count);
        Instr two = MakeShift(isLeft ? Op.ShrUnsigned : Op.Shl, value, other);
        Instr joined = _function.New(Op.Or, instr.Type, one, two);
        joined.Block = _block;
        joined.Place = _place;
        _body.Add(joined);
        return joined;
    }

    // Not simplified: two shifts and an or would be recognised as the rotation that they replace.
    private Instr MakeShift(Op op, Instr value, Instr count)
    {
        Instr shift = _function.New(op, value.Type, value, count);
        shift.Block = _block;
        shift.Place = _place;
        _body.Add(shift);
        return shift;
    }

    private void Copy(Instr copy)
    {
        int chunk = Chunk(copy, 2);
        List<(long Offset, int Size)> pieces = Pieces(copy.Immediate, chunk);
        if (pieces.Count > InlineWords)
        {
            CallRoutine(nameof(RuntimeRoutines.Copy), copy.Args[0], copy.Args[1], _function.Const(IrType.I64, copy.Immediate));
            return;
        }

        for (int group = 0; group < pieces.Count; group += GroupWords)
        {
            List<(long Offset, int Size)> some = pieces.GetRange(group, Math.Min(GroupWords, pieces.Count - group));
            Instr[] values = [.. some.Select(piece => Access(Op.Load, TypeOf(piece.Size), MemoryOf(piece.Size), piece.Offset, false, copy.Args[1]))];
            for (int index = 0; index < values.Length; index++)
                Access(Op.Store, IrType.Void, MemoryOf(some[index].Size), some[index].Offset, false, copy.Args[0], values[index]);
        }
    }

    private void Zero(Instr zero)
    {
        List<(long Offset, int Size)> pieces = Pieces(zero.Immediate, Chunk(zero, 1));
        if (pieces.Count > InlineWords)
        {
            CallRoutine(nameof(RuntimeRoutines.Fill), zero.Args[0], _function.Const(IrType.I32, 0), _function.Const(IrType.I64, zero.Immediate));
            return;
        }

        foreach ((long offset, int size) in pieces)
            Access(Op.Store, IrType.Void, MemoryOf(size), offset, false, zero.Args[0], _function.Const(TypeOf(size), 0));
    }

    // Between slots, alignment is what the slots have, however the types are declared.
    private static int Chunk(Instr block, int operands)
    {
        int alignment = 8;
        for (int index = 0; index < operands; index++)
        {
            int own = block.Args[index] is { Op: Op.SlotAddress, Reference: Slot slot } address && address.Immediate % 8 == 0
                ? Math.Min(8, slot.Alignment)
                : IrTypes.SizeBytes(block.Memory);
            alignment = Math.Min(alignment, own);
        }

        return alignment;
    }

    private static List<(long Offset, int Size)> Pieces(long sizeBytes, int chunk)
    {
        List<(long, int)> pieces = [];
        for (long offset = 0; offset < sizeBytes;)
        {
            int size = chunk;
            while (size > sizeBytes - offset) size /= 2;
            pieces.Add((offset, size));
            offset += size;
            if (pieces.Count > InlineWords) break;
        }

        return pieces;
    }

    private static IrType TypeOf(int size) => size == 8 ? IrType.I64 : IrType.I32;

    private static MemType MemoryOf(int size) => size switch { 1 => MemType.U8, 2 => MemType.U16, 4 => MemType.I32, _ => MemType.I64 };

    private void CallRoutine(string name, params Instr[] args)
    {
        MethodKey key = new(typeof(RuntimeRoutines).GetMethod(name)!, null);
        Instr call = _function.New(Op.Call, IrType.Void, args);
        call.Reference = new CallTarget(key, _unit.Reference(key, null), typeof(void), []) { IsLowered = true };
        call.Block = _block;
        call.Place = _place;
        _body.Add(call);
    }

    private void ExpandSwitch(Block block)
    {
        if (block.Terminator.Op != Op.Switch) return;
        Instr terminator = block.Terminator;
        Instr value = terminator.Args[0];
        List<Block> targets = [.. block.Successors];
        Dictionary<Block, List<Instr>> incoming = [];
        foreach (Block target in targets.Distinct())
        {
            int edge = target.Predecessors.IndexOf(block);
            incoming[target] = [.. target.Phis.Select(phi => phi.Args[edge])];
        }

        while (block.Successors.Count > 0) block.RemoveSuccessor(block.Successors.Count - 1);
        block.Body.RemoveAt(block.Body.Count - 1);
        List<(long From, Block Target)> runs = [];
        for (int index = 0; index < targets.Count; index++)
        {
            if (runs.Count == 0 || runs[^1].Target != targets[index]) runs.Add((index, targets[index]));
        }

        // Above the last case, and below 0 as an unsigned number, lies the default.
        Decide(block, value, runs, 0, runs.Count - 1, incoming, terminator.Place);
    }

    private void Decide(
        Block block, Instr value, List<(long From, Block Target)> runs, int first, int last, Dictionary<Block, List<Instr>> incoming, Place? place)
    {
        if (first == last)
        {
            Instr jump = _function.New(Op.Jump, IrType.Void);
            jump.Block = block;
            jump.Place = place;
            block.Body.Add(jump);
            Connect(block, runs[first].Target, incoming);
            return;
        }

        int middle = (first + last + 1) / 2;
        // A run of a single value between two runs of one target is one equality.
        bool isEquality = last - first == 2 && runs[first].Target == runs[last].Target && runs[last].From - runs[first + 1].From == 1;
        Instr condition = isEquality
            ? _function.New(Op.Eq, IrType.I32, value, _function.Const(value.Type, runs[first + 1].From))
            : _function.New(Op.LtUnsigned, IrType.I32, value, _function.Const(value.Type, runs[middle].From));
        condition.Block = block;
        condition.Place = place;
        block.Body.Add(condition);
        Instr branch = _function.New(Op.Branch, IrType.Void, condition);
        branch.Block = block;
        branch.Place = place;
        block.Body.Add(branch);
        Block low = _function.NewBlock();
        Block high = _function.NewBlock();
        block.AddSuccessor(low);
        block.AddSuccessor(high);
        if (isEquality)
        {
            Decide(low, value, runs, first + 1, first + 1, incoming, place);
            Decide(high, value, runs, last, last, incoming, place);
            return;
        }

        Decide(low, value, runs, first, middle - 1, incoming, place);
        Decide(high, value, runs, middle, last, incoming, place);
    }

    private static void Connect(Block block, Block target, Dictionary<Block, List<Instr>> incoming)
    {
        block.AddSuccessor(target);
        int index = 0;
        foreach (Instr phi in target.Phis) phi.Args = [.. phi.Args, incoming[target][index++]];
    }
}
