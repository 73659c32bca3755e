using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;

namespace Verification.Toolchain.Il;

/// <summary>
/// What a struct's declaration says about its layout. Reflection tells a packing of 8 bytes of a struct that asks for none,
/// which matters where 128-bit integers lie in it: the metadata is read itself.
/// </summary>
/// <param name="PackBytes">The largest alignment of a field; 0 if the struct asks for none.</param>
/// <param name="SizeBytes">The least size; 0 if the struct asks for none.</param>
internal readonly record struct DeclaredLayout(int PackBytes, int SizeBytes)
{
    private static readonly ConditionalWeakTable<Module, MetadataReader> Readers = [];

    /// <summary>The declaration of a struct.</summary>
    public static DeclaredLayout Of(Type type)
    {
        System.Reflection.Metadata.TypeLayout layout = Readers.GetValue(type.Module, Read).GetTypeDefinition((TypeDefinitionHandle)MetadataTokens.Handle(type.MetadataToken)).GetLayout();
        return new DeclaredLayout(layout.PackingSize, layout.Size);
    }

    private static unsafe MetadataReader Read(Module module) =>
        module.Assembly.TryGetRawMetadata(out byte* blob, out int length)
            ? new MetadataReader(blob, length)
            : throw new InvalidOperationException($"{module.Name} shows no metadata");
}
