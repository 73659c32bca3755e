using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Verification.Toolchain.Ir;

namespace Verification.Toolchain.Il;

/// <summary>A place in the C# source.</summary>
/// <param name="File">Path as the portable PDB has it.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
internal sealed record SourcePoint(string File, int Line, int Column);

/// <summary>
/// Reads the portable PDB of assemblies: which IL offset belongs to which line, and what locals are called. Looked for
/// beside the assembly and inside it. An assembly without one simply has no places.
/// </summary>
internal sealed class SequencePoints(byte[]? symbols) : IDisposable
{
    private readonly MetadataReaderProvider? _provider = Open(symbols);

    /// <summary>Offsets and places of a method, ascending; hidden points are left out.</summary>
    public (int Offset, SourcePoint Point)[] Of(MethodBase method)
    {
        if (_provider is null) return [];
        MetadataReader reader = _provider.GetMetadataReader();
        int row = method.MetadataToken & 0xffffff;
        if (row == 0 || row > reader.MethodDebugInformation.Count) return [];
        MethodDebugInformation information =
            reader.GetMethodDebugInformation(MetadataTokens.MethodDebugInformationHandle(row));
        List<(int, SourcePoint)> points = [];
        foreach (SequencePoint point in information.GetSequencePoints())
        {
            if (point.IsHidden) continue;
            string file = reader.GetString(reader.GetDocument(point.Document).Name);
            points.Add((point.Offset, new SourcePoint(file, point.StartLine, point.StartColumn)));
        }

        return [.. points];
    }

    /// <summary>Names of locals by index, each with its scope: one local may serve several variables, one after the other.</summary>
    public Dictionary<int, List<ScopedName>> LocalNames(MethodBase method)
    {
        Dictionary<int, List<ScopedName>> names = [];
        if (_provider is null) return names;
        MetadataReader reader = _provider.GetMetadataReader();
        int row = method.MetadataToken & 0xffffff;
        if (row == 0 || row > reader.MethodDebugInformation.Count) return names;
        foreach (LocalScopeHandle scope in reader.GetLocalScopes(MetadataTokens.MethodDefinitionHandle(row)))
        {
            LocalScope found = reader.GetLocalScope(scope);
            foreach (LocalVariableHandle handle in found.GetLocalVariables())
            {
                LocalVariable variable = reader.GetLocalVariable(handle);
                if (variable.Attributes.HasFlag(LocalVariableAttributes.DebuggerHidden)) continue;
                if (!names.TryGetValue(variable.Index, out List<ScopedName>? own)) names.Add(variable.Index, own = []);
                own.Add(new ScopedName(reader.GetString(variable.Name), found.StartOffset, found.EndOffset));
            }
        }

        return names;
    }

    /// <inheritdoc/>
    public void Dispose() => _provider?.Dispose();

    private static MetadataReaderProvider? Open(byte[]? symbols)
    {
        if (symbols is null) return null;
        try
        {
            MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols));
            provider.GetMetadataReader();
            return provider;
        }
        catch (BadImageFormatException)
        {
            // A Windows PDB: a program without places, as if there were none.
            return null;
        }
    }
}
