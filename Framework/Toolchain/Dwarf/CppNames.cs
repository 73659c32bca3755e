using System.Reflection;
using System.Text;

namespace Verification.Toolchain.Dwarf;

/// <summary>
/// C# names as a debugger reads them that takes them for C++: parts joined by <c>::</c>, type arguments in angle brackets.
/// </summary>
internal static class CppNames
{
    /// <summary>A type's full name; C# keywords for primitive types.</summary>
    public static string Full(Type type)
    {
        if (type.IsPointer || type.IsByRef) return Full(type.GetElementType()!) + "*";
        if (!type.IsEnum && type.IsPrimitive || type == typeof(void) || type.IsGenericParameter) return SymbolNames.Of(type);
        if (type.IsArray || type.IsFunctionPointer) return "void*";
        string name = Simple(type);
        if (type.IsNested) return $"{Full(Outer(type)!)}::{name}";
        return string.IsNullOrEmpty(type.Namespace) ? name : $"{type.Namespace.Replace(".", "::", StringComparison.Ordinal)}::{name}";
    }

    /// <summary>A type's own name with its own type arguments.</summary>
    public static string Simple(Type type)
    {
        int tick = type.Name.IndexOf('`');
        StringBuilder name = new(Readable(tick < 0 ? type.Name : type.Name[..tick]));
        Type[] arguments = type.GetGenericArguments();
        int inherited = type.IsNested ? type.DeclaringType!.GetGenericArguments().Length : 0;
        Append(name, arguments.AsSpan(Math.Min(inherited, arguments.Length)));
        return name.ToString();
    }

    /// <summary>A method's own name with its type arguments; a constructor is named as its type.</summary>
    public static string Simple(MethodBase method)
    {
        StringBuilder name = new(method.IsConstructor ? Plain(method.DeclaringType!) : Readable(method.Name));
        if (method.IsGenericMethod) Append(name, method.GetGenericArguments());
        return name.ToString();
    }

    /// <summary>A field's name; a property's hidden field goes by the property's name.</summary>
    public static string Simple(FieldInfo field) => Readable(field.Name);

    /// <summary>The type that a type is nested in, with the type arguments that it shares with it.</summary>
    public static Type? Outer(Type type)
    {
        if (type.DeclaringType is not { } outer) return null;
        int count = outer.GetGenericArguments().Length;
        return count == 0 || type.IsGenericTypeDefinition
            ? outer
            : outer.GetGenericTypeDefinition().MakeGenericType(type.GetGenericArguments()[..count]);
    }

    private static string Plain(Type type)
    {
        int tick = type.Name.IndexOf('`');
        return Readable(tick < 0 ? type.Name : type.Name[..tick]);
    }

    // What C#'s compiler names itself is given back its C# name where there is one: a local function's, a property's field's.
    private static string Readable(string name)
    {
        int local = name.IndexOf(">g__", StringComparison.Ordinal);
        if (local >= 0) name = name[(local + 4)..].Split('|')[0];
        if (name.StartsWith('<') && name.IndexOf('>') is > 1 and int end) name = name[1..end];
        name = name[(name.LastIndexOf('.') + 1)..];
        return string.Concat(name.Select(letter => char.IsLetterOrDigit(letter) || letter == '_' ? letter : '_'));
    }

    private static void Append(StringBuilder name, ReadOnlySpan<Type> arguments)
    {
        if (arguments.Length == 0) return;
        name.Append('<');
        for (int index = 0; index < arguments.Length; index++)
        {
            if (index > 0) name.Append(", ");
            name.Append(Full(arguments[index]));
        }

        // As C++ wrote it once: two closing brackets are not one operator.
        name.Append(name[^1] == '>' ? " >" : ">");
    }
}
