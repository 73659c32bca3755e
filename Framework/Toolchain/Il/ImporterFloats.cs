using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>Floating point.</summary>
internal sealed partial class Importer
{
    private void PushFloat(double value, IrType type)
    {
        RequireFloat();
        Instr bits = type == IrType.F32
            ? _function.Const(IrType.I32, BitConverter.SingleToInt32Bits((float)value))
            : _function.Const(IrType.I64, BitConverter.DoubleToInt64Bits(value));
        Push(Emit(Op.FOfBits, type, bits), TypeOf(type));
    }

    private Instr FloatArithmetic(IlOp code, Instr left, Instr right)
    {
        RequireFloat();
        return code switch
        {
            IlOp.Add => Emit(Op.FAdd, left.Type, left, right),
            IlOp.Sub => Emit(Op.FSub, left.Type, left, right),
            IlOp.Mul => Emit(Op.FMul, left.Type, left, right),
            IlOp.Div => Emit(Op.FDiv, left.Type, left, right),
            _ => FloatRemainder(left, right),
        };
    }

    // The remainder of two singles is a single: nothing is rounded on the way through double.
    private Instr FloatRemainder(Instr left, Instr right)
    {
        IrType type = left.Type;
        CallFloatRoutine(nameof(FloatRoutines.Remainder), Wide(left), Wide(right));
        return type == IrType.F32 ? Emit(Op.FConvert, IrType.F32, PopValue()) : PopValue();
    }

    private Instr Wide(Instr value) => value.Type == IrType.F32 ? Emit(Op.FConvert, IrType.F64, value) : value;

    private void CallFloatRoutine(string name, params Instr[] args)
    {
        MethodInfo routine = typeof(FloatRoutines).GetMethod(name)!;
        foreach (Instr arg in args) Push(arg, TypeOf(arg.Type));
        EmitCall(new MethodKey(routine, null), ParameterTypes(routine, null), routine.ReturnType);
    }

    private bool FloatIntrinsic(MethodInfo method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        if (parameters.Length == 0 || !IrTypes.IsFloat(IrTypes.Of(method.ReturnType))) return false;
        IrType type = IrTypes.Of(method.ReturnType);
        switch (method.Name)
        {
            case "Sqrt" or "Abs":
                RequireFloat();
                Push(Emit(method.Name == "Sqrt" ? Op.FSqrt : Op.FAbs, type, PopValue()), method.ReturnType);
                return true;
            case "FusedMultiplyAdd" or "MultiplyAddEstimate" when parameters.Length == 3:
                RequireFloat();
                Instr addend = PopValue();
                Instr right = PopValue();
                Push(Emit(Op.FMultiplyAdd, type, PopValue(), right, addend), method.ReturnType);
                return true;
            case "Floor" or "Ceiling" or "Truncate" when parameters.Length == 1:
                RequireFloat();
                CallFloatRoutine(method.Name, Wide(PopValue()));
                // A single's neighbour among the integers is a single.
                if (type == IrType.F32) Push(Emit(Op.FConvert, type, PopValue()), method.ReturnType);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Comparisons; an unordered pair satisfies those that IL calls "unsigned or unordered".</summary>
    private Instr FloatRelation(Relation relation, bool orUnordered, Instr left, Instr right)
    {
        RequireFloat();
        Instr Is(Op op, Instr one, Instr other) => Emit(op, IrType.I32, one, other);
        Instr Not(Instr value) => Emit(Op.Xor, IrType.I32, value, _function.Const(IrType.I32, 1));
        return (relation, orUnordered) switch
        {
            (Relation.Equal, _) => Is(Op.FEq, left, right),
            (Relation.NotEqual, _) => Not(Is(Op.FEq, left, right)),
            (Relation.Less, false) => Is(Op.FLt, left, right),
            (Relation.Less, true) => Not(Is(Op.FLe, right, left)),
            (Relation.LessOrEqual, false) => Is(Op.FLe, left, right),
            (Relation.LessOrEqual, true) => Not(Is(Op.FLt, right, left)),
            (Relation.Greater, false) => Is(Op.FLt, right, left),
            (Relation.Greater, true) => Not(Is(Op.FLe, left, right)),
            (Relation.GreaterOrEqual, false) => Is(Op.FLe, right, left),
            _ => Not(Is(Op.FLt, left, right)),
        };
    }

    private void FloatConversion(IlOp code, Instr value)
    {
        RequireFloat();
        if (code is IlOp.ConvR4 or IlOp.ConvR8 or IlOp.ConvRUn)
        {
            IrType type = code == IlOp.ConvR4 ? IrType.F32 : IrType.F64;
            Instr result = value.Type == type ? value
                : IrTypes.IsFloat(value.Type) ? Emit(Op.FConvert, type, value)
                : Emit(code == IlOp.ConvRUn ? Op.FFromUnsigned : Op.FFromSigned, type, value);
            Push(result, TypeOf(type));
            return;
        }

        // C# leaves a conversion out of range open; the CLR saturates, and turns what is no number into 0.
        bool isUnsigned = code is IlOp.ConvU4 or IlOp.ConvU8 or IlOp.ConvU;
        bool isWide = code is IlOp.ConvI8 or IlOp.ConvU8 or IlOp.ConvI or IlOp.ConvU;
        if (code is not (IlOp.ConvI1 or IlOp.ConvU1 or IlOp.ConvI2 or IlOp.ConvU2 or IlOp.ConvI4) && !isUnsigned && !isWide)
        {
            CheckedFloatConversion(code, value);
            return;
        }

        IrType target = isWide ? IrType.I64 : IrType.I32;
        Instr saturated = Emit(isUnsigned ? Op.FToUnsigned : Op.FToSigned, target, value);
        Instr isNumber = Emit(Op.FEq, IrType.I32, value, value);
        Instr mask = Emit(Op.Sub, IrType.I32, _function.Const(IrType.I32, 0), isNumber);
        Instr number = Emit(Op.And, target, saturated, isWide ? Emit(Op.SignExtend32, IrType.I64, mask) : mask);
        Push(number, TypeOf(target));
        if (code is not (IlOp.ConvI1 or IlOp.ConvU1 or IlOp.ConvI2 or IlOp.ConvU2)) return;
        ImportConversion(code);
    }

    // What is no number fails both comparisons.
    private void CheckedFloatConversion(IlOp code, Instr value)
    {
        (int bits, bool isUnsigned, Type type) = CheckedTarget(code);
        Instr wide = Wide(value);
        double most = Math.ScaleB(1.0, isUnsigned ? bits : bits - 1);
        Instr least = FloatConstant(isUnsigned ? -1 : bits == 64 ? -most : -most - 1);
        Instr aboveLeast = !isUnsigned && bits == 64 ? Emit(Op.FLe, IrType.I32, least, wide) : Emit(Op.FLt, IrType.I32, least, wide);
        Check(aboveLeast, Overflow);
        Check(Emit(Op.FLt, IrType.I32, wide, FloatConstant(most)), Overflow);
        Instr result = Emit(isUnsigned && bits >= 32 ? Op.FToUnsigned : Op.FToSigned, bits == 64 ? IrType.I64 : IrType.I32, wide);
        Push(Normalise(result, type), type);
    }

    private Instr FloatConstant(double value) =>
        Emit(Op.FOfBits, IrType.F64, _function.Const(IrType.I64, BitConverter.DoubleToInt64Bits(value)));
}
