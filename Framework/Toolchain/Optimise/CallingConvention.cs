using Verification.Toolchain.Il;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Optimise;

/// <summary>
/// The integer calling convention of the RISC-V psABI (LP64): arguments in a0-a7 and behind them on the stack, structs
/// of up to two words in registers, larger ones by reference, results in a0 and a1. Floating-point numbers travel in
/// integer registers, so that a kernel's assembly needs one rule only.
/// </summary>
internal sealed class CallingConvention
{
    private const int RegisterStructSizeBytes = 16;

    private readonly Function _function;
    private readonly Dictionary<Slot, Instr> _byReference = [];
    private List<Instr> _body = [];
    private Block _block = null!;

    private CallingConvention(Function function) => _function = function;

    /// <summary>Lowers parameters, calls and returns of a function.</summary>
    public static void Apply(Function function)
    {
        CallingConvention convention = new(function);
        List<Instr> prologue = convention.Parameters();
        Slot? result = function.ReturnSlot;
        foreach (Block block in function.Blocks)
        {
            convention._block = block;
            convention._body = block == function.Entry ? prologue : [];
            foreach (Instr instr in block.Body) convention.Lower(instr, result);
            block.Body = convention._body;
        }

        function.ReturnSlot = null;
        function.ResolveArguments();
        convention.ReplaceReferences();
    }

    private static bool IsInRegisters(Type type) => TypeLayout.Of(type).SizeBytes <= RegisterStructSizeBytes;

    private List<Instr> Parameters()
    {
        _block = _function.Entry;
        _body = [];
        int register = 0;
        if (_function.ReturnSlot is { } result && !IsInRegisters(result.Type!))
            _byReference.Add(result, _function.ArgumentRegister(IrType.I64, MemType.I64, register++));
        List<(Instr Old, Instr New)> moved = [];
        for (int index = 0; index < _function.Parameters.Count; index++)
        {
            ParameterPassing parameter = _function.Parameters[index];
            if (parameter.Slot is not { } slot)
            {
                IrType type = IrTypes.Of(parameter.Type);
                Instr old = _function.Parameter(type, IrTypes.Memory(parameter.Type), index);
                moved.Add((old, Incoming(type, IrTypes.Memory(parameter.Type), register++)));
            }
            else if (!IsInRegisters(parameter.Type))
            {
                Instr pointer = _function.ArgumentRegister(IrType.I64, MemType.I64, register++);
                _byReference.Add(slot, pointer);
                if (slot.Told is { } variable)
                    _body.Add(DebugValues.New(_function, _block, new DebugBinding(variable.Part(0), pointer, IsAddress: true), null));
            }
            else
            {
                foreach (Chunk chunk in Chunks(parameter.Type))
                    chunk.Store(this, _function.Address(slot), _function.ArgumentRegister(chunk.Type, MemType.I64, register++));
            }
        }

        Renumber(moved);
        _function.Parameters.Clear();
        return _body;
    }

    private Instr Incoming(IrType type, MemType memory, int register)
    {
        if (!IrTypes.IsFloat(type)) return _function.ArgumentRegister(type, memory, register);
        IrType bits = type == IrType.F32 ? IrType.I32 : IrType.I64;
        return Emit(Op.FOfBits, type, _function.ArgumentRegister(bits, MemType.I64, register));
    }

    // Positions become registers: the old and the new ones share one kind of value, so all change at once.
    private void Renumber(List<(Instr Old, Instr New)> moved)
    {
        Dictionary<Instr, Instr> map = [];
        foreach ((Instr old, Instr made) in moved) map[old] = made;

        foreach (Block block in _function.Blocks)
        {
            foreach (Instr instr in block.Body)
            {
                for (int index = 0; index < instr.Args.Length; index++)
                {
                    if (map.TryGetValue(instr.Args[index], out Instr? made)) instr.Args[index] = made;
                }

                if (instr.Reference is DebugBinding { Resolved: { } bound } binding && map.TryGetValue(bound, out Instr? incoming))
                    instr.Reference = binding with { Value = incoming };
            }
        }
    }

