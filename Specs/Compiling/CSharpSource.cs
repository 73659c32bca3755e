using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Verification.Specs.Compiling;

/// <summary>C# source turned into an assembly by Roslyn, as a kernel's build does it.</summary>
public static class CSharpSource
{
    /// <summary>The file name that places in the source carry.</summary>
    public const string FileName = "Program.cs";

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Memory.dll"
                or "System.Threading.dll" or "System.Collections.dll" or "System.Linq.dll" or "Verification.Intrinsics.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Compiles source text; a mistake in it is the spec's own and throws.</summary>
    public static (byte[] Image, byte[] Symbols) Compile(string source, OptimizationLevel level = OptimizationLevel.Release)
    {
        const string usings = "global using System; global using System.Runtime.CompilerServices; global using System.Runtime.InteropServices; " +
                              "global using System.Threading; global using System.Numerics; global using System.Buffers.Binary;";
        CSharpParseOptions parse = new(LanguageVersion.Latest);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Guest",
            [
                CSharpSyntaxTree.ParseText(SourceText.From(source, System.Text.Encoding.UTF8), parse, FileName),
                CSharpSyntaxTree.ParseText(SourceText.From(usings, System.Text.Encoding.UTF8), parse, "Usings.cs"),
            ],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: level, allowUnsafe: true,
                deterministic: true, nullableContextOptions: NullableContextOptions.Enable));
        using MemoryStream image = new();
        using MemoryStream symbols = new();
        EmitResult result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        return result.Success
            ? (image.ToArray(), symbols.ToArray())
            : throw new InvalidOperationException(string.Join("\n", result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)) + "\n" + source);
    }
}
