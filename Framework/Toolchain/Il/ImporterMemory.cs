using System.Reflection;
using System.Reflection.Metadata;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>Loads, stores, fields, arrays and blocks of memory.</summary>
internal sealed partial class Importer
{
    /// <summary>Offset of the length in arrays and strings, behind the word that the CLR keeps for the type.</summary>
    public const int LengthOffset = 8;

    /// <summary>Offset of the first character of a string.</summary>
    public const int StringOffset = 12;

    /// <summary>Offset of the first element of an array.</summary>
    public const int ArrayOffset = 16;

    private bool ImportMemory(IlOp code)
    {
        switch (code)
        {
            case >= IlOp.LdindI1 and <= IlOp.LdindRef:
                PushLoaded(PopAddress(), 0, IndirectType(code - IlOp.LdindI1));
                return true;
            case >= IlOp.StindRef and <= IlOp.StindR8 or IlOp.StindI:
                Entry stored = Pop();
                StorePopped(PopAddress(), 0, stored, StoredType(code));
                return true;
            case IlOp.Ldobj:
                PushLoaded(PopAddress(), 0, ResolveType());
                return true;
            case IlOp.Stobj:
                Entry value = Pop();
                StorePopped(PopAddress(), 0, value, ResolveType());
                return true;
            case IlOp.Cpobj:
                Instr source = PopAddress();
                Instr destination = PopAddress();
                PushLoaded(source, 0, ResolveType());
                StorePopped(destination, 0, Pop(), ResolveType());
                return true;
            case IlOp.Initobj:
                ZeroType(PopAddress(), ResolveType());
                return true;
            case IlOp.Sizeof:
                PushInt(TypeLayout.Of(ResolveType()).SizeBytes);
                return true;
            case IlOp.Ldfld or IlOp.Ldflda or IlOp.Stfld:
                ImportField(code, ResolveField());
                return true;
            case IlOp.Ldsfld or IlOp.Ldsflda or IlOp.Stsfld:
                ImportStaticField(code, ResolveField());
                return true;
            case IlOp.Ldtoken:
                ImportToken();
                return true;
            case IlOp.Ldftn:
                MethodBase target = ResolveMethod();
                Push(_function.Symbol(_unit.AddressTaken(target, CurrentPlace())), typeof(nint));
                return true;
            case IlOp.Ldstr:
                string text = Module.ResolveString((int)_current.Operand);
                Push(_function.Symbol(_unit.Data.String(text)), typeof(string));
                return true;
            case IlOp.Localloc:
                ImportStackAllocation();
                return true;
            case IlOp.Cpblk or IlOp.Initblk:
                ImportBlockOperation(code);
                return true;
            case IlOp.Ldlen:
                Instr array = PopAddress();
                Push(LengthOf(array), typeof(int));
                return true;
            case IlOp.Ldelema:
                Type element = ResolveType();
                Push(ElementAddress(element), AddressType(element));
                return true;
            case IlOp.Ldelem:
                Type loaded = ResolveType();
                PushLoaded(ElementAddress(loaded), 0, loaded);
                return true;
            case >= IlOp.LdelemI1 and <= IlOp.LdelemRef:
                Type narrow = IndirectType(code - IlOp.LdelemI1);
                PushLoaded(ElementAddress(narrow), 0, narrow);
                return true;
            case IlOp.Stelem or (>= IlOp.StelemI and <= IlOp.StelemRef):
                Type type = code == IlOp.Stelem ? ResolveType() : ElementType(code);
                Entry item = Pop();
                StorePopped(ElementAddress(type), 0, item, type);
                return true;
            case IlOp.Newarr when IsTextMethod:
                Panic(TooLong);
                return true;
            case IlOp.Newarr:
                throw Refusal.Array(ResolveType());
            case IlOp.Box:
                ImportBox(ResolveType());
                return true;
            case IlOp.Unbox or IlOp.UnboxAny:
                ImportUnbox(code, ResolveType());
                return true;
            case IlOp.Isinst:
                ImportTypeTest(ResolveType());
                return true;
            case IlOp.Castclass:
                ImportCast(ResolveType());
                return true;
            default:
                return false;
        }
    }

