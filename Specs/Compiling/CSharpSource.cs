using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Verification.Specs.Compiling;

/// <summary>A file of C# source.</summary>
/// <param name="Name">Its name, which places in it carry.</param>
/// <param name="Text">Its text.</param>
public sealed record SourceFile(string Name, string Text);

/// <summary>Source that Roslyn refuses.</summary>
/// <param name="errors">Each error with its file.</param>
/// <param name="text">The source.</param>
public sealed class InvalidSourceException(IReadOnlyList<(string File, string Text)> errors, string text)
    : InvalidOperationException(string.Join("\n", errors.Select(error => error.Text)) + "\n" + text)
{
    /// <summary>Each error with its file.</summary>
    public IReadOnlyList<(string File, string Text)> Errors => errors;
}

/// <summary>C# source turned into an assembly by Roslyn, as a kernel's build does it.</summary>
public static class CSharpSource
{
    /// <summary>The file name that places in the source carry.</summary>
    public const string FileName = "Program.cs";

    /// <summary>What source may refer to.</summary>
    internal static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Memory.dll"
                or "System.Threading.dll" or "System.Collections.dll" or "System.Linq.dll" or "System.Console.dll" or "Microsoft.CSharp.dll" or "System.Linq.Expressions.dll" or "System.Runtime.InteropServices.dll" or "Verification.Intrinsics.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Compiles source text; a mistake in it is the spec's own and throws.</summary>
    public static (byte[] Image, byte[] Symbols) Compile(IReadOnlyList<SourceFile> files) => Emit(Compilation(files));

    /// <summary>The assembly of a compilation, and its symbols; a mistake in its source throws.</summary>
    internal static (byte[] Image, byte[] Symbols) Emit(CSharpCompilation compilation)
    {
        using MemoryStream image = new();
        using MemoryStream symbols = new();
        EmitResult result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        return result.Success
            ? (image.ToArray(), symbols.ToArray())
            : throw new InvalidSourceException(
                [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(error => (error.Location.SourceTree?.FilePath ?? "", error.ToString()))],
                string.Join("\n", compilation.SyntaxTrees.Select(tree => tree.ToString())));
    }

    /// <summary>The compilation of source files, with the usings that every guest has.</summary>
    public static CSharpCompilation Compilation(IReadOnlyList<SourceFile> files)
    {
        const string usings = "global using System; global using System.Runtime.CompilerServices; global using System.Runtime.InteropServices; " +
                              "global using System.Threading; global using System.Numerics; global using System.Buffers.Binary; global using System.Diagnostics.CodeAnalysis; " +
                              // The CLR tells exact lines only of code that it does not optimise.
                              "[assembly: System.Diagnostics.Debuggable(System.Diagnostics.DebuggableAttribute.DebuggingModes.Default | System.Diagnostics.DebuggableAttribute.DebuggingModes.DisableOptimizations)]";
        CSharpParseOptions parse = new(LanguageVersion.CSharp14);
        return CSharpCompilation.Create(
            "Guest",
            [
                .. files.Select(file => CSharpSyntaxTree.ParseText(SourceText.From(file.Text, System.Text.Encoding.UTF8), parse, file.Name)),
                CSharpSyntaxTree.ParseText(SourceText.From(usings, System.Text.Encoding.UTF8), parse, "Usings.cs"),
            ],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true,
                deterministic: true, nullableContextOptions: NullableContextOptions.Enable));
    }
}
