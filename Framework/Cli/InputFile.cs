namespace Verification.Framework.Cli;

/// <summary>Files that the user names.</summary>
internal static class InputFile
{
    /// <summary>The file's bytes.</summary>
    /// <exception cref="BadInputException">It can't be read.</exception>
    public static byte[] Read(string path)
    {
        if (Directory.Exists(path)) throw new BadInputException($"'{path}' is a folder, not a file");
        if (!File.Exists(path)) throw new BadInputException($"there is no file '{path}'");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"'{path}' can't be read: {e.Message}");
        }
    }
}
