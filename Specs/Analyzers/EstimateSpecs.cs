using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Verification.Analyzers;
using Verification.Specs.Compiling;
using Verification.Specs.Repository;
using Verification.Toolchain;
using Verification.Toolchain.Il;
using Verification.Toolchain.Linking;
using Xunit;

namespace Verification.Specs.Analyzers;

/// <summary>
/// The order of the numbers: what the compiler lays out is never more than what the analyzer estimates. The oracle is
/// the compiler's exact frames, of our kernel in both variants and of generated programs.
/// </summary>
public class EstimateSpecs
{
    private const int MethodsPerProgram = 3;

    [Theory]
    [InlineData("default")]
    [InlineData("story")]
    public void No_boot_path_of_the_kernel_is_deeper_than_its_estimate(string variant)
    {
        var compilation = KernelCompilation(variant);
        var program = Compiled(compilation);
        var figures = StackFigures.Of(compilation, program, IsEntry);
        var bound = StackBound.OfBootStack(program).SizeBytes;
        var entry = figures.Graph.Nodes.Single(node => node.Method.Attribute(KernelNames.BootEntry) is { NamedArguments.IsEmpty: true });
        Assert.True(StackFigures.IsResolved(entry));
        Assert.True(bound <= entry.DepthBytes, $"exact {bound} > estimate {entry.DepthBytes}\n{figures}");
        // An estimate that is too far off would be switched off.
        Assert.True(entry.DepthBytes <= 8 * bound, $"exact {bound} << estimate {entry.DepthBytes}\n{figures}");
    }

    [Theory]
    [InlineData("default")]
    [InlineData("story")]
    public void No_frame_of_the_kernel_is_larger_than_its_estimate(string variant)
    {
        var compilation = KernelCompilation(variant);
        var figures = StackFigures.Of(compilation, Compiled(compilation), IsEntry);
        Assert.True(figures.ComparedCount >= 5, $"only {figures.ComparedCount} methods are known to both");
        Assert.Empty(figures.FramesOverTheirEstimate());
    }

    [Property(MaxTest = 12)]
    public Property No_generated_program_is_deeper_than_its_estimate() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
    {
        using var guest = new GuestProgram(ProgramWriter.Write(seed, MethodsPerProgram));
        // That every generated program compiles is a spec of the compiler's own.
        if (!guest.Program.IsComplete) return true.Label("");
        var figures = StackFigures.Of(GuestCompilation(guest.Source), guest.Program, IsRun);
        var mistakes = figures.FramesOverTheirEstimate().ToList();
        foreach (var root in figures.Graph.Nodes.Where(node => IsRun(node.Method) && StackFigures.IsResolved(node)))
        {
            var exact = figures.ExactDepthBytes($"Test.{root.Method.Name}/{root.Method.Parameters.Length}");
            if (exact is null || exact > root.DepthBytes) mistakes.Add($"{root.Name}: exact depth {exact?.ToString() ?? "without bound"}, estimate {root.DepthBytes}");
        }
        return (mistakes.Count == 0).Label($"seed {seed}\n{string.Join('\n', mistakes)}\n{guest.Source}");
    });

    [Fact]
    public void No_text_of_a_number_is_deeper_than_its_estimate()
    {
        string[] types = ["sbyte", "byte", "short", "ushort", "int", "uint", "long", "ulong", "nint", "nuint", "Int128", "UInt128", "Half", "float", "double"];
        var source = string.Join('\n', types.Select(type =>
            $$"""
                [Verification.Intrinsics.Export("bytes_{{type}}")] public static long Run_bytes_{{type}}(long a, long b) { Span<byte> text = default; return (({{type}})a).TryFormat(text, out int count, (b & 1) == 0 ? "N2" : "#,##0") ? count : 0; }
                [Verification.Intrinsics.Export("chars_{{type}}")] public static long Run_chars_{{type}}(long a, long b) { Span<char> text = default; return (({{type}})a).TryFormat(text, out int count, (b & 1) == 0 ? "N2" : "#,##0") ? count : 0; }
                [Verification.Intrinsics.Export("parse_{{type}}")] public static long Run_parse_{{type}}(long a, long b) { ReadOnlySpan<char> text = default; return {{type}}.TryParse(text, out {{type}} value) ? 1 : 0; }
                [Verification.Intrinsics.Export("must_{{type}}")] public static long Run_must_{{type}}(long a, long b) { ReadOnlySpan<char> text = default; return {{type}}.Parse(text) == default ? 1 : 0; }
            """));
        // What fails in the library goes on to the handler, whose frame is large here.
        var compilation = GuestCompilation(
            $$"""
            public static unsafe class Test
            {
            {{source}}
                [Verification.Intrinsics.PanicHandler, Verification.Intrinsics.Export("panic")]
                static void Panic(Verification.Intrinsics.PanicSite* site) { byte* line = stackalloc byte[2048]; while (true) { line[0]++; } }
            }
            """);
        var figures = StackFigures.Of(compilation, Compiled(compilation, isFloatAllowed: true), IsRun);
        var roots = figures.Graph.Nodes.Where(node => IsRun(node.Method)).ToList();
        Assert.Equal(4 * types.Length, roots.Count(StackFigures.IsResolved));
        Assert.Empty(roots.Where(root => figures.ExactDepthBytes($"Test.{root.Method.Name}/2") is not { } exact || exact > root.DepthBytes)
            .Select(root => $"{root.Name}: exact depth {figures.ExactDepthBytes($"Test.{root.Method.Name}/2")}, estimate {root.DepthBytes}"));
    }

    private static bool IsEntry(IMethodSymbol method) => method.Attribute(KernelNames.BootEntry) is not null;

    private static bool IsRun(IMethodSymbol method) =>
        method.Name.StartsWith("Run", StringComparison.Ordinal) && method is { IsStatic: true, DeclaredAccessibility: Accessibility.Public, ContainingType.Name: "Test" };

    private static CompiledProgram Compiled(CSharpCompilation compilation, bool isFloatAllowed = false)
    {
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        Assert.True(compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb)).Success);
        using var kernel = KernelAssembly.Load(image.ToArray(), symbols.ToArray());
        var program = Verification.Toolchain.Compiler.Compile(kernel.Assembly, new CompilerOptions { FloatingPoint = isFloatAllowed });
        Assert.Empty(program.Diagnostics);
        return program;
    }

    private static CSharpCompilation KernelCompilation(string variant) => Compilation(
        "global using System; global using System.Collections.Generic; global using System.Linq; global using System.Threading;",
        SourceTree.Files("Kernel")
            .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && !path.StartsWith("Kernel/Intrinsics/", StringComparison.Ordinal))
            .Select(path => (path, SourceTree.Text(path))),
        variant == "story" ? ["STORY"] : []);

    private static CSharpCompilation GuestCompilation(string source) => Compilation(
        "global using System; global using System.Runtime.CompilerServices; global using System.Runtime.InteropServices; "
        + "global using System.Threading; global using System.Numerics; global using System.Buffers.Binary;",
        [(CSharpSource.FileName, source)]);

    private static CSharpCompilation Compilation(string usings, IEnumerable<(string Path, string Text)> sources, params string[] symbols)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: symbols);
        return KernelSource.Compile("").RemoveAllSyntaxTrees()
            .AddSyntaxTrees(sources.Append(("Usings.cs", usings)).Select(source => CSharpSyntaxTree.ParseText(source.Item2, options, source.Item1, System.Text.Encoding.UTF8)))
            .AddReferences(MetadataReference.CreateFromFile(typeof(Intrinsics.BootEntryAttribute).Assembly.Location));
    }
}
