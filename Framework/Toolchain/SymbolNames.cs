using System.Reflection;
using System.Text;

namespace Verification.Toolchain;

/// <summary>
/// The symbols of C# entities. A symbol reads like the C# name, so that gdb and a map file do too:
/// <c>Allocator.Take</c>, <c>Slot`1[int].Put(int)</c>.
/// </summary>
public static class SymbolNames
{
    /// <summary>The name given by <c>[Export]</c>, or the full name with type arguments and parameter types.</summary>
    public static string Of(MethodBase method)
    {
        if (Attributes.ExportName(method) is { } exported) return exported;
        StringBuilder name = new();
        name.Append(Of(method.DeclaringType!)).Append('.').Append(method.Name);
        if (method.IsGenericMethod) AppendList(name, '<', method.GetGenericArguments(), '>');
        AppendList(name, '(', [.. method.GetParameters().Select(parameter => parameter.ParameterType)], ')');
        // Conversion operators differ in nothing but what they return.
        if (method is MethodInfo { Name: "op_Implicit" or "op_Explicit" or "op_CheckedExplicit" } conversion)
            name.Append(':').Append(Of(conversion.ReturnType));
        return name.ToString();
    }

    /// <summary>The C# name with its type and type arguments, without parameters.</summary>
    public static string Display(MethodBase method)
    {
        StringBuilder name = new();
        name.Append(Of(method.DeclaringType!)).Append('.').Append(method.Name);
        if (method.IsGenericMethod) AppendList(name, '<', method.GetGenericArguments(), '>');
        return name.ToString();
    }

    /// <summary>The symbol of a static field: its full name.</summary>
    public static string Of(FieldInfo field) => Attributes.ExportName(field) ?? $"{Of(field.DeclaringType!)}.{field.Name}";

    /// <summary>A type's name, C# keywords for primitive types, type arguments in angle brackets.</summary>
    public static string Of(Type type)
    {
        if (type.IsByRef) return Of(type.GetElementType()!) + "&";
        if (type.IsPointer) return Of(type.GetElementType()!) + "*";
        if (type.IsArray) return Of(type.GetElementType()!) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
        if (type.IsFunctionPointer) return "delegate*";
        if (type.IsGenericParameter) return type.Name;
        if (Keyword(type) is { } keyword) return keyword;

        StringBuilder name = new();
        if (type.IsNested) name.Append(OfNesting(type)).Append('.');
        else if (!string.IsNullOrEmpty(type.Namespace)) name.Append(type.Namespace).Append('.');
        int tick = type.Name.IndexOf('`');
        name.Append(tick < 0 ? type.Name : type.Name[..tick]);
        Type[] arguments = type.GetGenericArguments();
        int inherited = type.IsNested ? type.DeclaringType!.GetGenericArguments().Length : 0;
        if (arguments.Length > inherited) AppendList(name, '<', arguments[inherited..], '>');
        return name.ToString();
    }

    private static string OfNesting(Type type)
    {
        Type outer = type.DeclaringType!;
        int count = outer.GetGenericArguments().Length;
        if (count == 0 || type.IsGenericTypeDefinition) return Of(outer);
        return Of(outer.GetGenericTypeDefinition().MakeGenericType(type.GetGenericArguments()[..count]));
    }

    private static void AppendList(StringBuilder name, char open, Type[] types, char close)
    {
        name.Append(open);
        for (int index = 0; index < types.Length; index++)
        {
            if (index > 0) name.Append(',');
            name.Append(Of(types[index]));
        }

        name.Append(close);
    }

    private static string? Keyword(Type type) => type.IsEnum ? null : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "bool",
        TypeCode.Char => "char",
        TypeCode.SByte => "sbyte",
        TypeCode.Byte => "byte",
        TypeCode.Int16 => "short",
        TypeCode.UInt16 => "ushort",
        TypeCode.Int32 => "int",
        TypeCode.UInt32 => "uint",
        TypeCode.Int64 => "long",
        TypeCode.UInt64 => "ulong",
        TypeCode.Single => "float",
        TypeCode.Double => "double",
        TypeCode.String => "string",
        _ => type == typeof(void) ? "void" : type == typeof(nint) ? "nint" : type == typeof(nuint) ? "nuint" : null,
    };
}
