namespace Verification.Toolchain.Dwarf;

/// <summary>
/// The entries that others stand in: namespaces, and types that hold methods, static fields or types. A static class is a
/// namespace to a debugger.
/// </summary>
/// <param name="unit">The compilation unit.</param>
internal sealed class Containers(Die unit)
{
    private readonly Dictionary<string, Die> _namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, Die> _classes = [];

    /// <summary>The description of struct types, which hold their methods.</summary>
    public TypeEntries? Types { get; set; }

    /// <summary>Where a type stands.</summary>
    public Die Around(Type type) => CppNames.Outer(type) is { } outer ? Of(outer) : Namespace(type.Namespace ?? "");

    /// <summary>Where a type's members stand.</summary>
    public Die Of(Type type)
    {
        if (type.IsValueType && !type.IsPrimitive && !type.IsEnum && !type.ContainsGenericParameters) return Types!.Of(type);
        if (_classes.TryGetValue(type, out Die? known)) return known;
        Die entry = new Die(Tag.Namespace).Text(At.Name, CppNames.Simple(type));
        _classes.Add(type, entry);
        Around(type).Child(entry);
        return entry;
    }

    private Die Namespace(string name)
    {
        if (name.Length == 0) return unit;
        if (_namespaces.TryGetValue(name, out Die? known)) return known;
        int dot = name.LastIndexOf('.');
        Die entry = new Die(Tag.Namespace).Text(At.Name, name[(dot + 1)..]);
        _namespaces.Add(name, entry);
        Namespace(dot < 0 ? "" : name[..dot]).Child(entry);
        return entry;
    }
}
