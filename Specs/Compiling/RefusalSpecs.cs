using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Diagnostics;
using Verification.Analyzers.Refusals;
using Verification.Toolchain;
using Xunit;
using CodeAnalysis = Microsoft.CodeAnalysis;

namespace Verification.Specs.Compiling;

/// <summary>
/// What a kernel cannot have is refused at its C# line, with an id of its own: by the compiler and, while one types, by
/// the analyzers, on the same sources. A comment at the line says what is expected; "compiler" behind it, that only the
/// compiler can know.
/// </summary>
public sealed partial class RefusalSpecs
{
    [Fact]
    public void The_compiler_refuses_what_the_sources_mark_and_nothing_else()
    {
        using GuestProgram program = new(GuestSources.Of("Refused"));
        Assert.Empty(program.Program.Methods);
        Assert.All(program.Program.Diagnostics, diagnostic => Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity));
        AssertSame(Marks(all: true), program.Program.Diagnostics.Select(found => $"{found.File}:{found.Line} {found.Id}{(found.Id == "KT0999" ? " " + found.Message : "")}"));
    }

    [Fact]
    public async Task The_analyzers_refuse_the_same_at_the_same_lines() =>
        AssertSame(Marks(all: false), await Analyzed("Refused", isFloatAllowed: false));

    [Fact]
    public async Task The_analyzers_take_what_the_compiler_takes() => Assert.Empty(await Analyzed("Features", isFloatAllowed: true));

    [Fact]
    public void Every_id_of_the_analyzers_is_refused_somewhere() =>
        Assert.Subset(Marks(all: true).Select(mark => mark.Split(' ')[1]).ToHashSet(), Analyzers().SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id).ToHashSet());

    private static void AssertSame(IEnumerable<string> expected, IEnumerable<string> found)
    {
        string[] wanted = [.. expected.Distinct().Order(StringComparer.Ordinal)];
        string[] seen = [.. found.Distinct().Order(StringComparer.Ordinal)];
        Assert.True(wanted.SequenceEqual(seen), $"missing: {string.Join(", ", wanted.Except(seen))}\nnot expected: {string.Join(", ", seen.Except(wanted))}");
    }

    private static IEnumerable<string> Marks(bool all)
    {
        foreach (SourceFile file in GuestSources.Of("Refused"))
        {
            string[] lines = file.Text.Split('\n');
            for (int index = 0; index < lines.Length; index++)
            {
                Match mark = Mark().Match(lines[index]);
                if (!mark.Success || (!all && mark.Groups[2].Success)) continue;
                foreach (string id in mark.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)) yield return $"{file.Name}:{index + 1} {id}";
            }
        }
    }

    private static async Task<IEnumerable<string>> Analyzed(string folder, bool isFloatAllowed)
    {
        CodeAnalysis.Compilation compilation = CSharpSource.Compilation(GuestSources.Of(folder));
        CompilationWithAnalyzers analysis = compilation.WithAnalyzers(Analyzers(), new AnalyzerOptions([], new BuildProperties(isFloatAllowed ? "true" : "")));
        ImmutableArray<CodeAnalysis.Diagnostic> found = await analysis.GetAnalyzerDiagnosticsAsync();
        return found.Select(diagnostic => $"{diagnostic.Location.SourceTree?.FilePath}:{diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1} {diagnostic.Id}{(diagnostic.Id.StartsWith("KT", StringComparison.Ordinal) ? "" : " " + diagnostic)}");
    }

    private static ImmutableArray<DiagnosticAnalyzer> Analyzers() =>
    [
        .. typeof(Refusal).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(Refusal)))
            .OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    [GeneratedRegex(@"// ((?:KT\d{4} ?)+)(compiler)?\s*$")]
    private static partial Regex Mark();

    private sealed class BuildProperties(string floatingPoint) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Properties(floatingPoint);

        public override AnalyzerConfigOptions GetOptions(CodeAnalysis.SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(CodeAnalysis.AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Properties(string floatingPoint) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value)
        {
            value = floatingPoint;
            return key == "build_property.KernelFloatingPoint";
        }
    }
}
