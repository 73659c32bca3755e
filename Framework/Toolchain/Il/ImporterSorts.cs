using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>Sorts: the base library asks an object which of two algorithms it takes, and that one an object or a delegate.</summary>
internal sealed partial class Importer
{
    private bool SortIntrinsic(MethodBase method, Type owner)
    {
        if (method.Name == "get_Default")
        {
            PushPseudo(new SorterValue(owner), owner);
            return true;
        }

        if (method.Name != "Sort") return false;
        if (_stack.Count < method.GetParameters().Length + 1 || _stack[^(method.GetParameters().Length + 1)].Value is not { Op: Op.Pseudo, Reference: SorterValue sorter }) return false;
        BoxedValue? given = Pop().Value is { Op: Op.Pseudo, Reference: BoxedValue boxed } ? boxed : null;
        Type[] elements = sorter.Type.GetGenericArguments();
        if (given is null && typeof(IComparable<>).MakeGenericType(elements[0]).IsAssignableFrom(elements[0]))
        {
            Type ofComparable = typeof(object).Assembly.GetType($"System.Collections.Generic.GenericArraySortHelper`{elements.Length}")!.MakeGenericType(elements);
            MethodInfo sort = ofComparable.GetMethod("Sort")!;
            // The helper, which asks nothing of itself, and no comparer.
            _stack.Insert(_stack.Count - elements.Length, new Entry(_function.Const(IrType.I64, 0), typeof(object)));
            Push(_function.Const(IrType.I64, 0), typeof(object));
            EmitCall(new MethodKey(sort, null), ParameterTypes(sort, null), typeof(void));
        }
        else
        {
            Type comparing = given?.Type ?? typeof(DefaultComparer<>).MakeGenericType(elements[0]);
            Instr address = given is null ? _function.Address(_function.NewSlot(comparing)) : AddressOf(new Entry(given.Value, comparing), comparing);
            MethodInfo sort = sorter.Type.GetMethod("IntrospectiveSort", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;
            Push(address, comparing.MakeByRefType());
            EmitCall(new MethodKey(sort, null) { Comparer = comparing }, [.. ParameterTypes(sort, null).Select(type => WithComparer(type, comparing))], typeof(void));
        }

        // The object that was asked.
        Pop();
        return true;
    }

    // What its try blocks would catch ends in the panic handler.
    private static bool IsSortHelper(Type type) => type.FullName?.StartsWith("System.Collections.Generic.ArraySortHelper`", StringComparison.Ordinal) == true ||
        type.FullName?.StartsWith("System.Collections.Generic.GenericArraySortHelper`", StringComparison.Ordinal) == true;

    private static Type WithComparer(Type type, Type? comparer) => comparer is not null && TakesComparer(type) ? comparer.MakeByRefType() : type;

    private static bool TakesComparer(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() is var kind && (kind == typeof(Comparison<>) || kind == typeof(IComparer<>));

    // A method that sorts goes on with what it was given.
    private bool PassesComparer(MethodBase callee) =>
        _function.Key.Comparer is not null && IsSortHelper(_method.DeclaringType!) && IsSortHelper(callee.DeclaringType!) && Array.Exists(callee.GetParameters(), parameter => TakesComparer(parameter.ParameterType));

    // The delegate's method is the comparer's.
    private MethodBase ComparisonOf(MethodBase method) =>
        _function.Key.Comparer is not null && method.Name == "Invoke" && method.DeclaringType is { IsGenericType: true } owner && owner.GetGenericTypeDefinition() == typeof(Comparison<>)
            ? typeof(IComparer<>).MakeGenericType(owner.GetGenericArguments()).GetMethod("Compare")! : method;
}

/// <summary>The object by which the base library chooses an algorithm that sorts.</summary>
/// <param name="Type">Its type.</param>
internal sealed record SorterValue(Type Type);
