using System.Globalization;

namespace Verification.Framework.Cli;

/// <summary>The options of <c>boot</c> that are not QEMU's words: they begin with two dashes.</summary>
internal sealed class BootOptions
{
    private readonly List<ScriptStep> _steps = [];
    private readonly List<string> _failures = [];

    /// <summary>The machine of a report, in place of the words'.</summary>
    public string? Token { get; private set; }

    /// <summary>Instructions of all harts after which the run ends.</summary>
    public ulong BudgetInstructions { get; private set; } = ulong.MaxValue;

    /// <summary>Whether to say how far the run is.</summary>
    public ProgressLines Progress { get; private set; } = ProgressLines.None;

    /// <summary>What is typed and waited for, in order; null where the terminal types.</summary>
    public ConsoleScript? Script { get; private set; }

    /// <summary>Takes the options out of the words.</summary>
    /// <returns>The options, and the other words in their order.</returns>
    /// <exception cref="BadInputException">An option lacks its value, or the value is none.</exception>
    public static (BootOptions Options, IReadOnlyList<string> Others) Read(IReadOnlyList<string> words)
    {
        var options = new BootOptions();
        var others = new List<string>();
        var rest = new Queue<string>(words);
        while (rest.TryDequeue(out string? word))
        {
            switch (word)
            {
                case "--replay": options.Token = Value(word, "a token", rest); break;
                case "--budget": options.BudgetInstructions = Count(word, rest); break;
                case "--input": options._steps.Add(new ScriptStep.Type(ConsoleText.Read(Value(word, "a text", rest)))); break;
                case "--input-file": options._steps.Add(new ScriptStep.Type(InputFile.Read(Value(word, "a file", rest)))); break;
                case "--expect": options._steps.Add(new ScriptStep.Expect(ConsoleText.Read(Value(word, "a text", rest)))); break;
                case "--fail": options._failures.Add(Value(word, "a text", rest)); break;
                case "--progress": options.Progress = ProgressLines.EachBillion; break;
                default: others.Add(word); break;
            }
        }

        if (options._steps.Count > 0 || options._failures.Count > 0)
            options.Script = new ConsoleScript(options._steps, [.. options._failures.Select(ConsoleText.Read)]);
        return (options, others);
    }

    private static string Value(string word, string what, Queue<string> rest) =>
        rest.TryDequeue(out string? value) && value.Length > 0 ? value : throw new BadInputException($"{word} wants {what} behind it");

    private static ulong Count(string word, Queue<string> rest) =>
        ulong.TryParse(Value(word, "a number of instructions", rest).Replace(",", "").Replace("_", ""), NumberStyles.None, CultureInfo.InvariantCulture, out ulong count) && count > 0
            ? count
            : throw new BadInputException($"{word} wants a number of instructions behind it");
}

/// <summary>Whether a run says how far it is.</summary>
internal enum ProgressLines
{
    /// <summary>It doesn't.</summary>
    None,

    /// <summary>At each billion of instructions, and at the end.</summary>
    EachBillion,
}
