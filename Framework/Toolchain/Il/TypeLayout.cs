using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Verification.Toolchain.Il;

/// <summary>A scalar within a struct.</summary>
/// <param name="Offset">Byte offset from the struct's begin.</param>
/// <param name="Type">Its type: primitive, enum, pointer or reference.</param>
/// <param name="SizeBytes">Its size.</param>
internal sealed record ScalarField(int Offset, Type Type, int SizeBytes);

/// <summary>
/// Size, alignment and field offsets of types, as the CLR lays them out on a 64-bit target: sequential in order of
/// declaration, explicit by attribute, automatic where a struct asks for it or holds references, inline arrays repeated.
/// References are 8 bytes.
/// </summary>
internal sealed class TypeLayout
{
    private static readonly Dictionary<Type, TypeLayout> Known = [];

    private readonly Dictionary<int, int> _offsets = [];
    private readonly List<ScalarField> _scalars = [];

    private TypeLayout(Type type) => Type = type;

    /// <summary>The type.</summary>
    public Type Type { get; }

    /// <summary>Size in bytes, padding at the end included.</summary>
    public int SizeBytes { get; private set; }

    /// <summary>Alignment in bytes.</summary>
    public int Alignment { get; private set; } = 1;

    /// <summary>All scalars, ascending by offset; overlapping ones where the layout is explicit.</summary>
    public IReadOnlyList<ScalarField> Scalars => _scalars;

    /// <summary>True if it has bytes that <see cref="Scalars"/> does not tell of: fixed buffers, long inline arrays.</summary>
    public bool IsOpaque { get; private set; }

    /// <summary>True if a field is a reference to an object or a variable, or holds one.</summary>
    public bool HoldsReferences { get; private set; }

    /// <summary>Instance fields.</summary>
    public FieldInfo[] Fields { get; private set; } = [];

    /// <summary>The layout of a type.</summary>
    public static TypeLayout Of(Type type)
    {
        lock (Known)
        {
            if (Known.TryGetValue(type, out TypeLayout? layout)) return layout;
            layout = new TypeLayout(type);
            layout.Compute();
            Known[type] = layout;
            return layout;
        }
    }

    /// <summary>Forgets all layouts, and with them the types of unloaded kernels.</summary>
    public static void Forget()
    {
        lock (Known) Known.Clear();
    }

    /// <summary>Offset of an instance field.</summary>
    public int OffsetOf(FieldInfo field) => _offsets[field.MetadataToken];

    /// <summary>True for a type whose values are structs to the code generator.</summary>
    public static bool IsStruct(Type type) =>
        type.IsValueType && !type.IsPrimitive && !type.IsEnum && !type.IsPointer && type != typeof(void);

    private void Compute()
    {
        if (!IsStruct(Type))
        {
            SizeBytes = Alignment = ScalarSize(Type);
            _scalars.Add(new ScalarField(0, Type, SizeBytes));
            return;
        }

        if (Type == typeof(RuntimeTypeHandle) || Type == typeof(RuntimeFieldHandle) || Type == typeof(RuntimeMethodHandle))
        {
            SizeBytes = Alignment = 8;
            _scalars.Add(new ScalarField(0, typeof(nint), 8));
            return;
        }

        Fields = Type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
        // Reflection promises no order; metadata tokens are in order of declaration.
        Array.Sort(Fields, (left, right) => left.MetadataToken.CompareTo(right.MetadataToken));
        HoldsReferences = Array.Exists(Fields, field => IsStruct(field.FieldType) ? Of(field.FieldType).HoldsReferences : IsReference(field.FieldType));
        DeclaredLayout declared = DeclaredLayout.Of(Type);
        if (Type.IsAutoLayout || (!Type.IsExplicitLayout && HoldsReferences)) PlaceBySize();
        else PlaceInOrder(declared.PackBytes);
        if (declared.SizeBytes > 0 && !Type.IsGenericType && !Type.IsAutoLayout) Grow(declared.SizeBytes);
        if (Type.GetCustomAttribute<InlineArrayAttribute>() is { } inlineArray) Repeat(inlineArray.Length);
        _scalars.Sort((left, right) => left.Offset.CompareTo(right.Offset));
    }

    // In order of declaration, or where each field says.
    private void PlaceInOrder(int packBytes)
    {
        int offset = 0;
        foreach (FieldInfo field in Fields)
        {
            int alignment = Of(field.FieldType).Alignment;
            if (packBytes > 0) alignment = Math.Min(alignment, packBytes);
            offset = Type.IsExplicitLayout ? field.GetCustomAttribute<FieldOffsetAttribute>()!.Value : Align(offset, alignment);
            offset = Place(field, offset, alignment);
        }

        if (IsWide(Type)) Alignment = 16;
        SizeBytes = Math.Max(1, Align(SizeBytes, Alignment));
    }

    // The CLR's automatic layout, which those have that ask for it (tuples do), and those that hold references: scalars by
    // size, the largest and among them references first, then structs in order of declaration.
    private void PlaceBySize()
    {
        int offset = 0;
        foreach (FieldInfo field in Fields.OrderBy(field => IsStruct(field.FieldType)).ThenByDescending(field => IsStruct(field.FieldType) ? 0 : ScalarSize(field.FieldType)).ThenByDescending(field => IsReference(field.FieldType)))
        {
            int alignment = Of(field.FieldType).Alignment;
            offset = Place(field, Align(offset, alignment), alignment);
        }

        int whole = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(SizeBytes, 1, 8));
        Alignment = Math.Max(Alignment, HoldsReferences ? 8 : whole);
        SizeBytes = Math.Max(1, Align(SizeBytes, Alignment));
    }

    private int Place(FieldInfo field, int offset, int alignment)
    {
        TypeLayout inner = Of(field.FieldType);
        _offsets[field.MetadataToken] = offset;
        foreach (ScalarField scalar in inner._scalars)
            _scalars.Add(scalar with { Offset = scalar.Offset + offset });
        Alignment = Math.Max(Alignment, alignment);
        IsOpaque |= inner.IsOpaque;
        SizeBytes = Math.Max(SizeBytes, offset + inner.SizeBytes);
        return offset + inner.SizeBytes;
    }

    private static bool IsReference(Type type) => type.IsByRef || (!type.IsValueType && !type.IsPointer && !type.IsFunctionPointer);

    private void Grow(int sizeBytes)
    {
        IsOpaque |= sizeBytes > SizeBytes;
        SizeBytes = Math.Max(SizeBytes, sizeBytes);
    }

    private void Repeat(int count)
    {
        ScalarField[] element = [.. _scalars];
        int elementSize = SizeBytes;
        // An array of thousands has no use for a list of its scalars.
        for (int index = 1; index < count && _scalars.Count < 64; index++)
        {
            foreach (ScalarField scalar in element)
                _scalars.Add(scalar with { Offset = scalar.Offset + (index * elementSize) });
        }

        IsOpaque |= _scalars.Count < element.Length * count;
        SizeBytes = elementSize * count;
    }

    private static bool IsWide(Type type) => type == typeof(Int128) || type == typeof(UInt128);

    private static int ScalarSize(Type type) => type.IsEnum ? ScalarSize(Enum.GetUnderlyingType(type)) : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean or TypeCode.SByte or TypeCode.Byte when type.IsPrimitive => 1,
        TypeCode.Char or TypeCode.Int16 or TypeCode.UInt16 => 2,
        TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Single => 4,
        _ => type == typeof(void) ? 1 : 8,
    };

    private static int Align(int value, int alignment) => (value + alignment - 1) / alignment * alignment;
}
