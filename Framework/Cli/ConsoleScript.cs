using System.Text;

namespace Verification.Framework.Cli;

/// <summary>One step of a script: a text to type, or to wait for.</summary>
internal abstract record ScriptStep
{
    /// <summary>Types at the console.</summary>
    public sealed record Type(byte[] Text) : ScriptStep;

    /// <summary>Waits until the console has said this behind what was waited for before.</summary>
    public sealed record Expect(byte[] Text) : ScriptStep;
}

/// <summary>
/// Who types at a guest's console in a run that must be repeatable. The steps depend on what the guest has printed alone,
/// and the run looks at them at fixed numbers of instructions: the same words give the same run.
/// </summary>
/// <param name="steps">What to do, in order.</param>
/// <param name="failures">Texts whose appearance ends the run as failed.</param>
internal sealed class ConsoleScript(IReadOnlyList<ScriptStep> steps, IReadOnlyList<byte[]> failures)
{
    private int _step;
    private int _read;
    private int _searched;

    /// <summary>What the console has not said yet; null where nothing is waited for.</summary>
    public string? Awaited => _step < steps.Count && steps[_step] is ScriptStep.Expect expect ? Encoding.UTF8.GetString(expect.Text) : null;

    /// <summary>Whether the script is over and ended by waiting for something, which came.</summary>
    public bool IsMet => _step == steps.Count && steps.Count > 0 && steps[^1] is ScriptStep.Expect;

    /// <summary>Goes on as far as the console allows.</summary>
    /// <param name="console">All that the guest has printed.</param>
    /// <returns>What to type now.</returns>
    public byte[] GoOn(IReadOnlyList<byte> console)
    {
        var typed = new List<byte>();
        while (_step < steps.Count)
        {
            if (steps[_step] is ScriptStep.Type type) typed.AddRange(type.Text);
            else if (steps[_step] is ScriptStep.Expect expect)
            {
                int found = Find(console, expect.Text, _read);
                if (found < 0) break;
                _read = found + expect.Text.Length;
            }

            _step++;
        }

        return [.. typed];
    }

    /// <summary>The text of a failure that the console has said since the last look; null where there is none.</summary>
    public string? Failure(IReadOnlyList<byte> console)
    {
        foreach (byte[] failure in failures)
            if (Find(console, failure, Math.Max(0, _searched - failure.Length + 1)) >= 0) return Encoding.UTF8.GetString(failure);
        _searched = console.Count;
        return null;
    }

    /// <summary>The machine starts anew with an empty console.</summary>
    public void StartAnew() => (_read, _searched) = (0, 0);

    private static int Find(IReadOnlyList<byte> console, byte[] text, int from)
    {
        for (int at = from; at + text.Length <= console.Count; at++)
        {
            int same = 0;
            while (same < text.Length && console[at + same] == text[same]) same++;
            if (same == text.Length) return at;
        }

        return -1;
    }
}
