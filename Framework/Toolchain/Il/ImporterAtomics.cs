using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>Atomics, bit operations and the machine's own instructions.</summary>
internal sealed partial class Importer
{
    private const long ReadWrite = 0x33;      // fence rw, rw
    private const long ReadThenAll = 0x23;    // fence r, rw
    private const long AllThenWrite = 0x31;   // fence rw, w

    private bool AtomicIntrinsic(MethodInfo method)
    {
        if (method.DeclaringType!.Name == "Volatile") return VolatileIntrinsic(method);
        switch (method.Name)
        {
            case "MemoryBarrier" or "MemoryBarrierProcessWide":
                EmitFence(ReadWrite);
                return true;
            case "Increment" or "Decrement":
                Type counter = method.ReturnType;
                Instr step = _function.Const(IrTypes.Of(counter), method.Name == "Increment" ? 1 : -1);
                Push(Emit(Op.Add, step.Type, EmitAmo(AmoKind.Add, PopAddress(), step), step), counter);
                return true;
            case "Add":
                Instr addend = PopValue();
                Push(Emit(Op.Add, addend.Type, EmitAmo(AmoKind.Add, PopAddress(), addend), addend), method.ReturnType);
                return true;
            case "And" or "Or":
                Instr operand = PopValue();
                Push(EmitAmo(method.Name == "And" ? AmoKind.And : AmoKind.Or, PopAddress(), operand), method.ReturnType);
                return true;
            case "Exchange" or "CompareExchange" when IsSmall(method.ReturnType):
                SmallExchange(method);
                return true;
            // The base library's own code reads floating-point numbers and structs as integers.
            case "Exchange" or "CompareExchange" when TypeLayout.IsStruct(method.ReturnType) || IrTypes.IsFloat(IrTypes.Of(method.ReturnType)):
                return false;
            case "Exchange":
                Instr value = PopValue();
                Push(EmitAmo(AmoKind.Swap, PopAddress(), Wider(value, method.ReturnType)), method.ReturnType);
                return true;
            case "CompareExchange":
                Instr comparand = Wider(PopValue(), method.ReturnType);
                Instr replacement = Wider(PopValue(), method.ReturnType);
                Instr old = _function.New(Op.CompareExchange, comparand.Type, PopAddress(), replacement, comparand);
                Push(Append(old), method.ReturnType);
                return true;
            case "Read":
                EmitFence(ReadWrite);
                Instr read = EmitLoad(PopAddress(), 0, IrType.I64, MemType.I64, true);
                EmitFence(ReadThenAll);
                Push(read, method.ReturnType);
                return true;
            case "SpinWait":
                Pop();
                return true;
            default:
                return false;
        }
    }

    private Instr Wider(Instr value, Type type) => IrTypes.Of(type) == IrType.I64 ? Wide(value, Op.SignExtend32) : value;

    private static bool IsSmall(Type type) => !TypeLayout.IsStruct(type) && TypeLayout.Of(type).SizeBytes < 4;

    private void SmallExchange(MethodInfo method)
    {
        Type type = method.ReturnType;
        bool isByte = TypeLayout.Of(type).SizeBytes == 1;
        Op extension = isByte ? Op.ZeroExtend8 : Op.ZeroExtend16;
        Instr mask = _function.Const(IrType.I32, isByte ? 0xff : 0xffff);
        bool compares = method.Name == "CompareExchange";
        Instr? comparand = compares ? Emit(extension, IrType.I32, PopValue()) : null;
        Instr value = Emit(extension, IrType.I32, PopValue());
        if (comparand is null) CallRoutine(nameof(RuntimeRoutines.ExchangePart), PopAddress(), value, mask);
        else CallRoutine(nameof(RuntimeRoutines.CompareExchangePart), PopAddress(), value, comparand, mask);
        Push(Normalise(PopValue(), type), type);
    }

    private Instr EmitAmo(AmoKind kind, Instr address, Instr value)
    {
        Instr amo = _function.New(Op.Amo, value.Type, address, value);
        amo.Reference = kind;
        return Append(amo);
    }

    private void EmitFence(long order)
    {
        Instr fence = _function.New(Op.Fence, IrType.Void);
        fence.Immediate = order;
        Append(fence);
    }

    private bool VolatileIntrinsic(MethodInfo method)
    {
        switch (method.Name)
        {
            case "Read":
                _isVolatile = true;
                PushLoaded(PopAddress(), 0, method.ReturnType);
                EmitFence(ReadThenAll);
                return true;
            case "Write":
                Entry value = Pop();
                EmitFence(AllThenWrite);
                _isVolatile = true;
                StorePopped(PopAddress(), 0, value, method.GetParameters()[1].ParameterType);
                return true;
            case "ReadBarrier":
                EmitFence(ReadThenAll);
                return true;
            case "WriteBarrier":
                EmitFence(AllThenWrite);
                return true;
            default:
                return false;
        }
    }

