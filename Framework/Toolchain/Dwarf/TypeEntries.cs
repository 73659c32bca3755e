using System.Reflection;
using System.Runtime.CompilerServices;
using Verification.Toolchain.Il;

namespace Verification.Toolchain.Dwarf;

/// <summary>
/// Describes C# types to a debugger that thinks in C++: structs with their fields, enums with their names, references and
/// spans as what they are in memory. Each type is described once, where it was declared.
/// </summary>
/// <param name="unit">The compilation unit, for types that stand nowhere else.</param>
/// <param name="containers">Where types stand.</param>
internal sealed class TypeEntries(Die unit, Containers containers)
{
    private const int AddressSizeBytes = 8;

    // Base type encodings (DWARF 5, table 7.11).
    private const int Boolean = 0x02;
    private const int Float = 0x04;
    private const int Signed = 0x05;
    private const int Unsigned = 0x07;
    private const int Utf = 0x10;

    private readonly Dictionary<Type, Die> _entries = [];
    private Die? _void;

    /// <summary>The entry of a type. <c>void</c> has one, since a pointer to it wants a target.</summary>
    public Die Of(Type type)
    {
        if (type == typeof(void)) return _void ??= Added(new Die(Tag.UnspecifiedType).Text(At.Name, "void"));
        if (_entries.TryGetValue(type, out Die? known)) return known;
        if (type.IsPointer) return Pointer(Tag.PointerType, type, type.GetElementType()!);
        if (type.IsByRef) return Pointer(Tag.ReferenceType, type, type.GetElementType()!);
        if (type.IsFunctionPointer || type.IsUnmanagedFunctionPointer) return Opaque(type, "delegate*");
        if (!type.IsValueType) return Opaque(type, SymbolNames.Of(type));
        if (type.IsEnum) return Enumeration(type);
        return type.IsPrimitive ? Primitive(type) : Structure(type);
    }

    private Die Pointer(Tag tag, Type type, Type target)
    {
        Die entry = Remember(type, new Die(tag).Number(At.ByteSize, AddressSizeBytes));
        if (target != typeof(void)) entry.Reference(At.Type, Of(target));
        return entry;
    }

    /// <summary>A reference to something that compiled code never looks into.</summary>
    private Die Opaque(Type type, string name) =>
        Remember(type, new Die(Tag.PointerType).Text(At.Name, name).Number(At.ByteSize, AddressSizeBytes));

    private Die Primitive(Type type) => Remember(type, new Die(Tag.BaseType)
        .Text(At.Name, SymbolNames.Of(type))
        .Number(At.Encoding, EncodingOf(type))
        .Number(At.ByteSize, TypeLayout.Of(type).SizeBytes));

    private static int EncodingOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => Boolean,
        TypeCode.Char => Utf,
        TypeCode.Single or TypeCode.Double => Float,
        TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 => Signed,
        _ => type == typeof(nint) ? Signed : Unsigned,
    };

    private Die Enumeration(Type type)
    {
        Die entry = Remember(type, new Die(Tag.EnumerationType)
            .Text(At.Name, CppNames.Simple(type))
            .Flag(At.EnumClass)
            .Number(At.ByteSize, TypeLayout.Of(type).SizeBytes)
            .Reference(At.Type, Of(Enum.GetUnderlyingType(type))));
        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(field => field.MetadataToken))
        {
            long value = unchecked(field.GetRawConstantValue() is ulong large ? (long)large : Convert.ToInt64(field.GetRawConstantValue()));
            entry.Child(new Die(Tag.Enumerator).Text(At.Name, field.Name).Signed(At.ConstValue, value));
        }

        return entry;
    }

    private Die Structure(Type type)
    {
        TypeLayout layout = TypeLayout.Of(type);
        // Remembered before its fields are described: one may point back to it.
        Die entry = Remember(type, new Die(Tag.StructureType)
            .Text(At.Name, CppNames.Simple(type))
            .Number(At.ByteSize, layout.SizeBytes));
        int repeats = type.GetCustomAttribute<InlineArrayAttribute>()?.Length ?? 1;
        foreach (FieldInfo field in layout.Fields)
        {
            // A field that refers is followed by hand: spans have one, and a debugger is asked for several elements.
            Die fieldType = Of(field.FieldType.IsByRef ? field.FieldType.GetElementType()!.MakePointerType() : field.FieldType);
            if (repeats > 1) fieldType = Array(fieldType, repeats);
            entry.Child(new Die(Tag.Member)
                .Text(At.Name, NameOf(field))
                .Reference(At.Type, fieldType)
                .Number(At.DataMemberLocation, layout.OffsetOf(field)));
        }

        return entry;
    }

    private Die Array(Die element, int count)
    {
        Die array = new Die(Tag.ArrayType).Reference(At.Type, element);
        array.Child(new Die(Tag.SubrangeType).Reference(At.Type, Of(typeof(ulong))).Number(At.Count, count));
        return Added(array);
    }

    /// <summary>A property's hidden field goes by the property's name.</summary>
    private static string NameOf(FieldInfo field) =>
        field.Name.StartsWith('<') && field.Name.IndexOf('>') is > 1 and int end ? field.Name[1..end] : field.Name;

    private Die Remember(Type type, Die entry)
    {
        _entries.Add(type, entry);
        if (type is { IsValueType: true, IsPrimitive: false }) containers.Around(type).Child(entry);
        else Added(entry);
        return entry;
    }

    private Die Added(Die entry)
    {
        unit.Child(entry);
        return entry;
    }
}
