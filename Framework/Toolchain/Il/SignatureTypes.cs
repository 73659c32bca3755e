using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Verification.Toolchain.Il;

/// <summary>Decodes the stand-alone signature of a <c>calli</c> to runtime types.</summary>
internal sealed class SignatureTypes(Module module, Type[] typeArguments, Type[] methodArguments)
    : ISignatureTypeProvider<Type, object?>
{
    /// <summary>Decodes a method signature.</summary>
    public static unsafe MethodSignature<Type> Decode(byte[] signature, Module module, Type[] typeArguments, Type[] methodArguments)
    {
        fixed (byte* bytes = signature)
        {
            BlobReader reader = new(bytes, signature.Length);
            SignatureTypes types = new(module, typeArguments, methodArguments);
            // The decoder asks its reader for nothing but type specifications, which a signature names by token.
            return new SignatureDecoder<Type, object?>(types, null!, null).DecodeMethodSignature(ref reader);
        }
    }

    public Type GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode switch
    {
        PrimitiveTypeCode.Void => typeof(void),
        PrimitiveTypeCode.Boolean => typeof(bool),
        PrimitiveTypeCode.Char => typeof(char),
        PrimitiveTypeCode.SByte => typeof(sbyte),
        PrimitiveTypeCode.Byte => typeof(byte),
        PrimitiveTypeCode.Int16 => typeof(short),
        PrimitiveTypeCode.UInt16 => typeof(ushort),
        PrimitiveTypeCode.Int32 => typeof(int),
        PrimitiveTypeCode.UInt32 => typeof(uint),
        PrimitiveTypeCode.Int64 => typeof(long),
        PrimitiveTypeCode.UInt64 => typeof(ulong),
        PrimitiveTypeCode.Single => typeof(float),
        PrimitiveTypeCode.Double => typeof(double),
        PrimitiveTypeCode.IntPtr => typeof(nint),
        PrimitiveTypeCode.UIntPtr => typeof(nuint),
        PrimitiveTypeCode.String => typeof(string),
        _ => typeof(object),
    };

    public Type GetArrayType(Type elementType, ArrayShape shape) => elementType.MakeArrayType(shape.Rank);

    public Type GetByReferenceType(Type elementType) => elementType.MakeByRefType();

    public Type GetFunctionPointerType(MethodSignature<Type> signature) => typeof(nint);

    public Type GetGenericInstantiation(Type genericType, ImmutableArray<Type> arguments) =>
        genericType.MakeGenericType([.. arguments]);

    public Type GetGenericMethodParameter(object? genericContext, int index) => methodArguments[index];

    public Type GetGenericTypeParameter(object? genericContext, int index) => typeArguments[index];

    public Type GetModifiedType(Type modifier, Type unmodifiedType, bool isRequired) => unmodifiedType;

    public Type GetPinnedType(Type elementType) => elementType;

    public Type GetPointerType(Type elementType) => elementType.MakePointerType();

    public Type GetSZArrayType(Type elementType) => elementType.MakeArrayType();

    public Type GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Resolve(handle);

    public Type GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Resolve(handle);

    public Type GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        Resolve(handle);

    private Type Resolve(EntityHandle handle) => module.ResolveType(MetadataTokens.GetToken(handle), typeArguments, methodArguments);
}
