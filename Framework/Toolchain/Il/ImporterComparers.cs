using System.Reflection;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>
/// The comparers that the base library keeps as objects: what <c>EqualityComparer&lt;T&gt;.Default</c> and
/// <c>Comparer&lt;T&gt;.Default</c> do is known from T. No kernel can make a comparer of its own, so that a parameter of the
/// base library that may hold one is null.
/// </summary>
internal sealed partial class Importer
{
    private static readonly Type[] Comparers = [typeof(IComparer<>), typeof(IEqualityComparer<>), typeof(Comparer<>), typeof(EqualityComparer<>)];

    private bool ComparerIntrinsic(MethodBase method, Type owner)
    {
        Type element = owner.GetGenericArguments()[0];
        switch (method.Name)
        {
            case "get_Default":
                PushPseudo(new ComparerValue(owner, element), owner);
                return true;
            case "Equals" when method.GetParameters().Length == 2:
                Entry right = Pop();
                Entry left = Pop();
                Pop();
                CompareEqual(element, left, right);
                return true;
            case "Compare" when element.IsValueType:
                Entry other = Pop();
                Entry first = Pop();
                Pop();
                CompareOrder(element, first, other);
                return true;
            case "GetHashCode" when method.GetParameters().Length == 1:
                Entry value = Pop();
                Pop();
                Push(AddressOf(value, element), element.MakeByRefType());
                (MethodBase hash, Type? self) = ConstrainedCalls.Resolve(element, typeof(object).GetMethod("GetHashCode")!);
                EmitCall(new MethodKey(hash, self), ParameterTypes(hash, self), typeof(int));
                return true;
            default:
                return false;
        }
    }

    private void CompareOrder(Type element, Entry left, Entry right)
    {
        if (Nullable.GetUnderlyingType(element) is { } value)
        {
            CallOfNullable("Compare", value, left, right, typeof(int));
            return;
        }

        Type compared = element.IsEnum ? Enum.GetUnderlyingType(element) : element;
        Type contract = typeof(IComparable<>).MakeGenericType(compared);
        if (!contract.IsAssignableFrom(compared)) throw Refusal.Boxing(element);
        (MethodBase compare, Type? self) = ConstrainedCalls.Resolve(compared, contract.GetMethod("CompareTo")!);
        Push(AddressOf(left, element), compared.MakeByRefType());
        _stack.Add(right);
        EmitCall(new MethodKey(compare, self), ParameterTypes(compare, self), typeof(int));
    }

    private void CompareEqual(Type element, Entry left, Entry right)
    {
        if (IsPlainNumber(element))
        {
            PushBool(Relate(Relation.Equal, false, left, right));
            return;
        }

        if (element == typeof(string))
        {
            MethodInfo equalTexts = typeof(string).GetMethod("Equals", [typeof(string), typeof(string)])!;
            _stack.Add(left);
            _stack.Add(right);
            EmitCall(new MethodKey(equalTexts, null), [typeof(string), typeof(string)], typeof(bool));
            return;
        }

        if (!element.IsValueType) throw Refusal.Virtual($"Equals of {SymbolNames.Of(element)}");
        if (Nullable.GetUnderlyingType(element) is { } value)
        {
            CallOfNullable("Equals", value, left, right, typeof(bool));
            return;
        }

        Type contract = typeof(IEquatable<>).MakeGenericType(element);
        if (!contract.IsAssignableFrom(element))
        {
            PushBool(EqualFields(element, left.Value, right.Value));
            return;
        }

        (MethodBase equals, Type? self) = ConstrainedCalls.Resolve(element, contract.GetMethod("Equals")!);
        Push(AddressOf(left, element), element.MakeByRefType());
        _stack.Add(right);
        EmitCall(new MethodKey(equals, self), ParameterTypes(equals, self), typeof(bool));
    }

    private static bool IsPlainNumber(Type type) => !TypeLayout.IsStruct(type) && (type.IsValueType || type.IsPointer || type.IsFunctionPointer) && !IrTypes.IsFloat(IrTypes.Of(type));

    private void CallOfNullable(string name, Type value, Entry left, Entry right, Type result)
    {
        MethodInfo method = typeof(Nullable).GetMethods().Single(own => own.Name == name && own.IsGenericMethodDefinition).MakeGenericMethod(value);
        _stack.Add(left);
        _stack.Add(right);
        EmitCall(new MethodKey(method, null), ParameterTypes(method, null), result);
    }

    /// <summary>
    /// What <c>ValueType.Equals</c> says of two structs that have no equality of their own: whether their fields are equal.
    /// A field's own <c>Equals(object)</c> would take a box.
    /// </summary>
    private Instr EqualFields(Type type, Instr left, Instr right)
    {
        TypeLayout layout = TypeLayout.Of(type);
        if (OverridesEquals(type) || layout.IsOpaque || type.IsDefined(typeof(System.Runtime.CompilerServices.InlineArrayAttribute), false)) throw Refusal.Boxing(type);
        Instr result = _function.Const(IrType.I32, 1);
        foreach (FieldInfo field in layout.Fields)
        {
            Type fieldType = field.FieldType;
            Instr ofLeft = Offset(left, layout.OffsetOf(field));
            Instr ofRight = Offset(right, layout.OffsetOf(field));
            Instr isEqual;
            if (TypeLayout.IsStruct(fieldType) && !HasKnownEquality(fieldType))
            {
                isEqual = EqualFields(fieldType, ofLeft, ofRight);
            }
            else
            {
                PushLoaded(ofLeft, 0, fieldType);
                Entry first = Pop();
                PushLoaded(ofRight, 0, fieldType);
                CompareEqual(fieldType, first, Pop());
                isEqual = PopValue();
            }

            result = Emit(Op.And, IrType.I32, result, isEqual);
        }

        return result;
    }

    // Structs of the base library say the same of a box and of a value.
    private static bool HasKnownEquality(Type type) =>
        !Compilation.IsKernelCode(type.Assembly) && OverridesEquals(type) && type.GetGenericArguments().All(argument => !TypeLayout.IsStruct(argument) || HasKnownEquality(argument));

    private static bool OverridesEquals(Type type) => type.GetMethod("Equals", [typeof(object)])!.DeclaringType == type;

    private bool IsNullComparer(Type type) => !Compilation.IsKernelCode(_method) && type.IsGenericType && Comparers.Contains(type.GetGenericTypeDefinition());

    // Null is the default where the base library asks for the interface, and in sorts.
    private static bool TakesDefault(MethodBase callee, int index)
    {
        if (Compilation.IsKernelCode(callee)) return false;
        if (callee.Name == "Sort") return true;
        MethodBase definition = callee.Module.ResolveMethod(callee.MetadataToken)!;
        return definition.GetParameters()[callee.IsStatic ? index : index - 1].ParameterType is { IsGenericType: true, IsInterface: true };
    }
}

/// <summary><c>EqualityComparer&lt;T&gt;.Default</c> or <c>Comparer&lt;T&gt;.Default</c>, of which only what T decides may be used.</summary>
/// <param name="Type">The comparer's type.</param>
/// <param name="Element">T.</param>
internal sealed record ComparerValue(Type Type, Type Element);
