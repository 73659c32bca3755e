using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Verification.Specs.Analyzers;

/// <summary>Kernel source as an analyzer sees it, with the local runtime's assemblies: nothing is downloaded.</summary>
internal static class KernelSource
{
    /// <summary>The kernel's attributes as source: the analyzers know them by name.</summary>
    public const string Attributes = """
        namespace Verification.Intrinsics
        {
            public sealed class BootEntryAttribute : System.Attribute { public int StackSizeBytes { get; set; } }
            public sealed class PanicHandlerAttribute : System.Attribute;
            public sealed class AssemblyAttribute(string text) : System.Attribute { public string Text => text; }
            public sealed class LinkerSymbolAttribute(string name) : System.Attribute { public string Name => name; }
        }
        """;

    /// <summary>The assemblies of the running base library.</summary>
    public static IEnumerable<MetadataReference> BaseLibrary { get; } =
        Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll")
            .Where(path => !Path.GetFileName(path).Contains("Native", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToArray();

    /// <summary>Checks one analyzer against marked source: <c>{|KT0001:code|}</c> is where a diagnostic must stand, and no other.</summary>
    public static Task Check<TAnalyzer>(string source, string? bootStackSize = null, params DiagnosticResult[] expected)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
        {
            ReferenceAssemblies = new ReferenceAssemblies("net10.0"),
            TestState = { Sources = { source, Attributes } },
        };
        test.TestState.AdditionalReferences.AddRange(BaseLibrary);
        if (bootStackSize is not null)
            test.TestState.AnalyzerConfigFiles.Add(("/.globalconfig", $"is_global = true\nbuild_property.BootStackSize = {bootStackSize}\n"));
        test.ExpectedDiagnostics.AddRange(expected);
        test.SolutionTransforms.Add((solution, project) => solution
            .WithProjectCompilationOptions(project, Options)
            .WithProjectParseOptions(project, new CSharpParseOptions(LanguageVersion.Preview)));
        return test.RunAsync();
    }

    /// <summary>A compilation of kernel source, for specs that look at more than diagnostics.</summary>
    public static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        "Generated",
        [
            CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Preview)),
            CSharpSyntaxTree.ParseText(Attributes, new CSharpParseOptions(LanguageVersion.Preview)),
        ],
        BaseLibrary, Options);

    private static CSharpCompilationOptions Options { get; } =
        new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release);
}
