namespace Verification.Specs.Compiling;

/// <summary>
/// Makes a program that shows a difference shorter, as long as it still shows one: lines and whole blocks of lines are
/// left out, the largest first.
/// </summary>
internal static class ProgramShrinker
{
    /// <summary>The shortest program found.</summary>
    /// <param name="file">The program.</param>
    /// <param name="stillDiffers">Whether a shorter one compiles, and still does not agree.</param>
    public static SourceFile Shrink(SourceFile file, Func<SourceFile, bool> stillDiffers)
    {
        List<string> lines = [.. file.Text.Split('\n')];
        for (int size = lines.Count / 2; size >= 1; size = size == 1 ? 0 : size / 2)
        {
            for (int start = 0; start + size <= lines.Count;)
            {
                List<string> shorter = [.. lines[..start], .. lines[(start + size)..]];
                if (IsBalanced(lines[start..(start + size)]) && stillDiffers(file with { Text = string.Join('\n', shorter) })) lines = shorter;
                else start++;
            }
        }

        return file with { Text = string.Join('\n', lines) };
    }

    private static bool IsBalanced(List<string> lines)
    {
        int depth = 0;
        foreach (char letter in lines.SelectMany(line => line))
        {
            if (letter == '{') depth++;
            if (letter == '}' && --depth < 0) return false;
        }

        return depth == 0;
    }
}
