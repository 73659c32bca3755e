using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Verification.Analyzers;
using Verification.Analyzers.StackDepth;
using Verification.Specs.Repository;
using Verification.Toolchain;
using Verification.Toolchain.Il;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.Analyzers;

/// <summary>
/// The order of the three numbers: what the compiler lays out is never more than what the analyzer estimates. The oracle
/// is the compiler's exact frames; the kernel is ours, in both variants.
/// </summary>
public class EstimateSpecs
{
    [Theory]
    [InlineData("default")]
    [InlineData("story")]
    public void No_boot_path_of_the_kernel_is_deeper_than_its_estimate(string variant)
    {
        var compilation = KernelCompilation(variant);
        var graph = Study(compilation);
        var program = Compiled(compilation);
        var bound = StackBound.OfBootStack(program);
        var entry = graph.Nodes.Single(node => node.Method.Attribute(KernelNames.BootEntry) is { NamedArguments.IsEmpty: true });
        Assert.True(bound.SizeBytes <= entry.DepthBytes, $"exact {bound.SizeBytes} > estimate {entry.DepthBytes}\n{Frames(program, graph)}");
        // An estimate that is too far off would be switched off.
        Assert.True(entry.DepthBytes <= 8 * bound.SizeBytes, $"exact {bound.SizeBytes} << estimate {entry.DepthBytes}\n{Frames(program, graph)}");
    }

    [Theory]
    [InlineData("default")]
    [InlineData("story")]
    public void No_frame_of_the_kernel_is_larger_than_its_estimate(string variant)
    {
        var compilation = KernelCompilation(variant);
        var frames = Estimates(Study(compilation));
        var program = Compiled(compilation);
        var compared = program.Methods.Where(method => frames.ContainsKey(Name(method))).ToList();
        Assert.True(compared.Count >= 5, $"only {compared.Count} methods are known to both");
        Assert.Empty(compared.Where(method => method.FrameSizeBytes > frames[Name(method)])
            .Select(method => $"{Name(method)}: exact {method.FrameSizeBytes}, estimate {frames[Name(method)]}"));
    }

    private static CallGraph Study(CSharpCompilation compilation)
    {
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
        var methods = Methods(compilation.Assembly.GlobalNamespace).ToList();
        return CallGraph.Of(
            compilation,
            methods.Where(method => method.Attribute(KernelNames.BootEntry) is not null).ToList(),
            methods.FirstOrDefault(method => method.Attribute(KernelNames.PanicHandler) is not null));
    }

    private static CompiledProgram Compiled(CSharpCompilation compilation)
    {
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        Assert.True(compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb)).Success);
        using var kernel = KernelAssembly.Load(image.ToArray(), symbols.ToArray());
        var program = Compiler.Compile(kernel.Assembly, new CompilerOptions());
        Assert.Empty(program.Diagnostics);
        return program;
    }

    private static CSharpCompilation KernelCompilation(string variant)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: variant == "story" ? ["STORY"] : []);
        var sources = SourceTree.Files("Kernel").Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && !path.StartsWith("Kernel/Intrinsics/", StringComparison.Ordinal))
            .Select(path => CSharpSyntaxTree.ParseText(SourceTree.Text(path), options, path, System.Text.Encoding.UTF8))
            .Prepend(CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using System.Linq; global using System.Threading;", options, "usings", System.Text.Encoding.UTF8));
        return KernelSource.Compile("").RemoveAllSyntaxTrees().AddSyntaxTrees(sources)
            .AddReferences(MetadataReference.CreateFromFile(typeof(Intrinsics.BootEntryAttribute).Assembly.Location));
    }

    private static IEnumerable<IMethodSymbol> Methods(INamespaceOrTypeSymbol container) => container.GetMembers().SelectMany(member => member switch
    {
        IMethodSymbol method => [method],
        INamespaceOrTypeSymbol inner => Methods(inner),
        _ => [],
    });

    private static Dictionary<string, long> Estimates(CallGraph graph) => graph.Nodes
        .GroupBy(node => $"{node.Method.ContainingType.Name}.{node.Method.MetadataName}/{node.Method.Parameters.Length}")
        .ToDictionary(group => group.Key, group => group.Max(node => node.FrameBytes));

    private static string Name(CompiledMethod method) =>
        $"{method.Method.DeclaringType!.Name.Split('`')[0]}.{method.Method.Name}/{method.Method.GetParameters().Length}";

    private static string Frames(CompiledProgram program, CallGraph graph)
    {
        var frames = Estimates(graph);
        return string.Join('\n', program.Methods.Select(method => $"{Name(method)}: exact {method.FrameSizeBytes}, estimate {frames.GetValueOrDefault(Name(method), -1)}"));
    }
}
