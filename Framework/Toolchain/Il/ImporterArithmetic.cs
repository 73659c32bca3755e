using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>Comparisons of IL.</summary>
internal enum Relation
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>Arithmetic, with the checks that C# asks for.</summary>
internal sealed partial class Importer
{
    private const string Overflow = "arithmetic overflow";
    private const string DivideByZero = "division by zero";

    private void ImportArithmetic(IlOp code)
    {
        if (code is IlOp.Neg or IlOp.Not)
        {
            Instr value = PopValue();
            if (IrTypes.IsFloat(value.Type)) Push(Emit(Op.FNeg, value.Type, value), TypeOf(value.Type));
            else if (code == IlOp.Neg) Push(Emit(Op.Sub, value.Type, _function.Const(value.Type, 0), value), TypeOf(value.Type));
            else Push(Emit(Op.Xor, value.Type, value, _function.Const(value.Type, -1)), TypeOf(value.Type));
            return;
        }

        Entry rightEntry = Pop();
        Entry leftEntry = Pop();
        switch (code)
        {
            case IlOp.Ceq:
                PushBool(Relate(Relation.Equal, false, leftEntry, rightEntry));
                return;
            case IlOp.Cgt or IlOp.CgtUn:
                PushBool(Relate(Relation.Greater, code == IlOp.CgtUn, leftEntry, rightEntry));
                return;
            case IlOp.Clt or IlOp.CltUn:
                PushBool(Relate(Relation.Less, code == IlOp.CltUn, leftEntry, rightEntry));
                return;
            case IlOp.Shl or IlOp.Shr or IlOp.ShrUn:
                ImportShift(code, leftEntry, rightEntry);
                return;
        }

        RefusePseudo(leftEntry);
        RefusePseudo(rightEntry);
        (Instr left, Instr right) = Widen(leftEntry.Value, rightEntry.Value, code is IlOp.AddOvfUn or IlOp.SubOvfUn or IlOp.MulOvfUn);
        IrType type = left.Type;
        Type result = type == IrType.I64 ? AddressResult(leftEntry.Type, rightEntry.Type) : TypeOf(type);
        if (IrTypes.IsFloat(type))
        {
            Push(FloatArithmetic(code, left, right), TypeOf(type));
            return;
        }

        Instr value1 = code switch
        {
            IlOp.Add => Emit(Op.Add, type, left, right),
            IlOp.Sub => Emit(Op.Sub, type, left, right),
            IlOp.Mul => Emit(Op.Mul, type, left, right),
            IlOp.And => Emit(Op.And, type, left, right),
            IlOp.Or => Emit(Op.Or, type, left, right),
            IlOp.Xor => Emit(Op.Xor, type, left, right),
            IlOp.Div or IlOp.DivUn or IlOp.Rem or IlOp.RemUn => Divide(code, left, right),
            _ => Checked(code, left, right),
        };
        Push(value1, result);
    }

    // Pointer arithmetic keeps the pointer's type, so that calls on what it points to can be resolved.
    private static Type AddressResult(Type left, Type right) =>
        left.IsPointer || left.IsByRef ? left : right.IsPointer || right.IsByRef ? right : typeof(long);

    private static Type TypeOf(IrType type) => type switch
    {
        IrType.I32 => typeof(int),
        IrType.F32 => typeof(float),
        IrType.F64 => typeof(double),
        _ => typeof(long),
    };

    /// <summary>Where one operand is a native integer and the other an int, the int is widened.</summary>
    private (Instr Left, Instr Right) Widen(Instr left, Instr right, bool isUnsigned)
    {
        if (left.Type == right.Type) return (left, right);
        Op extension = isUnsigned ? Op.ZeroExtend32 : Op.SignExtend32;
        if (left.Type == IrType.I32 && right.Type == IrType.I64) return (Emit(extension, IrType.I64, left), right);
        if (left.Type == IrType.I64 && right.Type == IrType.I32) return (left, Emit(extension, IrType.I64, right));
        if (left.Type == IrType.F32) return (Emit(Op.FConvert, IrType.F64, left), right);
        return (left, Emit(Op.FConvert, IrType.F64, right));
    }

    private void ImportShift(IlOp code, Entry left, Entry right)
    {
        RefusePseudo(left);
        RefusePseudo(right);
        Instr count = right.Value.Type == IrType.I64 ? Emit(Op.Truncate, IrType.I32, right.Value) : right.Value;
        Op op = code == IlOp.Shl ? Op.Shl : code == IlOp.Shr ? Op.Shr : Op.ShrUnsigned;
        Push(Emit(op, left.Value.Type, left.Value, count), TypeOf(left.Value.Type));
    }

