using System.Text.RegularExpressions;
using Xunit;

namespace Verification.Specs.Repository;

public partial class ReadmeSpecs
{
    [Fact]
    public void Every_project_that_a_command_of_the_readme_names_exists()
    {
        var projects = Project().Matches(SourceTree.Text("README.md")).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(projects);
        Assert.Empty(projects.Where(project => !Directory.Exists(Path.Combine(SourceTree.Root, project)) && !File.Exists(Path.Combine(SourceTree.Root, project))));
    }

    [Fact]
    public void The_readme_names_the_command_that_runs_the_specs() =>
        Assert.Contains(SourceTree.Text("README.md").Split('\n'), line => line.Trim() == "dotnet test");

    [Fact]
    public void Every_file_that_a_page_links_to_exists()
    {
        var broken =
            from page in SourceTree.Files().Where(path => path.EndsWith(".md", StringComparison.Ordinal))
            from link in Link().Matches(SourceTree.Text(page)).Select(match => match.Groups[1].Value)
            where !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith('#')
            let target = Path.Combine(SourceTree.Root, Path.GetDirectoryName(page)!, link.Split('#')[0])
            where !File.Exists(target) && !Directory.Exists(target)
            select $"{page}: {link}";
        Assert.Empty(broken);
    }

    [GeneratedRegex(@"dotnet run --project (\S+)")]
    private static partial Regex Project();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
