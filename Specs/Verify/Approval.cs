using System.Text;

namespace Verification.Specs.Verify;

/// <summary>A received text beside its approved one, on disk: UTF-8 with a byte order mark, LF.</summary>
internal sealed class Approval(string pathWithoutEnding, string received)
{
    private static readonly UTF8Encoding Utf8WithMark = new(encoderShouldEmitUTF8Identifier: true);

    private string VerifiedPath => pathWithoutEnding + ".verified.txt";
    private string ReceivedPath => pathWithoutEnding + ".received.txt";
    private string Name => Path.GetFileName(pathWithoutEnding);

    /// <summary>Null when the texts are equal; else what to tell, with the received text left beside the approved one.</summary>
    public string? Compare()
    {
        if (!File.Exists(VerifiedPath))
        {
            Write(ReceivedPath);
            return $"Nothing is approved yet as {Name}.verified.txt. The text received, now in {Name}.received.txt:\n{received}";
        }
        var verified = File.ReadAllText(VerifiedPath).Replace("\r\n", "\n");
        if (verified == received)
        {
            File.Delete(ReceivedPath);
            return null;
        }
        Write(ReceivedPath);
        return $"The text differs from {Name}.verified.txt (- approved, + received):\n"
            + TextDifference.Between(verified, received)
            + $"\nIf the received text is right, rename {Name}.received.txt, or run again with VERIFY_ACCEPT=1.";
    }

    /// <summary>Takes the received text as approved; always null.</summary>
    public string? Accept()
    {
        Write(VerifiedPath);
        File.Delete(ReceivedPath);
        return null;
    }

    private void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, received, Utf8WithMark);
    }
}