    private Instr Relate(Relation relation, bool isUnsigned, Entry leftEntry, Entry rightEntry)
    {
        if (MetadataEquality(relation, leftEntry, rightEntry) is { } known) return known;
        RefusePseudo(leftEntry);
        RefusePseudo(rightEntry);
        (Instr left, Instr right) = Widen(leftEntry.Value, rightEntry.Value, isUnsigned);
        if (IrTypes.IsFloat(left.Type)) return FloatRelation(relation, isUnsigned, left, right);
        Op less = isUnsigned ? Op.LtUnsigned : Op.Lt;
        Op notLess = isUnsigned ? Op.GeUnsigned : Op.Ge;
        return relation switch
        {
            Relation.Equal => Emit(Op.Eq, IrType.I32, left, right),
            Relation.NotEqual => Emit(Op.Ne, IrType.I32, left, right),
            Relation.Less => Emit(less, IrType.I32, left, right),
            Relation.LessOrEqual => Emit(notLess, IrType.I32, right, left),
            // IL writes "not null" and "not zero" as greater than zero.
            Relation.Greater when isUnsigned && right.Is(0) => Emit(Op.Ne, IrType.I32, left, right),
            Relation.Greater => Emit(less, IrType.I32, right, left),
            _ => Emit(notLess, IrType.I32, left, right),
        };
    }

    private Instr? MetadataEquality(Relation relation, Entry left, Entry right)
    {
        bool leftPseudo = left.Value.Op == Op.Pseudo;
        bool rightPseudo = right.Value.Op == Op.Pseudo;
        if (!leftPseudo && !rightPseudo) return null;
        if (leftPseudo && rightPseudo && left.Value.Reference is Type one && right.Value.Reference is Type other)
            return _function.Const(IrType.I32, (one == other) == (relation == Relation.Equal) ? 1 : 0);
        // Boxed structs and types are never null.
        if (leftPseudo != rightPseudo && (left.Value.Is(0) || right.Value.Is(0)))
            return _function.Const(IrType.I32, relation == Relation.Equal ? 0 : 1);
        return null;
    }

    private Instr Divide(IlOp code, Instr left, Instr right)
    {
        IrType type = left.Type;
        Instr zero = _function.Const(type, 0);
        bool isSigned = code is IlOp.Div or IlOp.Rem;
        Check(Emit(Op.Ne, IrType.I32, right, zero), DivideByZero);
        if (isSigned && !right.IsConst && !ValueRange.Of(left).IsNonNegative && !ValueRange.Of(right).IsNonNegative)
        {
            long least = type == IrType.I32 ? int.MinValue : long.MinValue;
            Block rare = _function.NewBlock();
            Block usual = _function.NewBlock();
            Append(_function.New(Op.Branch, IrType.Void, Emit(Op.Eq, IrType.I32, right, _function.Const(type, -1))));
            _block.AddSuccessor(rare);
            _block.AddSuccessor(usual);
            _block = rare;
            Check(Emit(Op.Ne, IrType.I32, left, _function.Const(type, least)), Overflow);
            Append(_function.New(Op.Jump, IrType.Void));
            _block.AddSuccessor(usual);
            _block = usual;
        }
        else if (isSigned && right.Is(-1))
        {
            Check(Emit(Op.Ne, IrType.I32, left, _function.Const(type, type == IrType.I32 ? int.MinValue : long.MinValue)), Overflow);
        }

        return code switch
        {
            IlOp.Div => Emit(Op.Div, type, left, right),
            IlOp.DivUn => Emit(Op.DivUnsigned, type, left, right),
            IlOp.Rem => Emit(Op.Rem, type, left, right),
            _ => Emit(Op.RemUnsigned, type, left, right),
        };
    }

    private Instr Checked(IlOp code, Instr left, Instr right)
    {
        bool isUnsigned = code is IlOp.AddOvfUn or IlOp.SubOvfUn or IlOp.MulOvfUn;
        Op op = code is IlOp.AddOvf or IlOp.AddOvfUn ? Op.Add : code is IlOp.SubOvf or IlOp.SubOvfUn ? Op.Sub : Op.Mul;
        Instr result = Emit(op, left.Type, left, right);
        if (left.Type == IrType.I32)
        {
            if (isUnsigned && op == Op.Add) Check(Emit(Op.GeUnsigned, IrType.I32, result, left), Overflow);
            else if (isUnsigned && op == Op.Sub) Check(Emit(Op.GeUnsigned, IrType.I32, left, right), Overflow);
            else
            {
                Op extension = isUnsigned ? Op.ZeroExtend32 : Op.SignExtend32;
                Instr wide = Emit(op, IrType.I64, Emit(extension, IrType.I64, left), Emit(extension, IrType.I64, right));
                Check(Emit(Op.Eq, IrType.I32, wide, Emit(extension, IrType.I64, result)), Overflow);
            }

            return result;
        }

        Instr zero = _function.Const(IrType.I64, 0);
        Instr passes = (op, isUnsigned) switch
        {
            (Op.Add, true) => Emit(Op.GeUnsigned, IrType.I32, result, left),
            (Op.Sub, true) => Emit(Op.GeUnsigned, IrType.I32, left, right),
            (Op.Mul, true) => Emit(Op.Eq, IrType.I32, Emit(Op.MulHighUnsigned, IrType.I64, left, right), zero),
            (Op.Add, false) => Emit(
                Op.Eq, IrType.I32, Emit(Op.Lt, IrType.I32, result, left), Emit(Op.Lt, IrType.I32, right, zero)),
            (Op.Sub, false) => Emit(
                Op.Eq, IrType.I32, Emit(Op.Lt, IrType.I32, left, right), Emit(Op.Lt, IrType.I32, result, zero)),
            _ => Emit(
                Op.Eq, IrType.I32, Emit(Op.MulHigh, IrType.I64, left, right),
                Emit(Op.Shr, IrType.I64, result, _function.Const(IrType.I32, 63))),
        };
        Check(passes, Overflow);
        return result;
    }

