using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Verification.Analyzers.StackDepth;

/// <summary>
/// A type's size as a value on rv64: fields in declaration order at their natural alignment (the CLI's sequential
/// layout), with <c>Pack</c>, <c>Size</c>, explicit offsets, fixed buffers and inline arrays.
/// </summary>
/// <param name="SizeBytes">Size of a value, a multiple of the alignment.</param>
/// <param name="Alignment">Alignment in bytes.</param>
/// <param name="Scalars">
/// How many separate values the type falls into when a compiler keeps its fields in registers; each needs a register
/// or eight bytes.
/// </param>
internal readonly record struct TypeLayout(long SizeBytes, int Alignment, int Scalars)
{
    private static readonly TypeLayout Word = new(8, 8, 1);

    /// <summary>Bytes to reserve in a frame, whether the value stays whole or its parts are spilled one by one.</summary>
    public long FrameBytes => Math.Max((SizeBytes + 7) / 8 * 8, Scalars <= MaximumPromoted ? 8L * Scalars : 0);

    /// <summary>Structs of more parts than that stay whole in memory.</summary>
    private const int MaximumPromoted = 32;

    /// <summary>Whether a register holds a value of the type.</summary>
    public bool IsScalar => SizeBytes <= 8 && Scalars <= 1;

    /// <summary>The layout of a type without open type parameters; an open one counts as a word.</summary>
    public static TypeLayout Of(ITypeSymbol type, ConcurrentDictionary<ITypeSymbol, TypeLayout> known)
    {
        if (known.TryGetValue(type, out var layout)) return layout;
        layout = Compute(type, known);
        known.TryAdd(type, layout);
        return layout;
    }

    private static TypeLayout Compute(ITypeSymbol type, ConcurrentDictionary<ITypeSymbol, TypeLayout> known)
    {
        switch (type.SpecialType)
        {
            case SpecialType.System_Void: return new(0, 1, 0);
            case SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_SByte: return new(1, 1, 1);
            case SpecialType.System_Char or SpecialType.System_Int16 or SpecialType.System_UInt16: return new(2, 2, 1);
            case SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Single: return new(4, 4, 1);
            case SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Double: return Word;
            case SpecialType.System_IntPtr or SpecialType.System_UIntPtr: return Word;
        }
        if (type is not INamedTypeSymbol { IsValueType: true } named) return Word;
        if (named.EnumUnderlyingType is { } underlying) return Of(underlying, known);
        if (KnownSizes.Of(named) is { } size) return new(size.SizeBytes, size.Alignment, (size.SizeBytes + 7) / 8);
        return Struct(named, known);
    }

    private static TypeLayout Struct(INamedTypeSymbol type, ConcurrentDictionary<ITypeSymbol, TypeLayout> known)
    {
        var (kind, pack, declaredSize) = LayoutAttribute(type);
        long end = 0, size = 0;
        var alignment = 1;
        var scalars = 0;
        foreach (var (field, offset) in Fields(type, known))
        {
            var fieldAlignment = pack > 0 ? Math.Min(pack, field.Alignment) : field.Alignment;
            alignment = Math.Max(alignment, fieldAlignment);
            end = kind == ExplicitKind && offset is { } place ? place : Up(end, fieldAlignment);
            end += field.SizeBytes;
            size = Math.Max(size, end);
            scalars += field.Scalars;
        }
        if (InlineArrayLength(type) is { } length)
        {
            size *= length;
            scalars = (int)Math.Min(int.MaxValue, (long)scalars * length);
        }
        size = Math.Max(Up(size, alignment), declaredSize);
        if (KnownSizes.HidesFields(type) && size < KnownSizes.UnknownBytes && !ShowsFields(type))
            return new(KnownSizes.UnknownBytes, 8, KnownSizes.UnknownBytes / 8);
        return new(Math.Max(size, 1), alignment, Math.Max(scalars, 1));
    }

    private static IEnumerable<(TypeLayout Layout, int? Offset)> Fields(
        INamedTypeSymbol type, ConcurrentDictionary<ITypeSymbol, TypeLayout> known)
    {
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            yield return (new(1, 1, 1), null);
            yield return (Of(type.TypeArguments[0], known), null);
            yield break;
        }
        foreach (var field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.IsStatic || field.IsConst) continue;
            // A named tuple element is a second symbol for the same field.
            if (field.CorrespondingTupleField is { } same && !SymbolEqualityComparer.Default.Equals(same, field)) continue;
            yield return (Field(field, known), ExplicitOffset(field));
        }
    }

    private static TypeLayout Field(IFieldSymbol field, ConcurrentDictionary<ITypeSymbol, TypeLayout> known)
    {
        if (field.RefKind != RefKind.None) return Word;
        if (!field.IsFixedSizeBuffer) return Of(field.Type, known);
        var element = Of(((IPointerTypeSymbol)field.Type).PointedAtType, known);
        return new(element.SizeBytes * field.FixedSize, element.Alignment, field.FixedSize);
    }

    /// <summary>Base-library structs whose fields are public or known here.</summary>
    private static bool ShowsFields(INamedTypeSymbol type) =>
        type.IsTupleType || type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;

    private const int ExplicitKind = 2;

    private static (int Kind, int Pack, int Size) LayoutAttribute(INamedTypeSymbol type)
    {
        var attribute = type.Attribute("System.Runtime.InteropServices.StructLayoutAttribute");
        if (attribute is null) return (0, 0, 0);
        var kind = attribute.ConstructorArguments.FirstOrDefault().Value is { } value ? Convert.ToInt32(value) : 0;
        return (kind, Named(attribute, "Pack"), Named(attribute, "Size"));
    }

    private static int Named(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value as int? ?? 0;

    private static int? ExplicitOffset(IFieldSymbol field) =>
        field.Attribute("System.Runtime.InteropServices.FieldOffsetAttribute")?.ConstructorArguments.FirstOrDefault().Value as int?;

    private static int? InlineArrayLength(INamedTypeSymbol type) =>
        type.Attribute("System.Runtime.CompilerServices.InlineArrayAttribute")?.ConstructorArguments.FirstOrDefault().Value as int?;

    private static long Up(long value, int alignment) => (value + alignment - 1) / alignment * alignment;
}
