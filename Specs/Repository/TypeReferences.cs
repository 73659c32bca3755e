using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Verification.Specs.Repository;

/// <summary>
/// Which types each type of an assembly refers to: in its base types, fields, signatures, attributes and method bodies.
/// Read from metadata and IL, so that nothing that source text hides is missed.
/// </summary>
internal sealed class TypeReferences : IDisposable
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly PEReader file;
    private readonly MetadataReader metadata;

    /// <summary>Opens an assembly file.</summary>
    public TypeReferences(string path)
    {
        file = new PEReader(File.OpenRead(path));
        metadata = file.GetMetadataReader();
    }

    /// <summary>Names of the assemblies that it refers to.</summary>
    public IEnumerable<string> Assemblies => metadata.AssemblyReferences
        .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).Order(StringComparer.Ordinal);

    /// <summary>Every (from, to) pair of full type names, nested types counted as their outermost one.</summary>
    public IEnumerable<(string From, string To)> Pairs() => metadata.TypeDefinitions
        .SelectMany(handle => References(handle).Select(to => (From: Outermost(handle), To: to)))
        .Where(pair => pair.From != pair.To).Distinct();

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private IEnumerable<string> References(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var names = new SignatureNames(this);
        var found = new List<string>();
        if (!type.BaseType.IsNil) found.AddRange(Names(type.BaseType));
        foreach (var one in type.GetInterfaceImplementations()) found.AddRange(Names(metadata.GetInterfaceImplementation(one).Interface));
        foreach (var one in type.GetFields()) found.AddRange(metadata.GetFieldDefinition(one).DecodeSignature(names, null));
        foreach (var one in type.GetCustomAttributes()) found.AddRange(Names(metadata.GetCustomAttribute(one).Constructor));
        foreach (var one in type.GetMethods())
        {
            var method = metadata.GetMethodDefinition(one);
            found.AddRange(Flat(method.DecodeSignature(names, null)));
            if (method.RelativeVirtualAddress != 0) found.AddRange(Body(file.GetMethodBody(method.RelativeVirtualAddress), names));
        }
        return found;
    }

    private IEnumerable<string> Body(MethodBodyBlock body, SignatureNames names)
    {
        if (!body.LocalSignature.IsNil)
            foreach (var local in metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null).SelectMany(local => local)) yield return local;
        foreach (var region in body.ExceptionRegions.Where(region => !region.CatchType.IsNil))
            foreach (var name in Names(region.CatchType)) yield return name;
        foreach (var token in Tokens(body.GetILBytes()!))
            foreach (var name in Names(token)) yield return name;
    }

    private static List<EntityHandle> Tokens(byte[] il)
    {
        var tokens = new List<EntityHandle>();
        for (var at = 0; at < il.Length;)
        {
            short value = il[at++];
            if (value == 0xFE) value = (short)(0xFE00 | il[at++]);
            var operand = OpCodesByValue[value].OperandType;
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
                tokens.Add(MetadataTokens.EntityHandle(BitConverter.ToInt32(il, at)));
            at += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
                _ => 4,
            };
        }
        return tokens;
    }

    private IEnumerable<string> Names(EntityHandle handle)
    {
        var names = new SignatureNames(this);
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition: return [Outermost((TypeDefinitionHandle)handle)];
            case HandleKind.TypeReference: return [Outermost((TypeReferenceHandle)handle)];
            case HandleKind.TypeSpecification: return metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(names, null);
            case HandleKind.FieldDefinition: return [Outermost(metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType())];
            case HandleKind.MethodDefinition: return [Outermost(metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType())];
            case HandleKind.MemberReference: return Names(metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
            case HandleKind.MethodSpecification:
                var method = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                return Names(method.Method).Concat(method.DecodeSignature(names, null).SelectMany(argument => argument));
            default: return [];
        }
    }

    private string Outermost(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil) type = metadata.GetTypeDefinition(type.GetDeclaringType());
        return Full(type.Namespace, type.Name);
    }

    private string Outermost(TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        while (type.ResolutionScope.Kind == HandleKind.TypeReference) type = metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        return Full(type.Namespace, type.Name);
    }

    private string Full(StringHandle space, StringHandle name) =>
        space.IsNil ? metadata.GetString(name) : $"{metadata.GetString(space)}.{metadata.GetString(name)}";

    private static IEnumerable<string> Flat(MethodSignature<ImmutableArray<string>> signature) =>
        signature.ReturnType.Concat(signature.ParameterTypes.SelectMany(parameter => parameter));

    /// <summary>Decodes a signature to the names of all types in it.</summary>
    private sealed class SignatureNames(TypeReferences owner) : ISignatureTypeProvider<ImmutableArray<string>, object?>
    {
        public ImmutableArray<string> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [owner.Outermost(handle)];
        public ImmutableArray<string> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => [owner.Outermost(handle)];
        public ImmutableArray<string> GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) => [.. owner.Names(handle)];
        public ImmutableArray<string> GetGenericInstantiation(ImmutableArray<string> type, ImmutableArray<ImmutableArray<string>> arguments) => [.. type, .. arguments.SelectMany(a => a)];
        public ImmutableArray<string> GetModifiedType(ImmutableArray<string> modifier, ImmutableArray<string> type, bool isRequired) => [.. modifier, .. type];
        public ImmutableArray<string> GetFunctionPointerType(MethodSignature<ImmutableArray<string>> signature) => [.. Flat(signature)];
        public ImmutableArray<string> GetArrayType(ImmutableArray<string> element, ArrayShape shape) => element;
        public ImmutableArray<string> GetSZArrayType(ImmutableArray<string> element) => element;
        public ImmutableArray<string> GetByReferenceType(ImmutableArray<string> element) => element;
        public ImmutableArray<string> GetPointerType(ImmutableArray<string> element) => element;
        public ImmutableArray<string> GetPinnedType(ImmutableArray<string> element) => element;
        public ImmutableArray<string> GetPrimitiveType(PrimitiveTypeCode code) => [];
        public ImmutableArray<string> GetGenericMethodParameter(object? context, int index) => [];
        public ImmutableArray<string> GetGenericTypeParameter(object? context, int index) => [];
    }
}
