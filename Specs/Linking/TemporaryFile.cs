namespace Verification.Specs.Linking;

/// <summary>A file for an oracle to read, gone when disposed of.</summary>
public sealed class TemporaryFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public TemporaryFile(byte[] content)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "image");
        File.WriteAllBytes(Path, content);
    }

    public string Path { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