    private void ImportConversion(IlOp code)
    {
        Instr value = PopValue();
        if (IrTypes.IsFloat(value.Type) || code is IlOp.ConvR4 or IlOp.ConvR8 or IlOp.ConvRUn)
        {
            FloatConversion(code, value);
            return;
        }

        switch (code)
        {
            case IlOp.ConvI1:
                Push(Emit(Op.SignExtend8, IrType.I32, Low(value)), typeof(sbyte));
                return;
            case IlOp.ConvU1:
                Push(Emit(Op.ZeroExtend8, IrType.I32, Low(value)), typeof(byte));
                return;
            case IlOp.ConvI2:
                Push(Emit(Op.SignExtend16, IrType.I32, Low(value)), typeof(short));
                return;
            case IlOp.ConvU2:
                Push(Emit(Op.ZeroExtend16, IrType.I32, Low(value)), typeof(ushort));
                return;
            case IlOp.ConvI4 or IlOp.ConvU4:
                Push(Low(value), code == IlOp.ConvI4 ? typeof(int) : typeof(uint));
                return;
            case IlOp.ConvI8 or IlOp.ConvI:
                Push(Wide(value, Op.SignExtend32), code == IlOp.ConvI8 ? typeof(long) : typeof(nint));
                return;
            case IlOp.ConvU8 or IlOp.ConvU:
                Push(Wide(value, Op.ZeroExtend32), code == IlOp.ConvU8 ? typeof(ulong) : typeof(nuint));
                return;
            default:
                CheckedConversion(code, value);
                return;
        }
    }

    private Instr Low(Instr value) => value.Type == IrType.I64 ? Emit(Op.Truncate, IrType.I32, value) : value;

    private Instr Wide(Instr value, Op extension) => value.Type == IrType.I32 ? Emit(extension, IrType.I64, value) : value;

    private static (int Bits, bool IsUnsigned, Type Type) CheckedTarget(IlOp code) => code switch
    {
        IlOp.ConvOvfI1 or IlOp.ConvOvfI1Un => (8, false, typeof(sbyte)),
        IlOp.ConvOvfU1 or IlOp.ConvOvfU1Un => (8, true, typeof(byte)),
        IlOp.ConvOvfI2 or IlOp.ConvOvfI2Un => (16, false, typeof(short)),
        IlOp.ConvOvfU2 or IlOp.ConvOvfU2Un => (16, true, typeof(ushort)),
        IlOp.ConvOvfI4 or IlOp.ConvOvfI4Un => (32, false, typeof(int)),
        IlOp.ConvOvfU4 or IlOp.ConvOvfU4Un => (32, true, typeof(uint)),
        IlOp.ConvOvfI8 or IlOp.ConvOvfI8Un => (64, false, typeof(long)),
        IlOp.ConvOvfU8 or IlOp.ConvOvfU8Un => (64, true, typeof(ulong)),
        IlOp.ConvOvfI or IlOp.ConvOvfIUn => (64, false, typeof(nint)),
        _ => (64, true, typeof(nuint)),
    };

    private void CheckedConversion(IlOp code, Instr value)
    {
        bool fromUnsigned = code is >= IlOp.ConvOvfI1Un and <= IlOp.ConvOvfUUn;
        (int bits, bool toUnsigned, Type type) = CheckedTarget(code);
        // Widened, the value stands for itself: only a 64-bit unsigned one does not fit a signed register.
        Instr wide = Wide(value, fromUnsigned ? Op.ZeroExtend32 : Op.SignExtend32);
        bool mayBeHuge = fromUnsigned && value.Type == IrType.I64;
        Instr zero = _function.Const(IrType.I64, 0);
        if (bits == 64)
        {
            if (mayBeHuge != toUnsigned && (mayBeHuge || value.Type == IrType.I64 || !fromUnsigned))
                Check(Emit(Op.Ge, IrType.I32, wide, zero), Overflow);
            Push(wide, type);
            return;
        }

        if (toUnsigned || mayBeHuge)
        {
            long limit = (long)(1UL << (toUnsigned ? bits : bits - 1));
            Check(Emit(Op.LtUnsigned, IrType.I32, wide, _function.Const(IrType.I64, limit)), Overflow);
        }
        else
        {
            Instr back = bits switch
            {
                8 => Emit(Op.SignExtend8, IrType.I64, wide),
                16 => Emit(Op.SignExtend16, IrType.I64, wide),
                _ => Emit(Op.SignExtend32, IrType.I64, Emit(Op.Truncate, IrType.I32, wide)),
            };
            Check(Emit(Op.Eq, IrType.I32, wide, back), Overflow);
        }

        Push(Normalise(Low(wide), type), type);
    }
}
