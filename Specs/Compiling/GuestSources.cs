namespace Verification.Specs.Compiling;

/// <summary>The C# files beside the specs that the specs themselves compile, as guests.</summary>
internal static class GuestSources
{
    /// <summary>The files of a folder, in order of their names.</summary>
    /// <param name="folder">Features or Refused.</param>
    public static IReadOnlyList<SourceFile> Of(string folder) =>
    [
        .. typeof(GuestSources).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new SourceFile(name[(folder.Length + 1)..], Read(name))),
    ];

    private static string Read(string name)
    {
        using StreamReader reader = new(typeof(GuestSources).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
