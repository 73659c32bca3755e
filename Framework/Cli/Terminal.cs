using System.Collections.Concurrent;

namespace Verification.Framework.Cli;

/// <summary>The user's terminal as a guest's console. Ctrl-a x ends the machine, ctrl-a ctrl-a types ctrl-a.</summary>
internal sealed class Terminal : IDisposable
{
    private const byte Escape = 1;
    private readonly TextWriter _output;
    private readonly BlockingCollection<byte> _typed = [];
    private readonly bool _isKeyboard = !Console.IsInputRedirected;
    private readonly System.Text.Decoder _decoder = System.Text.Encoding.UTF8.GetDecoder();
    private bool _isEscaped;

    /// <summary>Begins to listen.</summary>
    public Terminal(TextWriter output)
    {
        _output = output;
        if (_isKeyboard) Console.TreatControlCAsInput = true;
        new Thread(_isKeyboard ? ListenToKeys : ListenToStream) { IsBackground = true }.Start();
    }

    /// <summary>Prints what the guest printed since the last call.</summary>
    /// <returns>How much has been printed in all.</returns>
    public int Show(IReadOnlyList<byte> console, int shown)
    {
        if (console.Count == shown) return shown;
        byte[] fresh = new byte[console.Count - shown];
        for (int i = 0; i < fresh.Length; i++) fresh[i] = console[shown + i];
        char[] text = new char[_decoder.GetCharCount(fresh, flush: false)];
        _decoder.GetChars(fresh, text, flush: false);
        _output.Write(text);
        _output.Flush();
        return console.Count;
    }

    /// <summary>What was typed since the last call.</summary>
    /// <param name="wait">Whether to wait for something while there may still come something.</param>
    /// <returns>Nothing at all once the user has ended the machine.</returns>
    public byte[]? Typed(WhenNothingIsTyped wait)
    {
        var bytes = new List<byte>();
        if (wait == WhenNothingIsTyped.Wait && _typed.TryTake(out byte first, Timeout.Infinite) && !Take(first, bytes)) return null;
        while (_typed.TryTake(out byte next))
            if (!Take(next, bytes)) return null;
        return [.. bytes];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isKeyboard) Console.TreatControlCAsInput = false;
    }

    private bool Take(byte typed, List<byte> bytes)
    {
        if (_isKeyboard && _isEscaped)
        {
            _isEscaped = false;
            if (typed == (byte)'x') return false;
        }
        else if (_isKeyboard && typed == Escape)
        {
            _isEscaped = true;
            return true;
        }

        bytes.Add(typed);
        return true;
    }

    private void ListenToKeys()
    {
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            string text = key.Key == ConsoleKey.Enter ? "\r" : key.KeyChar.ToString();
            foreach (byte b in System.Text.Encoding.UTF8.GetBytes(text)) _typed.Add(b);
        }
    }

    private void ListenToStream()
    {
        using var input = Console.OpenStandardInput();
        byte[] buffer = new byte[4096];
        while (input.Read(buffer) is > 0 and var count)
            foreach (byte b in buffer.AsSpan(0, count)) _typed.Add(b);
        _typed.CompleteAdding();
    }
}

/// <summary>What to do while the user types nothing.</summary>
internal enum WhenNothingIsTyped
{
    /// <summary>Go on without.</summary>
    GoOn,

    /// <summary>Wait until something comes or nothing can come any more.</summary>
    Wait,
}
