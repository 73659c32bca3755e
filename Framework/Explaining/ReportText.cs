using System.Text;

namespace Verification.Framework.Explaining;

/// <summary>Sets a report: labels in a column of their own, text beside it, no line longer than 100 columns.</summary>
internal sealed class ReportText
{
    private const int Columns = 100;
    private const int LabelColumns = 9;
    private readonly StringBuilder _text = new();
    private string _label = "";

    /// <summary>Begins a part; its label stands before the part's first line.</summary>
    public ReportText Part(string label)
    {
        if (_text.Length > 0) _text.Append('\n');
        _label = label;
        return this;
    }

    /// <summary>A line that is kept as it is, but cut at the last column.</summary>
    public ReportText Line(string line)
    {
        string whole = _label.PadRight(LabelColumns) + line;
        _label = "";
        _text.Append((whole.Length > Columns ? whole[..(Columns - 3)] + "..." : whole).TrimEnd()).Append('\n');
        return this;
    }

    /// <summary>Sentences, broken between words.</summary>
    public ReportText Prose(string sentences)
    {
        var line = new StringBuilder();
        foreach (string word in sentences.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Columns - LabelColumns)
            {
                Line(line.ToString());
                line.Clear();
            }

            if (line.Length > 0) line.Append(' ');
            line.Append(word);
        }

        if (line.Length > 0) Line(line.ToString());
        return this;
    }

    /// <summary>Text without a label column and without a limit: what is meant to be copied.</summary>
    public ReportText Verbatim(string text)
    {
        foreach (string line in text.TrimEnd('\n').Split('\n')) _text.Append((_label.PadRight(_label.Length > 0 ? LabelColumns : 0) + line).TrimEnd()).Append('\n');
        _label = "";
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
