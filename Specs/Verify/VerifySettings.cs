using System.Text;

namespace VerifyTests;

/// <summary>How one approval is named and cleaned: the part of Verify's settings that specs use.</summary>
public class VerifySettings
{
    private readonly List<Action<StringBuilder>> scrubbers = [];

    /// <summary>Copies another's choices, so that a shared settings object can be refined for one call.</summary>
    public VerifySettings(VerifySettings? settings)
    {
        if (settings is null) return;
        scrubbers.AddRange(settings.scrubbers);
        Directory = settings.Directory;
        TypeName = settings.TypeName;
        MethodName = settings.MethodName;
        FileName = settings.FileName;
        Parameters = settings.Parameters;
    }

    /// <summary>Nothing scrubbed; the file lies beside the spec and is named after it.</summary>
    public VerifySettings() { }

    internal string? Directory { get; private set; }
    internal string? TypeName { get; private set; }
    internal string? MethodName { get; private set; }
    internal string? FileName { get; private set; }
    internal IReadOnlyList<object?>? Parameters { get; private set; }

    /// <summary>The folder of the approved text, relative to the spec's source file.</summary>
    public void UseDirectory(string directory) => Directory = directory;

    /// <summary>Another name in place of the class's.</summary>
    public void UseTypeName(string name) => TypeName = name;

    /// <summary>Another name in place of the method's.</summary>
    public void UseMethodName(string name) => MethodName = name;

    /// <summary>The whole name, without <c>.verified.txt</c>.</summary>
    public void UseFileName(string fileName) => FileName = fileName;

    /// <summary>A theory's arguments, in the order of the method's parameters: each becomes <c>_name=value</c>.</summary>
    public void UseParameters(params object?[] parameters) => Parameters = parameters;

    /// <summary>Free text in place of <c>_name=value</c> pairs.</summary>
    public void UseTextForParameters(string parametersText) => ParametersText = parametersText;

    internal string? ParametersText { get; private set; }

    /// <summary>Removes the lines for which the predicate holds.</summary>
    public void ScrubLines(Func<string, bool> removeLine) =>
        ScrubEachLine(line => removeLine(line) ? null : line);

    /// <summary>Removes the lines that hold one of the texts, upper and lower case alike.</summary>
    public void ScrubLinesContaining(params string[] stringToMatch) =>
        ScrubLines(line => stringToMatch.Any(text => line.Contains(text, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Replaces each line; null removes it.</summary>
    public void ScrubLinesWithReplace(Func<string, string?> replaceLine) => ScrubEachLine(replaceLine);

    /// <summary>Changes the text as a whole.</summary>
    public void AddScrubber(Action<StringBuilder> scrubber) => scrubbers.Add(scrubber);

    internal string Scrub(string text)
    {
        var builder = new StringBuilder(text.Replace("\r\n", "\n").Replace('\r', '\n'));
        foreach (var scrubber in scrubbers) scrubber(builder);
        // An approved file has no newline at its end.
        return builder.ToString().TrimEnd('\n');
    }

    private void ScrubEachLine(Func<string, string?> replace) => scrubbers.Add(builder =>
    {
        var lines = builder.ToString().Split('\n').Select(replace).Where(line => line is not null);
        builder.Clear().AppendJoin('\n', lines);
    });
}
