using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>Types of the intermediate representation for C# types.</summary>
internal static class IrTypes
{
    /// <summary>Register type of a scalar.</summary>
    public static IrType Of(Type type)
    {
        if (type.IsEnum) type = Enum.GetUnderlyingType(type);
        if (type == typeof(void)) return IrType.Void;
        return !type.IsPrimitive ? IrType.I64 : Type.GetTypeCode(type) switch
        {
            TypeCode.Single => IrType.F32,
            TypeCode.Double => IrType.F64,
            TypeCode.Int64 or TypeCode.UInt64 => IrType.I64,
            TypeCode.Object => IrType.I64,
            _ => IrType.I32,
        };
    }

    /// <summary>How a scalar lies in memory.</summary>
    public static MemType Memory(Type type)
    {
        if (type.IsEnum) type = Enum.GetUnderlyingType(type);
        return !type.IsPrimitive ? MemType.I64 : Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean or TypeCode.Byte => MemType.U8,
            TypeCode.SByte => MemType.I8,
            TypeCode.Char or TypeCode.UInt16 => MemType.U16,
            TypeCode.Int16 => MemType.I16,
            TypeCode.Int32 or TypeCode.UInt32 => MemType.I32,
            TypeCode.Single => MemType.F32,
            TypeCode.Double => MemType.F64,
            _ => MemType.I64,
        };
    }

    /// <summary>Bytes of a memory access.</summary>
    public static int SizeBytes(MemType memory) => memory switch
    {
        MemType.I8 or MemType.U8 => 1,
        MemType.I16 or MemType.U16 => 2,
        MemType.I32 or MemType.U32 or MemType.F32 => 4,
        _ => 8,
    };

    /// <summary>True for float and double.</summary>
    public static bool IsFloat(IrType type) => type is IrType.F32 or IrType.F64;
}

/// <summary>The evaluation stack, and emission of single operations.</summary>
internal sealed partial class Importer
{
    private void Push(Instr value, Type type) => _stack.Add(new Entry(value, type));

    private void PushInt(long value) => Push(_function.Const(IrType.I32, value), typeof(int));

    private void PushBool(Instr value) => Push(value, typeof(bool));

    private Entry Pop()
    {
        Entry entry = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return entry;
    }

    /// <summary>Pops a real value; a boxed object, type or exception object has none.</summary>
    private Instr PopValue()
    {
        Entry entry = Pop();
        RefusePseudo(entry);
        return entry.Value;
    }

    /// <summary>Pops an address or native integer.</summary>
    private Instr PopAddress()
    {
        Instr value = PopValue();
        return value.Type == IrType.I32 ? Emit(Op.SignExtend32, IrType.I64, value) : value;
    }

    private static void RefusePseudo(Entry entry)
    {
        if (entry.Value.Op != Op.Pseudo) return;
        throw entry.Value.Reference switch
        {
            Type type => Refusal.Reflection($"typeof({SymbolNames.Of(type)}) as a value"),
            ExceptionValue exception => Refusal.Allocation(exception.Type),
            BoxedValue boxed => Refusal.Boxing(boxed.Type, boxed.Point),
            ComparerValue comparer => Refusal.Comparer(comparer.Type),
            _ => Refusal.Instruction("This use of metadata"),
        };
    }

    private void PushPseudo(object reference, Type type) => Push(_function.Floating(Op.Pseudo, IrType.I64, 0, reference), type);

    /// <summary>Appends an operation, simplified; gives its value.</summary>
    private Instr Emit(Op op, IrType type, params Instr[] args)
    {
        Instr instr = _function.New(op, type, args);
        Instr simple = Simplifier.Simplify(_function, instr);
        if (simple != instr) return simple;
        return Append(instr);
    }

    private Instr Append(Instr instr)
    {
        instr.Place ??= CurrentPlace();
        instr.Block = _block;
        _block.Body.Add(instr);
        return instr;
    }

    private Instr EmitLoad(Instr address, long offset, IrType type, MemType memory, bool isVolatile)
    {
        if (IrTypes.IsFloat(type)) RequireFloat();
        Instr load = _function.New(Op.Load, type, address);
        load.Immediate = offset;
        load.Memory = memory;
        load.IsVolatile = isVolatile;
        load.IsUnaligned = (_isUnaligned || _misplaced.Contains(address)) && IrTypes.SizeBytes(memory) > 1;
        Simplifier.Simplify(_function, load);
        return Append(load);
    }

