using System.Runtime.CompilerServices;

namespace Verification.Specs.Repository;

/// <summary>The repository's own files, as its conventions see them: without build output.</summary>
internal static class SourceTree
{
    private static readonly string[] BuildOutput = ["bin", "obj", ".git", ".vs", ".idea", "TestResults", "BenchmarkDotNet.Artifacts"];

    /// <summary>The repository's top folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Paths of all files below a folder, relative to the root, with slashes, in order.</summary>
    public static IReadOnlyList<string> Files(string folder = "") =>
        Below(Path.Combine(Root, folder)).Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal).ToArray();

    /// <summary>A file's text.</summary>
    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Below(string folder)
    {
        foreach (var file in Directory.GetFiles(folder)) yield return file;
        foreach (var inner in Directory.GetDirectories(folder).Where(inner => !BuildOutput.Contains(Path.GetFileName(inner))))
            foreach (var file in Below(inner)) yield return file;
    }

    private static string FindRoot([CallerFilePath] string sourceFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(sourceFile)!, "..", ".."));
}