    private void Lower(Instr instr, Slot? result)
    {
        switch (instr.Op)
        {
            case Op.Call when instr.Reference is CallTarget { IsLowered: false } target:
                LowerCall(instr, target);
                return;
            case Op.Return when result is not null:
                if (IsInRegisters(result.Type!))
                    instr.Args = [.. Chunks(result.Type!).Select(chunk => chunk.Load(this, _function.Address(result)))];
                break;
            case Op.Return when instr.Args.Length == 1 && IrTypes.IsFloat(instr.Args[0].Type):
                instr.Args = [Bits(instr.Args[0])];
                break;
        }

        _body.Add(instr);
    }

    private Instr Bits(Instr value) => Emit(Op.FBits, value.Type == IrType.F32 ? IrType.I32 : IrType.I64, value);

    private void LowerCall(Instr call, CallTarget target)
    {
        List<Instr> args = [];
        int next = 0;
        if (target.Symbol is null) args.Add(call.Args[next++]);
        bool isStruct = TypeLayout.IsStruct(target.ReturnType);
        Instr? destination = isStruct ? call.Args[next++] : null;
        bool isResultInRegisters = isStruct && IsInRegisters(target.ReturnType);
        if (isStruct && !isResultInRegisters) args.Add(destination!);
        foreach (Type type in target.ParameterTypes)
        {
            Instr value = call.Args[next++];
            if (!TypeLayout.IsStruct(type)) args.Add(IrTypes.IsFloat(value.Type) ? Bits(value) : value);
            else if (!IsInRegisters(type)) args.Add(value);
            else args.AddRange(Chunks(type).Select(chunk => chunk.Load(this, value)));
        }

        IrType register = call.Type switch { IrType.F32 => IrType.I32, IrType.F64 => IrType.I64, _ => call.Type };
        Chunk[] chunks = isResultInRegisters ? [.. Chunks(target.ReturnType)] : [];
        if (chunks.Length > 0) register = chunks[0].Type;
        Instr lowered = _function.New(Op.Call, register, [.. args]);
        lowered.Reference = target with { IsLowered = true };
        lowered.Memory = call.Memory;
        if (isStruct) lowered.Memory = MemType.I64;
        lowered.Place = call.Place;
        lowered.Block = _block;
        _body.Add(lowered);
        if (IrTypes.IsFloat(call.Type)) call.Replacement = Emit(Op.FOfBits, call.Type, lowered);
        else if (call.Type != IrType.Void) call.Replacement = lowered;
        Instr? second = chunks.Length > 1 ? Emit(Op.SecondResult, chunks[1].Type, lowered) : null;
        if (chunks.Length > 0) chunks[0].Store(this, destination!, lowered);
        if (second is not null) chunks[1].Store(this, destination!, second);
    }

    private void ReplaceReferences()
    {
        if (_byReference.Count == 0) return;
        foreach (Block block in _function.Blocks)
        {
            _block = block;
            _body = [];
            foreach (Instr instr in block.Body)
            {
                for (int index = 0; index < instr.Args.Length; index++)
                {
                    if (instr.Args[index] is not { Op: Op.SlotAddress, Reference: Slot slot } address) continue;
                    if (!_byReference.TryGetValue(slot, out Instr? pointer)) continue;
                    instr.Args[index] = instr.Op == Op.Phi || address.Immediate == 0
                        ? PhiOperand(pointer, address.Immediate, instr, index)
                        : Emit(Op.Add, IrType.I64, pointer, _function.Const(IrType.I64, address.Immediate));
                }

                _body.Add(instr);
            }

            block.Body = _body;
        }

        _function.Slots.RemoveAll(_byReference.ContainsKey);
    }

    private Instr PhiOperand(Instr pointer, long offset, Instr phi, int index)
    {
        if (offset == 0) return pointer;
        Block predecessor = phi.Block!.Predecessors[index];
        Instr moved = _function.New(Op.Add, IrType.I64, pointer, _function.Const(IrType.I64, offset));
        moved.Block = predecessor;
        List<Instr> body = predecessor == _block ? _body : predecessor.Body;
        if (predecessor == _block) throw new InternalFault("a block is its own predecessor with an address of a parameter");
        body.Insert(body.Count - 1, moved);
        return moved;
    }

    internal Instr Emit(Op op, IrType type, params Instr[] args)
    {
        Instr instr = _function.New(op, type, args);
        Instr simple = op == Op.SecondResult ? instr : Simplifier.Simplify(_function, instr);
        if (simple != instr) return simple;
        instr.Block = _block;
        _body.Add(instr);
        return instr;
    }