    private void EmitStore(Instr address, long offset, Instr value, MemType memory, bool isVolatile)
    {
        Instr store = _function.New(Op.Store, IrType.Void, address, value);
        store.Immediate = offset;
        store.Memory = memory;
        store.IsVolatile = isVolatile;
        store.IsUnaligned = (_isUnaligned || _misplaced.Contains(address)) && IrTypes.SizeBytes(memory) > 1;
        Simplifier.Simplify(_function, store);
        Append(store);
    }

    private Instr Load(Instr address, long offset, Type type, IrType register) =>
        EmitLoad(address, offset, register, IrTypes.Memory(type), _isVolatile);

    private void Store(Instr address, long offset, Instr value, Type type)
    {
        if (IrTypes.Of(type) == IrType.I64 && value.Type == IrType.I32) value = Emit(Op.SignExtend32, IrType.I64, value);
        EmitStore(address, offset, value, IrTypes.Memory(type), _isVolatile);
    }

    /// <summary>Pushes what lies at an address.</summary>
    private void PushLoaded(Instr address, long offset, Type type)
    {
        if (TypeLayout.IsStruct(type)) _stack.Add(CopyToTemporary(Offset(address, offset), type));
        else Push(Load(address, offset, type, IrTypes.Of(type)), type);
    }

    /// <summary>Stores a popped value of the type.</summary>
    private void StorePopped(Instr address, long offset, Entry entry, Type type)
    {
        RefusePseudo(entry);
        if (TypeLayout.IsStruct(type)) Copy(Offset(address, offset), entry.Value, type);
        else Store(address, offset, entry.Value, type);
    }

    private Instr Offset(Instr address, long offset) =>
        offset == 0 ? address : Emit(Op.Add, IrType.I64, address, _function.Const(IrType.I64, offset));

    private Entry CopyToTemporary(Instr address, Type type)
    {
        Instr temporary = _function.Address(_function.NewSlot(type));
        Copy(temporary, address, type);
        return new Entry(temporary, type);
    }

    private void Copy(Instr destination, Instr source, Type type)
    {
        if (destination == source) return;
        TypeLayout layout = TypeLayout.Of(type);
        Instr copy = _function.New(Op.MemoryCopy, IrType.Void, destination, source);
        copy.Immediate = layout.SizeBytes;
        copy.Memory = Chunk(_isUnaligned || _misplaced.Contains(destination) || _misplaced.Contains(source) ? 1 : layout.Alignment);
        Append(copy);
    }

    private void Zero(Instr destination, Type type)
    {
        TypeLayout layout = TypeLayout.Of(type);
        Zero(destination, layout.SizeBytes, layout.Alignment);
    }

    private void Zero(Instr destination, int sizeBytes, int alignment)
    {
        Instr zero = _function.New(Op.MemoryZero, IrType.Void, destination);
        zero.Immediate = sizeBytes;
        zero.Memory = Chunk(_misplaced.Contains(destination) ? 1 : alignment);
        Append(zero);
    }

    private static MemType Chunk(int alignment) => alignment switch
    {
        1 => MemType.I8,
        2 => MemType.I16,
        4 => MemType.I32,
        _ => MemType.I64,
    };

    /// <summary>Goes on only where the condition holds; otherwise the program panics.</summary>
    private void Check(Instr condition, string message)
    {
        if (condition.Is(1)) return;
        Block failed = _function.NewBlock();
        Block passed = _function.NewBlock();
        Append(_function.New(Op.Branch, IrType.Void, condition));
        _block.AddSuccessor(passed);
        _block.AddSuccessor(failed);
        _block = failed;
        Panic(message);
        _isReachable = true;
        _block = passed;
    }

    private void Panic(string message)
    {
        Instr panic = _function.New(Op.Panic, IrType.Void);
        panic.Reference = new PanicReason(message);
        Append(panic);
        _isReachable = false;
    }

    private void RequireFloat()
    {
        if (!_unit.Options.FloatingPoint) throw Refusal.FloatingPoint();
    }
}

/// <summary>An exception object that only a <c>throw</c> may use.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Message">Text for the panic handler.</param>
internal sealed record ExceptionValue(Type Type, string Message);

/// <summary>A boxed struct that only a test or an unboxing may use.</summary>
/// <param name="Type">The value's type.</param>
/// <param name="Value">The value, or the address of the struct.</param>
/// <param name="Point">Where it is boxed, if that is the kernel's own source.</param>
internal sealed record BoxedValue(Type Type, Instr Value, SourcePoint? Point);
