using System.Reflection;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>
/// How a configuration's types are written to a token: read off the types themselves, so that a choice that is added to
/// the machine is in its tokens without anybody thinking of it.
/// </summary>
internal static class ValueShape
{
    /// <summary>The element type of a <see cref="ValueList{T}"/>; none for another type.</summary>
    public static Type? ElementOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>The cases of a closed hierarchy of records, by name; none for another type.</summary>
    public static Type[] CasesOf(Type type) => !type.IsAbstract ? [] :
        [.. type.GetNestedTypes().Where(t => !t.IsAbstract && type.IsAssignableFrom(t)).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>The properties that make up a record's value, in the order of its declaration.</summary>
    public static PropertyInfo[] PropertiesOf(Type type) => [.. type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.CanWrite && p.GetIndexParameters().Length == 0)
        .OrderBy(p => p.MetadataToken)];

    /// <summary>Makes a record with these values.</summary>
    public static object Make(Type type, PropertyInfo[] properties, object?[] values)
    {
        var constructor = type.GetConstructors().OrderBy(c => c.GetParameters().Length).FirstOrDefault();
        object made = constructor is null || constructor.GetParameters().Length == 0
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. constructor.GetParameters().Select(p => ValueOf(p, properties, values))]);
        for (int i = 0; i < properties.Length; i++) properties[i].SetValue(made, values[i]);
        return made;
    }

    private static object? ValueOf(ParameterInfo parameter, PropertyInfo[] properties, object?[] values)
    {
        int index = Array.FindIndex(properties, p => string.Equals(p.Name, parameter.Name, StringComparison.Ordinal));
        return index >= 0 ? values[index] : throw new ArgumentException($"{parameter.Name} is no property");
    }
}
