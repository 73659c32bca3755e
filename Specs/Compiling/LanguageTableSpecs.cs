using System.Text.RegularExpressions;
using Verification.Specs.Repository;
using Xunit;

namespace Verification.Specs.Compiling;

/// <summary>The toolchain's README says what is in and what is out; each of its rows has a spec.</summary>
public sealed partial class LanguageTableSpecs
{
    private const string Readme = "Framework/Toolchain/README.md";

    [Fact]
    public void Each_row_links_a_spec_that_exists() =>
        Assert.Empty(Rows("What is in").Concat(Rows("What is out")).Where(row => !Links(row).Any() || !Links(row).All(link => File.Exists(Path.Combine(SourceTree.Root, link)))));

    [Fact]
    public void Each_refusal_of_a_row_stands_in_the_spec_that_it_links() =>
        Assert.Empty(Rows("What is out").Where(row => !Links(row).Any(link => SourceTree.Text(link).Contains($"// {Id().Match(row).Value}", StringComparison.Ordinal)
            || SourceTree.Text(link).Contains($" {Id().Match(row).Value}\n", StringComparison.Ordinal))));

    [Fact]
    public void Each_id_of_the_compiler_has_a_row()
    {
        IEnumerable<string> ids = Id().Matches(SourceTree.Text("Framework/Toolchain/Il/Refusal.cs")).Select(match => match.Value).Distinct();
        Assert.Empty(ids.Except(Rows("What is out").Select(row => Id().Match(row).Value)));
    }

    [Fact]
    public void Each_file_of_features_and_refusals_has_a_row()
    {
        IEnumerable<string> files = SourceTree.Files("Specs/Compiling/Features").Concat(SourceTree.Files("Specs/Compiling/Refused"));
        Assert.Empty(files.Except(Rows("What is in").Concat(Rows("What is out")).SelectMany(Links)));
    }

    private static IEnumerable<string> Rows(string heading)
    {
        string section = SourceTree.Text(Readme).Split("## " + heading + "\n")[1].Split("\n## ")[0];
        return section.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1);
    }

    private static IEnumerable<string> Links(string row) => Link().Matches(row).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"\]\(\.\./\.\./([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"KT00\d\d")]
    private static partial Regex Id();
}