    private bool BitIntrinsic(string name, ParameterInfo[] parameters)
    {
        if (parameters.Length == 0) return false;
        IrType type = IrTypes.Of(parameters[0].ParameterType);
        switch (name)
        {
            case "RotateLeft" or "RotateRight" when TypeLayout.Of(parameters[0].ParameterType).SizeBytes >= 4:
                Instr count = PopValue();
                Instr value = Widened(type, parameters[0].ParameterType);
                Push(Emit(name == "RotateLeft" ? Op.RotateLeft : Op.RotateRight, type, value, count), parameters[0].ParameterType);
                return true;
            case "LeadingZeroCount" or "TrailingZeroCount" or "PopCount" when parameters.Length == 1 &&
                (_unit.Options.Extensions.HasFlag(TargetExtensions.Zbb) || _stack[^1].Value.IsConst):
                Op op = name == "LeadingZeroCount" ? Op.CountLeadingZeros : name == "TrailingZeroCount" ? Op.CountTrailingZeros : Op.PopCount;
                Push(Emit(op, IrType.I32, Widened(type, parameters[0].ParameterType)), typeof(int));
                return true;
            default:
                return false;
        }
    }

    private Instr Widened(IrType type, Type source) =>
        type == IrType.I64 ? Wide(PopValue(), source == typeof(nuint) || source == typeof(ulong) ? Op.ZeroExtend32 : Op.SignExtend32) : PopValue();

    private bool ReverseIntrinsic(Type type)
    {
        if (TypeLayout.IsStruct(type) || TypeLayout.Of(type).SizeBytes < 4) return false;
        Instr value = PopValue();
        Push(Emit(Op.ReverseBytes, value.Type, value), type);
        return true;
    }

    private bool MathIntrinsic(MethodInfo method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        if (method.Name == "BigMul" && parameters.Length == 3)
        {
            bool isUnsigned = parameters[0].ParameterType == typeof(ulong);
            Instr low = PopAddress();
            Instr right = PopValue();
            Instr left = PopValue();
            EmitStore(low, 0, Emit(Op.Mul, IrType.I64, left, right), MemType.I64, false);
            Push(Emit(isUnsigned ? Op.MulHighUnsigned : Op.MulHigh, IrType.I64, left, right), method.ReturnType);
            return true;
        }

        return FloatIntrinsic(method);
    }

    private bool MachineIntrinsic(MethodBase method, string type)
    {
        switch (type["Verification.Intrinsics.".Length..], method.Name)
        {
            case ("Fence", "Memory"):
                EmitFence(ReadWrite);
                return true;
            case ("Fence", "Device"):
                EmitFence(0xff);
                return true;
            case ("Fence", "Instruction"):
                Append(_function.New(Op.FenceInstruction, IrType.Void));
                return true;
            case ("Fence", "VirtualMemory"):
                EmitMachineCode(0x12000073);
                return true;
            case ("Hart", "Wfi"):
                EmitMachineCode(0x10500073);
                return true;
            case ("Hart", "Pause"):
                EmitMachineCode(0x0100000f);
                return true;
            case ("Csr", "Read"):
                Append(CsrOperation(Op.CsrRead, PopCsr(method)));
                Push(_block.Body[^1], typeof(ulong));
                return true;
            case ("Csr", "Write" or "Swap" or "Set" or "Clear"):
                Instr value = PopValue();
                Op op = method.Name switch { "Write" => Op.CsrWrite, "Swap" => Op.CsrSwap, "Set" => Op.CsrSet, _ => Op.CsrClear };
                Instr operation = Append(CsrOperation(op, PopCsr(method), value));
                if (op != Op.CsrWrite) Push(operation, typeof(ulong));
                return true;
            default:
                return false;
        }
    }

    private Instr CsrOperation(Op op, long number, params Instr[] args)
    {
        Instr operation = _function.New(op, op == Op.CsrWrite ? IrType.Void : IrType.I64, args);
        operation.Immediate = number;
        return operation;
    }

    private long PopCsr(MethodBase method)
    {
        Instr number = PopValue();
        return number.IsConst ? number.Immediate & 0xfff : throw Refusal.CsrNumber(SymbolNames.Display(method));
    }

    private void EmitMachineCode(uint word)
    {
        Instr code = _function.New(Op.MachineCode, IrType.Void);
        code.Immediate = word;
        Append(code);
    }
}
