using Xunit;

namespace Verification.Specs.Repository;

public class FolderSpecs
{
    private static readonly string[] TopFolders = ["Analyzers", "Framework", "Kernel", "Machine", "Specs"];
    private static readonly string[] TopFiles = ["README.md", "Verification.sln", "global.json"];
    private static readonly string[] BuildFiles = [".props", ".targets"];

    [Fact]
    public void The_top_holds_the_five_rooms_and_build_files_alone()
    {
        var tops = SourceTree.Files().Select(path => path.Split('/')).ToArray();
        var folders = tops.Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct().Where(name => !name.StartsWith('.'));
        var files = tops.Where(parts => parts.Length == 1).Select(parts => parts[0]).Where(name => !name.StartsWith('.'));
        Assert.Empty(folders.Except(TopFolders));
        Assert.Empty(files.Except(TopFiles).Where(name => !BuildFiles.Contains(Path.GetExtension(name))));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = SourceTree.Text("Verification.sln").Replace('\\', '/');
        Assert.Empty(SourceTree.Files().Where(path => path.EndsWith(".csproj", StringComparison.Ordinal) && !solution.Contains($"\"{path}\"")));
    }

    [Fact]
    public void A_namespace_follows_its_folder()
    {
        var wrong = Sources().Where(path => Namespace(path) is { } space && !Expected(path).Contains(space)).Select(path => $"{path}: {Namespace(path)}");
        Assert.Empty(wrong);
    }

    private static IEnumerable<string> Sources() => SourceTree.Files()
        // The layer of Verify has that package's names, and a polyfill the system's.
        .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && !path.StartsWith("Specs/Verify/", StringComparison.Ordinal) && !path.EndsWith("/IsExternalInit.cs", StringComparison.Ordinal));

    private static string? Namespace(string path) => SourceTree.Text(path).Split('\n')
        .Where(line => line.StartsWith("namespace ", StringComparison.Ordinal)).Select(line => line["namespace ".Length..].TrimEnd(';', ' ', '\r')).FirstOrDefault();

    // A project may name its own root: Framework/Toolchain is Verification.Toolchain.
    private static string[] Expected(string path)
    {
        var folders = path.Split('/')[..^1];
        return Enumerable.Range(0, folders.Length).Select(skip => "Verification." + string.Join('.', folders[skip..])).ToArray();
    }
}
