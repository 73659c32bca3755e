using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary><c>Unsafe</c> and blocks of memory.</summary>
internal sealed partial class Importer
{
    private bool UnsafeIntrinsic(MethodInfo method)
    {
        Type[] arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        ParameterInfo[] parameters = method.GetParameters();
        switch (method.Name)
        {
            case "As" or "AsRef" or "AsPointer":
                Instr same = PopAddress();
                Push(same, method.ReturnType);
                return true;
            case "SizeOf":
                PushInt(TypeLayout.Of(arguments[0]).SizeBytes);
                return true;
            case "Add" or "Subtract" or "AddByteOffset" or "SubtractByteOffset":
                Move(method, arguments[0], parameters[1].ParameterType);
                return true;
            case "ByteOffset":
                Instr target = PopAddress();
                Instr origin = PopAddress();
                Push(Emit(Op.Sub, IrType.I64, target, origin), typeof(nint));
                return true;
            case "AreSame":
                PushBool(Emit(Op.Eq, IrType.I32, PopAddress(), PopAddress()));
                return true;
            case "IsAddressLessThan" or "IsAddressGreaterThan" or "IsAddressLessThanOrEqualTo" or "IsAddressGreaterThanOrEqualTo":
                Instr right = PopAddress();
                Instr left = PopAddress();
                bool orEqual = method.Name.EndsWith("OrEqualTo", StringComparison.Ordinal);
                bool isLess = method.Name.StartsWith("IsAddressLess", StringComparison.Ordinal);
                PushBool(isLess != orEqual
                    ? isLess ? Emit(Op.LtUnsigned, IrType.I32, left, right) : Emit(Op.GeUnsigned, IrType.I32, left, right)
                    : isLess ? Emit(Op.GeUnsigned, IrType.I32, right, left) : Emit(Op.LtUnsigned, IrType.I32, right, left));
                return true;
            case "IsNullRef":
                PushBool(Emit(Op.Eq, IrType.I32, PopAddress(), _function.Const(IrType.I64, 0)));
                return true;
            case "NullRef":
                Push(_function.Const(IrType.I64, 0), method.ReturnType);
                return true;
            case "SkipInit":
                Pop();
                return true;
            case "Read" or "ReadUnaligned":
                _isUnaligned |= method.Name == "ReadUnaligned";
                PushLoaded(PopAddress(), 0, arguments[0]);
                return true;
            case "Write" or "WriteUnaligned":
                Entry value = Pop();
                _isUnaligned |= method.Name == "WriteUnaligned";
                StorePopped(PopAddress(), 0, value, arguments[0]);
                return true;
            case "Copy":
                Instr source = PopAddress();
                Instr destination = PopAddress();
                PushLoaded(source, 0, arguments[0]);
                StorePopped(destination, 0, Pop(), arguments[0]);
                return true;
            case "BitCast":
                BitCast(arguments[0], arguments[1]);
                return true;
            case "CopyBlock" or "CopyBlockUnaligned":
                Instr count = PopValue();
                Instr from = PopAddress();
                EmitCopyBlock(PopAddress(), from, count);
                return true;
            case "InitBlock" or "InitBlockUnaligned":
                Instr size = PopValue();
                Instr fill = PopValue();
                EmitFillBlock(PopAddress(), fill, size);
                return true;
            default:
                return false;
        }
    }

    private void Move(MethodInfo method, Type element, Type offsetType)
    {
        Entry offset = Pop();
        RefusePseudo(offset);
        Instr index = Wide(offset.Value, offsetType == typeof(uint) ? Op.ZeroExtend32 : Op.SignExtend32);
        Instr address = PopAddress();
        if (!method.Name.EndsWith("ByteOffset", StringComparison.Ordinal))
            index = Emit(Op.Mul, IrType.I64, index, _function.Const(IrType.I64, TypeLayout.Of(element).SizeBytes));
        bool isAdd = method.Name.StartsWith("Add", StringComparison.Ordinal);
        Push(Emit(isAdd ? Op.Add : Op.Sub, IrType.I64, address, index), method.ReturnType);
    }

    private void BitCast(Type from, Type to)
    {
        Entry entry = Pop();
        RefusePseudo(entry);
        if (TypeLayout.Of(from).SizeBytes != TypeLayout.Of(to).SizeBytes) throw Refusal.Instruction("A bit cast between different sizes");
        Instr address = AddressOf(entry, from);
        PushLoaded(address, 0, to);
    }

    /// <summary>Copies a number of bytes; the blocks do not overlap, or overlap as <c>memmove</c> allows.</summary>
    private void EmitCopyBlock(Instr destination, Instr source, Instr size)
    {
        if (size is { IsConst: true, Immediate: >= 0 and <= 8 })
        {
            if (size.Immediate == 0) return;
            Instr copy = _function.New(Op.MemoryCopy, IrType.Void, destination, source);
            copy.Immediate = size.Immediate;
            copy.Memory = MemType.I8;
            Append(copy);
            return;
        }

        CallRoutine(nameof(RuntimeRoutines.Copy), destination, source, Wide(size, Op.ZeroExtend32));
    }

    private void EmitFillBlock(Instr destination, Instr value, Instr size)
    {
        if (value.Is(0) && size is { IsConst: true, Immediate: >= 0 and <= 64 })
        {
            if (size.Immediate > 0) Zero(destination, (int)size.Immediate, 1);
            return;
        }

        CallRoutine(nameof(RuntimeRoutines.Fill), destination, Emit(Op.ZeroExtend8, IrType.I32, value), Wide(size, Op.ZeroExtend32));
    }

    /// <summary>Calls one of the routines that come with the compiler.</summary>
    private void CallRoutine(string name, params Instr[] args)
    {
        MethodInfo routine = typeof(RuntimeRoutines).GetMethod(name)!;
        Type[] types = ParameterTypes(routine, null);
        for (int index = 0; index < args.Length; index++) Push(args[index], types[index]);
        EmitCall(new MethodKey(routine, null), types, routine.ReturnType);
    }

    private bool BlockIntrinsic(MethodInfo method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        switch (method.Name)
        {
            case "Memmove" or "BulkMoveWithWriteBarrier" or "MemoryCopy" when parameters.Length == 3:
                Instr count = PopAddress();
                Instr source = PopAddress();
                Instr destination = PopAddress();
                if (method.IsGenericMethod)
                    count = Emit(Op.Mul, IrType.I64, count, _function.Const(IrType.I64, TypeLayout.Of(method.GetGenericArguments()[0]).SizeBytes));
                EmitCopyBlock(destination, source, count);
                return true;
            case "ClearWithoutReferences":
                Instr size = PopAddress();
                EmitFillBlock(PopAddress(), _function.Const(IrType.I32, 0), size);
                return true;
            case "SequenceEqual" when parameters.Length == 3 && !method.IsGenericMethod:
                Instr length = PopAddress();
                Instr second = PopAddress();
                CallRoutine(nameof(RuntimeRoutines.AreEqual), PopAddress(), second, length);
                return true;
            case "Fill" when method.IsGenericMethod && TypeLayout.Of(method.GetGenericArguments()[0]).SizeBytes == 1:
                Entry value = Pop();
                Instr bytes = PopAddress();
                Instr begin = PopAddress();
                Instr fill = TypeLayout.IsStruct(value.Type) ? EmitLoad(value.Value, 0, IrType.I32, MemType.U8, false) : value.Value;
                EmitFillBlock(begin, fill, bytes);
                return true;
            default:
                return false;
        }
    }
}