    private static Type IndirectType(int index) => index switch
    {
        0 => typeof(sbyte),
        1 => typeof(byte),
        2 => typeof(short),
        3 => typeof(ushort),
        4 => typeof(int),
        5 => typeof(uint),
        6 => typeof(long),
        7 => typeof(nint),
        8 => typeof(float),
        9 => typeof(double),
        _ => typeof(object),
    };

    private static Type StoredType(IlOp code) => code switch
    {
        IlOp.StindI1 => typeof(sbyte),
        IlOp.StindI2 => typeof(short),
        IlOp.StindI4 => typeof(int),
        IlOp.StindI8 => typeof(long),
        IlOp.StindR4 => typeof(float),
        IlOp.StindR8 => typeof(double),
        _ => typeof(nint),
    };

    private static Type ElementType(IlOp code) => code switch
    {
        IlOp.StelemI1 => typeof(sbyte),
        IlOp.StelemI2 => typeof(short),
        IlOp.StelemI4 => typeof(int),
        IlOp.StelemI8 => typeof(long),
        IlOp.StelemR4 => typeof(float),
        IlOp.StelemR8 => typeof(double),
        _ => typeof(nint),
    };

    private void ZeroType(Instr address, Type type)
    {
        if (TypeLayout.IsStruct(type)) Zero(address, type);
        else if (IrTypes.IsFloat(IrTypes.Of(type))) Zero(address, TypeLayout.Of(type).SizeBytes, TypeLayout.Of(type).SizeBytes);
        else Store(address, 0, _function.Const(IrTypes.Of(type), 0), type);
    }

    private void ImportField(IlOp code, FieldInfo field)
    {
        Entry? value = code == IlOp.Stfld ? Pop() : null;
        if (field.IsStatic)
        {
            Pop();
            if (value is not null) _stack.Add(value);
            ImportStaticField(code == IlOp.Ldfld ? IlOp.Ldsfld : code == IlOp.Ldflda ? IlOp.Ldsflda : IlOp.Stsfld, field);
            return;
        }

        Entry instance = Pop();
        RefusePseudo(instance);
        if (code == IlOp.Ldfld && TryInvariantField(field)) return;

        Instr address = instance.Value;
        if (address.Type == IrType.I32) address = Emit(Op.SignExtend32, IrType.I64, address);
        int offset = FieldOffset(field);
        bool isMisplaced = _misplaced.Contains(instance.Value) || IsMisplaced(field, offset);
        _isUnaligned |= isMisplaced;
        switch (code)
        {
            case IlOp.Ldflda:
                Instr part = Offset(address, offset);
                Push(part, AddressType(field.FieldType));
                if (isMisplaced) _misplaced.Add(part);
                break;
            case IlOp.Stfld:
                StorePopped(address, offset, value!, field.FieldType);
                break;
            default:
                if (field.DeclaringType == typeof(string) && offset == LengthOffset)
                {
                    Push(LengthOf(address), typeof(int));
                    break;
                }

                PushLoaded(address, offset, field.FieldType);
                if (IsLength(field))
                {
                    Entry loaded = Pop();
                    Push(Emit(Op.NonNegative, IrType.I32, loaded.Value), typeof(int));
                }

                break;
        }
    }

    // Packed and explicit layouts may put a field where its type cannot lie.
    private static bool IsMisplaced(FieldInfo field, int offset)
    {
        if (field.DeclaringType is not { IsValueType: true } owner) return false;
        int alignment = TypeLayout.Of(field.FieldType).Alignment;
        return TypeLayout.Of(owner).Alignment < alignment || offset % alignment != 0;
    }

