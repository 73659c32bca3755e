using System.Reflection;
using System.Runtime.CompilerServices;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>
/// Methods that the compiler expands itself: those whose IL is a call of themselves (the CLR's own intrinsics), those
/// that need an instruction of the machine, and those that ask about types.
/// </summary>
internal sealed partial class Importer
{
    private bool TryIntrinsic(MethodBase method)
    {
        Type owner = method.DeclaringType!;
        string type = (owner.IsGenericType ? owner.GetGenericTypeDefinition() : owner).FullName ?? owner.Name;
        switch (type)
        {
            case "System.Runtime.CompilerServices.Unsafe":
                return UnsafeIntrinsic((MethodInfo)method);
            case "System.Runtime.CompilerServices.RuntimeHelpers":
                return RuntimeIntrinsic((MethodInfo)method);
            case "System.Threading.Interlocked" or "System.Threading.Volatile" or "System.Threading.Thread":
                return AtomicIntrinsic((MethodInfo)method);
            case "System.Numerics.BitOperations":
                return BitIntrinsic(method.Name, method.GetParameters());
            case "System.Math" or "System.MathF":
                return MathIntrinsic((MethodInfo)method);
            case "System.Double" or "System.Single" when method.Name == "MultiplyAddEstimate":
                return FloatIntrinsic((MethodInfo)method);
            case "System.Buffers.Binary.BinaryPrimitives" when method.Name == "ReverseEndianness":
                return ReverseIntrinsic(method.GetParameters()[0].ParameterType);
            case "System.Type":
                return TypeIntrinsic(method);
            case "System.Object" when method is ConstructorInfo:
                Pop();
                return true;
            case "System.String" when method.Name == "get_Chars":
                StringElement();
                return true;
            case "System.String" when method.Name == "get_Length":
                Push(LengthOf(PopAddress()), typeof(int));
                return true;
            case "System.Enum" when method.Name == "HasFlag":
                return HasFlagIntrinsic();
            case "System.Activator" when method is MethodInfo { IsGenericMethod: true } create:
                return ActivatorIntrinsic(create.GetGenericArguments()[0]);
            case "System.Collections.Generic.EqualityComparer`1" or "System.Collections.Generic.Comparer`1":
                return ComparerIntrinsic(method, owner);
            case "System.Collections.Generic.ArraySortHelper`1" or "System.Collections.Generic.ArraySortHelper`2" or "System.Collections.Generic.IArraySortHelper`1" or "System.Collections.Generic.IArraySortHelper`2":
                return SortIntrinsic(method, owner);
            case "System.Array" when method.Name == "Empty":
                Push(_function.Symbol(_unit.Data.Frozen(method.Invoke(null, null)!)), ((MethodInfo)method).ReturnType);
                return true;
            case "System.Array" when method.Name is "Clear" or "Copy":
                return ArrayIntrinsic(method);
            case "System.Buffers.SearchValues`1":
                return SearchIntrinsic((MethodInfo)method, owner.GetGenericArguments()[0]);
            case "System.MemoryExtensions" when method.Name == "SplitCore":
                CallTextRoutine(nameof(TextRoutines.Split));
                return true;
            case "System.Runtime.InteropServices.MemoryMarshal" when method.Name == "GetArrayDataReference":
                Push(Offset(PopAddress(), ArrayOffset), typeof(nint));
                return true;
            case "System.SpanHelpers" or "System.Buffer":
                return BlockIntrinsic((MethodInfo)method);
            case "System.Diagnostics.Debug" when method is MethodInfo { IsStatic: true, ReturnType: { } none } && none == typeof(void):
                for (int count = method.GetParameters().Length; count > 0; count--) Pop();
                return true;
            case "System.Globalization.NumberFormatInfo" or "System.Globalization.CultureInfo":
                return CultureIntrinsic(method);
            case "System.Globalization.GlobalizationMode" when method.Name == "get_Invariant":
                PushBool(_function.Const(IrType.I32, 1));
                return true;
            case "System.Collections.Generic.ValueListBuilder`1":
                return TextBuilderIntrinsic(method);
            case "System.Text.Encoding" or "System.Text.UTF8Encoding+UTF8EncodingSealed" or "System.Number" or "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler":
                return TextIntrinsic(method);
            case "Verification.Toolchain.PanicRoutines":
                return PanicIntrinsic(method);
            case "System.GC" when method.Name == "KeepAlive":
                Pop();
                return true;
        }

        if (type.StartsWith("Verification.Intrinsics.", StringComparison.Ordinal)) return MachineIntrinsic(method, type);
        if (method.Name is "get_IsSupported" or "get_IsHardwareAccelerated" &&
            (type.StartsWith("System.Runtime.Intrinsics", StringComparison.Ordinal) || type.StartsWith("System.Numerics", StringComparison.Ordinal)))
        {
            PushBool(_function.Const(IrType.I32, method.Name == "get_IsSupported" && IsVectorOfNumbers(owner) ? 1 : 0));
            return true;
        }

        return false;
    }

    // Not a question to the machine: whether there are such vectors, which the base library's own code computes number by number.
    private static bool IsVectorOfNumbers(Type type) =>
        type is { IsGenericType: true, Namespace: "System.Runtime.Intrinsics" } && type.GetGenericArguments() is [{ IsPrimitive: true } element] && element != typeof(bool) && element != typeof(char);

    private bool PanicIntrinsic(MethodBase method)
    {
        switch (method.Name)
        {
            case "Calls":
                Push(_function.Symbol(Codegen.PanicCalls.Symbol), typeof(nint));
                return true;
            case "CallCount":
                Push(EmitLoad(_function.Symbol(Codegen.PanicCalls.CountSymbol), 0, IrType.I64, MemType.I64, false), typeof(long));
                return true;
            case "Handle":
                string handler = _unit.PanicSymbol!;
                FinishCall(new CallTarget(_unit.KeyOf(handler), handler, typeof(void), [typeof(nint)]) { IsNoReturn = true }, []);
                return true;
            default:
                return false;
        }
    }

