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
            _ => throw Refusal.Instruction("The remainder of floating-point numbers"),
        };
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
            throw Refusal.Instruction("A checked conversion of a floating-point number");
        IrType target = isWide ? IrType.I64 : IrType.I32;
        Instr saturated = Emit(isUnsigned ? Op.FToUnsigned : Op.FToSigned, target, value);
        Instr isNumber = Emit(Op.FEq, IrType.I32, value, value);
        Instr mask = Emit(Op.Sub, IrType.I32, _function.Const(IrType.I32, 0), isNumber);
        Instr number = Emit(Op.And, target, saturated, isWide ? Emit(Op.SignExtend32, IrType.I64, mask) : mask);
        Push(number, TypeOf(target));
        if (code is not (IlOp.ConvI1 or IlOp.ConvU1 or IlOp.ConvI2 or IlOp.ConvU2)) return;
        ImportConversion(code);
    }
}
