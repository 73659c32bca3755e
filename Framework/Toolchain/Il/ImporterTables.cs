using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>
/// Arrays of several dimensions: static tables, for no other can be. Behind the total length stand the lengths of the
/// dimensions and their lower bounds, which are 0, then the elements, the last index fastest, as the CLR has them.
/// </summary>
internal sealed partial class Importer
{
    /// <summary>Offset of the first element of an array of that many dimensions.</summary>
    public static int FirstElementOffset(int rank) => rank == 1 ? ArrayOffset : ArrayOffset + (8 * rank);

    // The runtime makes the methods of such an array; there is no IL.
    private bool TryTable(MethodBase method)
    {
        Type owner = method.DeclaringType!;
        if (owner == typeof(Array) && method.Name is "GetLength" or "GetUpperBound" or "GetLowerBound" or "get_Rank") return TryTableLength(method.Name, method.GetParameters().Length);
        if (!owner.IsArray || method.IsConstructor) return false;
        Type element = owner.GetElementType()!;
        Entry? stored = method.Name == "Set" ? Pop() : null;
        Instr address = TableElement(owner.GetArrayRank(), TypeLayout.Of(element).SizeBytes);
        switch (method.Name)
        {
            case "Get":
                PushLoaded(address, 0, element);
                break;
            case "Set":
                StorePopped(address, 0, stored!, element);
                break;
            default:
                Push(address, AddressType(element));
                break;
        }

        return true;
    }

    // The type of the elements is that of the variables that hold the arrays.
    private bool ArrayIntrinsic(MethodBase method)
    {
        ParameterInfo[] parameters = method.GetParameters();
        Type[] types = [.. parameters.Select((parameter, index) => (Array: parameter.ParameterType == typeof(Array), Type: _stack[_stack.Count - parameters.Length + index].Type)).Where(argument => argument.Array).Select(argument => argument.Type).Distinct()];
        if (types is not [{ IsSZArray: true } type]) return false;
        MethodInfo? routine = typeof(ArrayRoutines).GetMethods().SingleOrDefault(routine => routine.Name == method.Name
            && routine.GetParameters().Select(parameter => parameter.ParameterType.IsArray ? typeof(Array) : parameter.ParameterType).SequenceEqual(parameters.Select(parameter => parameter.ParameterType)));
        if (routine is null) return false;
        CallRoutine(routine.MakeGenericMethod(type.GetElementType()!));
        return true;
    }

    private bool TryTableLength(string name, int parameterCount)
    {
        Type type = _stack[^(parameterCount + 1)].Type;
        if (!type.IsArray) return false;
        int rank = type.GetArrayRank();
        Instr? dimension = parameterCount == 0 ? null : PopValue();
        Instr table = PopAddress();
        if (dimension is null)
        {
            CheckNotNull(table);
            PushInt(rank);
            return true;
        }

        if (!dimension.IsConst || dimension.Immediate < 0 || dimension.Immediate >= rank)
            Check(Emit(Op.LtUnsigned, IrType.I32, dimension, _function.Const(IrType.I32, rank)), "index out of range");
        Instr length = rank == 1 ? LengthOf(table)
            : dimension.IsConst && dimension.Immediate >= 0 && dimension.Immediate < rank ? TableLength(table, (int)dimension.Immediate)
            : EmitLoad(Scaled(table, Wide(dimension, Op.ZeroExtend32), sizeof(int)), ArrayOffset, IrType.I32, MemType.I32, false);
        if (name == "GetLowerBound") PushInt(0);
        else Push(name == "GetLength" ? length : Emit(Op.Sub, IrType.I32, length, _function.Const(IrType.I32, 1)), typeof(int));
        return true;
    }

    private Instr Narrow(Instr index) => index.Type == IrType.I64 ? Emit(Op.Truncate, IrType.I32, index) : index;

    private Instr TableElement(int rank, int sizeBytes)
    {
        Instr[] indices = new Instr[rank];
        // The parameters are of 32 bits: of a wider index the CLR takes these.
        for (int dimension = rank - 1; dimension >= 0; dimension--) indices[dimension] = Narrow(PopValue());
        Instr table = PopAddress();
        CheckNotNull(table);
        Instr? position = null;
        for (int dimension = 0; dimension < rank; dimension++)
        {
            Instr length = TableLength(table, dimension);
            Check(Emit(Op.LtUnsigned, IrType.I32, indices[dimension], length), "index out of range");
            Instr index = Wide(indices[dimension], Op.ZeroExtend32);
            position = position is null ? index : Emit(Op.Add, IrType.I64, Emit(Op.Mul, IrType.I64, position, Wide(length, Op.ZeroExtend32)), index);
        }

        return Scaled(Offset(table, FirstElementOffset(rank)), position!, sizeBytes);
    }

    private Instr TableLength(Instr table, int dimension)
    {
        if (table is { Op: Op.SymbolAddress, Immediate: 0, Reference: string symbol } && _unit.Data.LengthsOf(symbol) is { } known)
            return _function.Const(IrType.I32, known[dimension]);
        CheckNotNull(table);
        return Emit(Op.NonNegative, IrType.I32, EmitLoad(table, ArrayOffset + (4 * dimension), IrType.I32, MemType.I32, false));
    }
}
