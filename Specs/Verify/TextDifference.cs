using System.Text;

namespace Verification.Specs.Verify;

/// <summary>The difference of two texts by lines: the fewest lines removed and added, with two lines around each change.</summary>
internal static class TextDifference
{
    private const int ContextLines = 2;

    /// <summary>Lines that begin with <c>-</c> (only left), <c>+</c> (only right) or a space, <c>@@ line</c> before each part.</summary>
    public static string Between(string left, string right)
    {
        var lines = Lines(left.Split('\n'), right.Split('\n')).ToList();
        var shown = Enumerable.Range(0, lines.Count)
            .Where(i => Enumerable.Range(i - ContextLines, 2 * ContextLines + 1)
                .Any(near => near >= 0 && near < lines.Count && lines[near].Sign != ' '))
            .ToList();
        var text = new StringBuilder();
        var previous = -2;
        foreach (var i in shown)
        {
            if (i != previous + 1) text.Append("@@ line ").Append(lines[i].LeftNumber).Append('\n');
            text.Append(lines[i].Sign).Append(Visible(lines[i].Text)).Append('\n');
            previous = i;
        }
        return text.ToString();
    }

    private static IEnumerable<(char Sign, string Text, int LeftNumber)> Lines(string[] left, string[] right)
    {
        // common[i, j]: the longest common subsequence of what follows. Equal beginnings and ends are taken off first,
        // so that the table stays small where long texts differ in little.
        var head = 0;
        while (head < left.Length && head < right.Length && left[head] == right[head]) head++;
        var tail = 0;
        while (tail < left.Length - head && tail < right.Length - head && left[^(tail + 1)] == right[^(tail + 1)]) tail++;
        var (rows, columns) = (left.Length - head - tail, right.Length - head - tail);
        var common = new int[rows + 1, columns + 1];
        for (var i = rows - 1; i >= 0; i--)
        {
            for (var j = columns - 1; j >= 0; j--)
            {
                common[i, j] = left[head + i] == right[head + j]
                    ? common[i + 1, j + 1] + 1
                    : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        for (var i = 0; i < head; i++) yield return (' ', left[i], i + 1);
        for (int i = 0, j = 0; i < rows || j < columns;)
        {
            if (i < rows && j < columns && left[head + i] == right[head + j])
            {
                yield return (' ', left[head + i], head + i + 1);
                i++;
                j++;
            }
            else if (j == columns || (i < rows && common[i + 1, j] >= common[i, j + 1]))
            {
                yield return ('-', left[head + i], head + i + 1);
                i++;
            }
            else
            {
                yield return ('+', right[head + j], head + i + 1);
                j++;
            }
        }
        for (var i = left.Length - tail; i < left.Length; i++) yield return (' ', left[i], i + 1);
    }

    // A blank at a line's end is a difference that nobody would see.
    private static string Visible(string line)
    {
        var trimmed = line.TrimEnd(' ', '\t');
        return trimmed + line[trimmed.Length..].Replace(' ', '·').Replace('\t', '→');
    }
}
