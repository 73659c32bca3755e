using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using Verification.Framework.Cli;
using Verification.Framework.Kernels;
using Verification.Machine.Images;
using Verification.Toolchain;

namespace Verification.Specs.Kernel;

/// <summary>
/// The kernel built from its sources with a bug seeded into them: the same compiler, the same layout, the same description
/// as the build's own.
/// </summary>
internal static class SeededKernel
{
    // What the project's ImplicitUsings give its sources.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Builds the kernel with texts of its sources replaced.</summary>
    /// <param name="bugs">File, text that stands in it exactly once, and what takes its place.</param>
    public static KernelDescription With(params (string File, string Text, string Replacement)[] bugs)
    {
        string folder = Directory.CreateTempSubdirectory("seeded-kernel").FullName;
        try
        {
            string assembly = Compile(bugs, folder);
            string elf = Path.Combine(folder, "kernel.elf");
            using var messages = new StringWriter();
            int exitCode = BuildCommand.Run([assembly, "--output", elf], messages, messages);
            return exitCode == 0
                ? OurKernel.Describe("The seeded kernel", KernelImage.Read(File.ReadAllBytes(elf)))
                : throw new InvalidOperationException(messages.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Compile((string File, string Text, string Replacement)[] bugs, string folder)
    {
        string intrinsics = Path.Combine(Path.GetDirectoryName(OurKernel.PathOf("default"))!, "Verification.Intrinsics.dll");
        File.Copy(intrinsics, Path.Combine(folder, Path.GetFileName(intrinsics)));
        var parsing = new CSharpParseOptions(LanguageVersion.Preview);
        var sources = Sources().ToDictionary(path => path, File.ReadAllText);
        foreach (var (file, text, replacement) in bugs)
        {
            string path = sources.Keys.Single(p => Path.GetFileName(p) == file);
            if (sources[path].Split(text).Length != 2) throw new InvalidOperationException($"{file} does not hold '{text}' exactly once");
            sources[path] = sources[path].Replace(text, replacement);
        }

        var trees = sources.OrderBy(s => s.Key, StringComparer.Ordinal)
            .Select(s => CSharpSyntaxTree.ParseText(SourceText.From(s.Value, System.Text.Encoding.UTF8), parsing, s.Key))
            .Append(CSharpSyntaxTree.ParseText(SourceText.From(ImplicitUsings, System.Text.Encoding.UTF8), parsing, "ImplicitUsings.cs"));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
            optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable, deterministic: true);
        var compilation = CSharpCompilation.Create("Kernel", trees,
            [.. BaseLibrary().Append(intrinsics).Select(path => MetadataReference.CreateFromFile(path))], options);
        string assembly = Path.Combine(folder, "Kernel.dll");
        using var image = File.Create(assembly);
        using var symbols = File.Create(Path.ChangeExtension(assembly, ".pdb"));
        var emitted = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        return emitted.Success ? assembly : throw new InvalidOperationException(string.Join('\n', emitted.Diagnostics.Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error)));
    }

    private static IEnumerable<string> BaseLibrary() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location));

    private static IEnumerable<string> Sources()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Verification.sln"))) folder = folder.Parent!;
        return Directory.EnumerateFiles(Path.Combine(folder.FullName, "Kernel"), "*.cs", SearchOption.TopDirectoryOnly);
    }
}