    private Instr Access(Op op, IrType type, MemType memory, long offset, params Instr[] args)
    {
        Instr access = _function.New(op, type, args);
        access.Memory = memory;
        access.Immediate = offset;
        access.Block = _block;
        Simplifier.Simplify(_function, access);
        _body.Add(access);
        return access;
    }

    /// <summary>The words of a struct that travels in registers.</summary>
    private static IEnumerable<Chunk> Chunks(Type type)
    {
        TypeLayout layout = TypeLayout.Of(type);
        for (int offset = 0; offset < layout.SizeBytes; offset += 8)
        {
            List<ScalarField> scalars = [.. layout.Scalars.Where(scalar => scalar.Offset >= offset && scalar.Offset < offset + 8)];
            int end = offset;
            // A field of a packed struct may lie in two words.
            bool isPlain = !layout.IsOpaque && !layout.Scalars.Any(scalar => scalar.Offset < offset && scalar.Offset + scalar.SizeBytes > offset);
            foreach (ScalarField scalar in scalars)
            {
                isPlain &= scalar.Offset >= end && scalar.Offset + scalar.SizeBytes <= offset + 8;
                end = scalar.Offset + scalar.SizeBytes;
            }

            if (!isPlain)
            {
                Type piece = Math.Min(layout.Alignment, 8) switch { 1 => typeof(byte), 2 => typeof(ushort), 4 => typeof(uint), _ => typeof(ulong) };
                int size = TypeLayout.Of(piece).SizeBytes;
                scalars.Clear();
                for (int place = offset; place < Math.Min(offset + 8, layout.SizeBytes); place += size)
                    scalars.Add(new ScalarField(place, piece, size));
            }

            yield return new Chunk(offset, scalars);
        }
    }

    private sealed record Chunk(int Offset, List<ScalarField> Scalars)
    {
        private bool IsSingle => Scalars.Count == 1 && Scalars[0].Offset == Offset && !IrTypes.IsFloat(IrTypes.Of(Scalars[0].Type));

        public IrType Type => IsSingle ? IrTypes.Of(Scalars[0].Type) : IrType.I64;

        public Instr Load(CallingConvention convention, Instr address)
        {
            Function function = convention._function;
            if (IsSingle) return convention.Access(Op.Load, Type, IrTypes.Memory(Scalars[0].Type), Offset, address);
            Instr word = function.Const(IrType.I64, 0);
            foreach (ScalarField scalar in Scalars)
            {
                IrType type = IrTypes.Of(scalar.Type);
                Instr value = convention.Access(Op.Load, type, Unsigned(scalar), scalar.Offset, address);
                if (IrTypes.IsFloat(type)) value = convention.Bits(value);
                if (value.Type == IrType.I32) value = convention.Emit(Op.ZeroExtend32, IrType.I64, value);
                value = convention.Emit(Op.Shl, IrType.I64, value, function.Const(IrType.I32, 8 * (scalar.Offset - Offset)));
                word = convention.Emit(Op.Or, IrType.I64, word, value);
            }

            return word;
        }

        public void Store(CallingConvention convention, Instr address, Instr word)
        {
            Function function = convention._function;
            foreach (ScalarField scalar in Scalars)
            {
                Instr value = word;
                IrType type = IrTypes.Of(scalar.Type);
                if (!IsSingle)
                {
                    value = convention.Emit(Op.ShrUnsigned, IrType.I64, word, function.Const(IrType.I32, 8 * (scalar.Offset - Offset)));
                    if (scalar.SizeBytes <= 4) value = convention.Emit(Op.Truncate, IrType.I32, value);
                    if (IrTypes.IsFloat(type)) value = convention.Emit(Op.FOfBits, type, value);
                }

                convention.Access(Op.Store, IrType.Void, IrTypes.Memory(scalar.Type), scalar.Offset, address, value);
            }
        }

        // Bits above a narrow scalar must be clear before the words are put together.
        private static MemType Unsigned(ScalarField scalar) => IrTypes.Memory(scalar.Type) switch
        {
            MemType.I8 => MemType.U8,
            MemType.I16 => MemType.U16,
            MemType other => other,
        };
    }
}
