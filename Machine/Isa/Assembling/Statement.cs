using System.Text;

namespace Verification.Machine.Isa.Assembling;

/// <summary>One statement of assembly text: labels, then a directive, an instruction or an assignment.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Labels">Labels before it.</param>
/// <param name="Name">Mnemonic or directive; <c>=</c> for an assignment; empty where there are labels alone.</param>
/// <param name="Operands">The operands' text, between commas.</param>
internal sealed record Statement(int Line, IReadOnlyList<string> Labels, string Name, IReadOnlyList<string> Operands)
{
    /// <summary>The statements of a text. Comments are <c>#</c> and <c>//</c> to the line's end, and <c>/* */</c>.</summary>
    internal static IEnumerable<Statement> Read(string text)
    {
        var line = 1;
        var statement = new StringBuilder();
        var start = 1;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            var next = i + 1 < text.Length ? text[i + 1] : '\0';
            if (c == '"')
            {
                var end = EndOfString(text, i, line);
                statement.Append(text, i, end - i);
                i = end - 1;
            }
            else if (c == '\'' && next != '\0' && next != '\n')
            {
                var end = EndOfCharacter(text, i);
                statement.Append(text, i, end - i);
                i = end - 1;
            }
            else if (c == '/' && next == '*')
            {
                var end = text.IndexOf("*/", i + 2, StringComparison.Ordinal);
                if (end < 0)
                    throw new AssemblyException(line, "A comment has no end.");
                line += text.AsSpan(i, end - i).Count('\n');
                statement.Append(' ');
                i = end + 1;
            }
            else if (c is '\n' or ';' or '#' || (c == '/' && next == '/'))
            {
                if (Parse(statement.ToString(), start) is { } parsed)
                    yield return parsed;
                statement.Clear();
                if (c is not ('\n' or ';'))
                    i = text.IndexOf('\n', i) is >= 0 and var end ? end : text.Length;
                if (c != ';')
                    line++;
                start = line;
            }
            else
            {
                statement.Append(c is '\r' or '\t' ? ' ' : c);
            }
        }
    }

    private static int EndOfString(string text, int start, int line)
    {
        for (var i = start + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return i + 1;
        }

        throw new AssemblyException(line, "A string has no end.");
    }

    /// <summary>Behind <c>'x'</c>, whose second quotation mark may be left out.</summary>
    private static int EndOfCharacter(string text, int start)
    {
        var end = start + (start + 1 < text.Length && text[start + 1] == '\\' ? 3 : 2);
        return Math.Min(end < text.Length && text[end] == '\'' ? end + 1 : end, text.Length);
    }

    private static Statement? Parse(string text, int line)
    {
        text = text.Trim();
        var labels = new List<string>();
        while (true)
        {
            var end = 0;
            while (end < text.Length && ExpressionReader.IsSymbolPart(text[end]))
                end++;
            var colon = end;
            while (colon < text.Length && text[colon] == ' ')
                colon++;
            if (end == 0 || colon == text.Length || text[colon] != ':')
                break;
            labels.Add(text[..end]);
            text = text[(colon + 1)..].Trim();
        }

        if (text.Length == 0)
            return labels.Count == 0 ? null : new(line, labels, "", []);
        var nameEnd = text.AsSpan().IndexOfAny(' ', '=');
        var name = nameEnd < 0 ? text : text[..nameEnd];
        var rest = nameEnd < 0 ? "" : text[nameEnd..].Trim();
        return rest.StartsWith('=') && !rest.StartsWith("==", StringComparison.Ordinal)
            ? new(line, labels, "=", [name, rest[1..].Trim()])
            : new(line, labels, name.ToLowerInvariant(), Split(rest));
    }

    /// <summary>Parts between commas outside of strings and parentheses.</summary>
    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        if (text.Length == 0)
            return parts;
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    for (i++; i < text.Length && text[i] != '"'; i++)
                        i += text[i] == '\\' ? 1 : 0;
                    break;
                case '\'':
                    i = EndOfCharacter(text, i) - 1;
                    break;
                case '(':
                    depth++;
                    break;
                case ')':
                    depth--;
                    break;
                case ',' when depth == 0:
                    parts.Add(text[start..i].Trim());
                    start = i + 1;
                    break;
            }
        }

        parts.Add(text[start..].Trim());
        return parts;
    }
}