    private bool TryNewIntrinsic(MethodBase constructor, Type type)
    {
        // IntPtr and its like: the value itself.
        if (!type.IsPrimitive || constructor.GetParameters().Length != 1) return false;
        Entry entry = Pop();
        RefusePseudo(entry);
        Instr value = entry.Value;
        if (value.Type == IrType.I32)
            value = Emit(type == typeof(nuint) ? Op.ZeroExtend32 : Op.SignExtend32, IrType.I64, value);
        Push(value, type);
        return true;
    }

    private bool RuntimeIntrinsic(MethodInfo method)
    {
        switch (method.Name)
        {
            case "IsReferenceOrContainsReferences":
                PushBool(_function.Const(IrType.I32, HoldsReferences(method.GetGenericArguments()[0]) ? 1 : 0));
                return true;
            case "IsBitwiseEquatable":
                Type element = method.GetGenericArguments()[0];
                PushBool(_function.Const(IrType.I32, (element.IsPrimitive && !IrTypes.IsFloat(IrTypes.Of(element))) || element.IsEnum ? 1 : 0));
                return true;
            case "IsKnownConstant":
                Pop();
                PushBool(_function.Const(IrType.I32, 0));
                return true;
            case "CreateSpan":
                CreateSpan(method.ReturnType, method.GetGenericArguments()[0]);
                return true;
            case "EnsureSufficientExecutionStack":
                return true;
            case "InitializeArray":
                throw Refusal.Array(typeof(byte));
            default:
                return false;
        }
    }

    private static bool HoldsReferences(Type type) =>
        !type.IsPointer && !type.IsFunctionPointer && (!type.IsValueType || (TypeLayout.IsStruct(type) &&
            TypeLayout.Of(type).Fields.Any(field => !field.FieldType.IsByRef && HoldsReferences(field.FieldType))));

    /// <summary>A table literal: the span lies over read-only data.</summary>
    private void CreateSpan(Type spanType, Type element)
    {
        FieldInfo field = (FieldInfo)Pop().Value.Reference!;
        int elementSize = TypeLayout.Of(element).SizeBytes;
        (string symbol, int sizeBytes) = _unit.Data.RawField(field, elementSize);
        Instr span = _function.Address(_function.NewSlot(spanType));
        EmitStore(span, 0, _function.Symbol(symbol), MemType.I64, false);
        EmitStore(span, 8, _function.Const(IrType.I32, sizeBytes / elementSize), MemType.I32, false);
        _stack.Add(new Entry(span, spanType));
    }

    private bool TypeIntrinsic(MethodBase method)
    {
        switch (method.Name)
        {
            case "GetTypeFromHandle":
                return true;
            case "op_Equality" or "op_Inequality":
                Entry right = Pop();
                Entry left = Pop();
                Relation relation = method.Name == "op_Equality" ? Relation.Equal : Relation.NotEqual;
                PushBool(MetadataEquality(relation, left, right) ?? throw Refusal.Reflection("Comparing types"));
                return true;
            case "get_IsValueType" or "get_IsEnum" or "get_IsPrimitive":
                if (Pop().Value.Reference is not Type type) throw Refusal.Reflection("Asking a type");
                bool answer = method.Name == "get_IsValueType" ? type.IsValueType : method.Name == "get_IsEnum" ? type.IsEnum : type.IsPrimitive;
                PushBool(_function.Const(IrType.I32, answer ? 1 : 0));
                return true;
            default:
                throw Refusal.Reflection($"'Type.{method.Name}'");
        }
    }

    private void StringElement()
    {
        Instr index = PopValue();
        Instr text = PopAddress();
        Instr length = LengthOf(text);
        Check(Emit(Op.LtUnsigned, IrType.I32, index, length), "index out of range");
        Instr address = Scaled(text, Emit(Op.ZeroExtend32, IrType.I64, index), 2);
        Push(EmitLoad(address, StringOffset, IrType.I32, MemType.U16, false), typeof(char));
    }

    private bool HasFlagIntrinsic()
    {
        Entry flag = Pop();
        Entry value = Pop();
        if (flag.Value is not { Op: Op.Pseudo, Reference: BoxedValue boxedFlag }) throw Refusal.Boxing(flag.Type);
        Instr left = value.Value is { Op: Op.Pseudo, Reference: BoxedValue boxed }
            ? boxed.Value
            : Load(value.Value, 0, boxedFlag.Type, IrTypes.Of(boxedFlag.Type));
        PushBool(Emit(Op.Eq, IrType.I32, Emit(Op.And, left.Type, left, boxedFlag.Value), boxedFlag.Value));
        return true;
    }

    private bool ActivatorIntrinsic(Type type)
    {
        if (!type.IsValueType) throw Refusal.Allocation(type);
        ConstructorInfo? constructor = type.GetConstructor(Type.EmptyTypes);
        Instr address = _function.Address(_function.NewSlot(type));
        Zero(address, type);
        if (constructor is not null)
        {
            Push(address, type.MakeByRefType());
            EmitCall(new MethodKey(constructor, null), ParameterTypes(constructor, null), typeof(void));
        }

        PushLoadedOwned(address, type);
        return true;
    }

    private Instr AddressOf(Entry entry, Type type)
    {
        if (TypeLayout.IsStruct(type)) return entry.Value;
        Instr address = _function.Address(_function.NewSlot(type));
        Store(address, 0, entry.Value, type);
        return address;
    }
}