    // The invariant of spans and strings that bounds checks are measured against.
    private static bool IsLength(FieldInfo field) =>
        field.Name is "_length" or "_stringLength" && field.DeclaringType is { } type &&
        (type == typeof(string) ||
         (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Span<>) || type.GetGenericTypeDefinition() == typeof(ReadOnlySpan<>))));

    private static int FieldOffset(FieldInfo field)
    {
        Type owner = field.DeclaringType!;
        if (owner.IsValueType) return TypeLayout.Of(owner).OffsetOf(field);
        if (owner == typeof(string)) return field.Name == "_firstChar" ? StringOffset : LengthOffset;
        if (owner.Name == "RawArrayData") return field.Name == "Data" ? ArrayOffset : LengthOffset;
        throw IsClosure(owner) ? Refusal.Closure() : Refusal.ObjectField(owner);
    }

    private void ImportStaticField(IlOp code, FieldInfo field)
    {
        if (code == IlOp.Ldsfld && field.FieldType == typeof(System.Globalization.TextInfo) && field.Name == "Invariant")
        {
            PushInvariant(field.FieldType);
            return;
        }

        string symbol = _unit.Data.StaticField(field);
        Instr address = _function.Symbol(symbol);
        switch (code)
        {
            case IlOp.Ldsflda:
                Push(address, AddressType(field.FieldType));
                break;
            case IlOp.Stsfld:
                StorePopped(address, 0, Pop(), field.FieldType);
                break;
            default:
                if (!_isVolatile && _unit.Data.ConstantOf(field) is { } constant && !TypeLayout.IsStruct(field.FieldType) &&
                    !IrTypes.IsFloat(IrTypes.Of(field.FieldType)))
                    Push(_function.Const(IrTypes.Of(field.FieldType), constant), field.FieldType);
                else if (_unit.Data.ReferenceOf(field) is { } target)
                    Push(_function.Symbol(target), field.FieldType);
                else
                    PushLoaded(address, 0, field.FieldType);
                break;
        }
    }

    private void ImportToken()
    {
        MemberInfo member = Module.ResolveMember((int)_current.Operand, _typeArguments, _methodArguments)!;
        PushPseudo(member, typeof(RuntimeTypeHandle));
    }

    /// <summary>The length of an array or string: a constant where the object itself is one.</summary>
    private Instr LengthOf(Instr instance)
    {
        if (instance is { Op: Op.SymbolAddress, Immediate: 0, Reference: string symbol } && _unit.Data.LengthOf(symbol) is { } known)
            return _function.Const(IrType.I32, known);
        CheckNotNull(instance);
        return Emit(Op.NonNegative, IrType.I32, EmitLoad(instance, LengthOffset, IrType.I32, MemType.I32, false));
    }

    // A method's own instance has been looked at by its caller. Pointers are not looked at: C# leaves it open what a null
    // one does, and the board traps.
    private void CheckNotNull(Instr instance)
    {
        bool isThis = !_method.IsStatic && instance.Op == Op.Load && instance.Immediate == 0 && instance.Args[0] == _function.Address(_arguments[0].Slot);
        if (instance.Op == Op.SymbolAddress || isThis) return;
        Check(Emit(Op.Ne, IrType.I32, instance, _function.Const(IrType.I64, 0)), "null reference");
    }

    private Instr ElementAddress(Type element)
    {
        Instr index = PopValue();
        Instr array = PopAddress();
        Instr length = LengthOf(array);
        if (index.Type == IrType.I64) length = Emit(Op.SignExtend32, IrType.I64, length);
        Check(Emit(Op.LtUnsigned, IrType.I32, index, length), "index out of range");
        return Scaled(Offset(array, ArrayOffset), Wide(index, Op.ZeroExtend32), TypeLayout.Of(element).SizeBytes);
    }

    private Instr Scaled(Instr address, Instr index, int sizeBytes) =>
        Emit(Op.Add, IrType.I64, address, Emit(Op.Mul, IrType.I64, index, _function.Const(IrType.I64, sizeBytes)));

    private void ImportStackAllocation()
    {
        Instr size = PopValue();
        if (!size.IsConst) throw Refusal.StackAllocation("has a size that is not a constant");
        if (size.Immediate is < 0 or > 1 << 20) throw Refusal.StackAllocation("is larger than a megabyte");
        if (ComesBack()) throw Refusal.StackAllocation("stands in a loop and takes more at each round");
        int bytes = TextBufferBytes((int)size.Immediate);
        Slot slot = _function.NewSlot(Math.Max(bytes, 1), 16, null);
        Instr address = _function.Address(slot);
        if (_body.InitLocals && bytes > 0) Zero(address, bytes, 8);
        Push(address, typeof(nint));
    }

    // A size that is computed is kept in a variable first: C# does so for a span's length. In the kernel's code, it is its
    // statement's own variable.
    private Instr KnownSize(Instr size)
    {
        if (size is not { Op: Op.Load, Immediate: 0 }) return size;
        for (int index = _block.Body.Count - 1; index >= 0; index--)
        {
            Instr before = _block.Body[index];
            if (before is { Op: Op.Store, Immediate: 0 } && before.Args[0] == size.Args[0])
            {
                bool isOwn = !Compilation.IsKernelCode(_method) || before.Place?.Point == CurrentPlace().Point;
                return isOwn && before.Args[1].IsConst ? before.Args[1] : size;
            }

            if (before.Op is not (Op.Load or Op.ZeroExtend32 or Op.SignExtend32)) return size;
        }

        return size;
    }

    /// <summary>True if the current instruction can be reached again from itself.</summary>
    private bool ComesBack()
    {
        HashSet<int> seen = [];
        Stack<int> work = new([_current.NextOffset]);
        while (work.TryPop(out int offset))
        {
            if (offset == _current.Offset) return true;
            if (!seen.Add(offset) || !_indexOf.TryGetValue(offset, out int index)) continue;
            IlInstruction instruction = _code[index];
            foreach (int target in instruction.Targets ?? (IsBranch(instruction.Code) ? [(int)instruction.Operand] : [])) work.Push(target);
            if (!EndsFlow(instruction.Code)) work.Push(instruction.NextOffset);
        }

        return false;
    }

    private void ImportBlockOperation(IlOp code)
    {
        Instr size = PopValue();
        Instr source = PopValue();
        Instr destination = PopAddress();
        if (code == IlOp.Cpblk) EmitCopyBlock(destination, source, size);
        else EmitFillBlock(destination, source, size);
    }

    private void ImportBox(Type type)
    {
        if (!type.IsValueType) return;
        Entry entry = Pop();
        RefusePseudo(entry);
        PushPseudo(new BoxedValue(type, entry.Value, CurrentPlace().Nearest), typeof(object));
    }

    private void ImportUnbox(IlOp code, Type type)
    {
        Entry entry = Pop();
        if (IsOwnStruct(entry, type) && code == IlOp.UnboxAny)
        {
            PushLoaded(entry.Value, 0, type);
            return;
        }

        if (entry.Value is not { Op: Op.Pseudo, Reference: BoxedValue boxed } || boxed.Type != type || code == IlOp.Unbox)
        {
            throw entry.Value.Op == Op.Pseudo ? Refusal.Boxing(type) : Refusal.TypeTest(type);
        }

        RefuseKeptBox(boxed);
        Push(boxed.Value, type);
    }

    // In a default method of an interface, this is the struct that it was called on, which the CLR has boxed.
    private bool IsOwnStruct(Entry entry, Type type) => _function.Key.Self == type && entry.Type.IsByRef && entry.Type.GetElementType() == type;

    // A variable that holds a box may be no variable any more once the code is optimised: C# still says object.
    private void RefuseKeptBox(BoxedValue boxed)
    {
        if (boxed.Point is { } point && CurrentPlace().Point is { } here && here != point) throw Refusal.Boxing(boxed.Type, point);
    }

    // The base library casts a boxed value to an interface after it has asked for it, and calls it.
    private void ImportCast(Type type)
    {
        if (_stack[^1] is var top && _function.Key.Self is { } self && IsOwnStruct(top, self) && type.IsAssignableFrom(self)) return;
        bool isKnown = _stack[^1].Value is { Op: Op.Pseudo, Reference: BoxedValue boxed } && type.IsAssignableFrom(boxed.Type);
        if (!isKnown || Compilation.IsKernelCode(_method)) throw Refusal.TypeTest(type);
    }

    // C# asks that a struct with operators overrides Equals(object): no box is ever given to it, so that nothing is its equal.
    private bool IsEqualsOf(Type type) =>
        type.IsValueType && type == _method.DeclaringType && _method is { Name: "Equals", IsStatic: false, IsVirtual: true } && _method.GetParameters() is [{ ParameterType: var parameter }] && parameter == typeof(object);

    private void ImportTypeTest(Type type)
    {
        Entry entry = Pop();
        bool isOtherThanText = entry.Type == typeof(string) && !type.IsAssignableFrom(typeof(string)) && !Compilation.IsKernelCode(_method);
        if (isOtherThanText || (entry.Value.Op != Op.Pseudo && IsEqualsOf(type)))
        {
            Push(_function.Const(IrType.I64, 0), typeof(object));
            return;
        }

        if (entry.Value is not { Op: Op.Pseudo, Reference: BoxedValue boxed }) throw Refusal.TypeTest(type);
        if (type.IsAssignableFrom(boxed.Type)) _stack.Add(entry);
        else Push(_function.Const(IrType.I64, 0), typeof(object));
    }
}
