using System.Collections.Concurrent;

namespace Verification.Framework.Cli;

/// <summary>The user's terminal as a guest's console. Ctrl-a x ends the machine, ctrl-a ctrl-a types ctrl-a.</summary>
internal sealed class Terminal : IDisposable
{
    private const byte Escape = 1;
    private readonly TextWriter _output;
    private readonly BlockingCollection<byte> _typed = [];
    private readonly bool _isKeyboard;
    private readonly System.Text.Decoder _decoder = System.Text.Encoding.UTF8.GetDecoder();
    private bool _isEscaped;

    /// <summary>Begins to listen, where somebody may type.</summary>
    public Terminal(TextWriter output, Keyboard keyboard)
    {
        _output = output;
        if (keyboard == Keyboard.Ignored) return;
        _isKeyboard = !Console.IsInputRedirected;
        if (_isKeyboard) Console.TreatControlCAsInput = true;
        new Thread(_isKeyboard ? ListenToKeys : ListenToStream) { IsBackground = true }.Start();
    }

    /// <summary>Whether somebody may type, and no file or pipe.</summary>
    public bool IsKeyboard => _isKeyboard;

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
    /// <param name="wait">How long to wait for something while there may still come something.</param>
    /// <returns>Nothing at all once the user has ended the machine.</returns>
    public byte[]? Typed(TimeSpan wait)
    {
        var bytes = new List<byte>();
        if (wait != TimeSpan.Zero && _typed.TryTake(out byte first, wait) && !Take(first, bytes)) return null;
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
            string text = Sequence(key);
            foreach (byte b in System.Text.Encoding.UTF8.GetBytes(text)) _typed.Add(b);
        }
    }

    /// <summary>What a VT100 sends for a key.</summary>
    private static string Sequence(ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.Enter => "\r",
        ConsoleKey.Backspace => "\x7f",
        ConsoleKey.UpArrow => "\e[A",
        ConsoleKey.DownArrow => "\e[B",
        ConsoleKey.RightArrow => "\e[C",
        ConsoleKey.LeftArrow => "\e[D",
        ConsoleKey.Home => "\e[H",
        ConsoleKey.End => "\e[F",
        ConsoleKey.Delete => "\e[3~",
        ConsoleKey.PageUp => "\e[5~",
        ConsoleKey.PageDown => "\e[6~",
        _ => key.KeyChar.ToString(),
    };

    private void ListenToStream()
    {
        using var input = Console.OpenStandardInput();
        byte[] buffer = new byte[4096];
        while (input.Read(buffer) is > 0 and var count)
            foreach (byte b in buffer.AsSpan(0, count)) _typed.Add(b);
        _typed.CompleteAdding();
    }
}

/// <summary>Whether what is typed at the terminal reaches the guest.</summary>
internal enum Keyboard
{
    /// <summary>It does.</summary>
    Listened,

    /// <summary>It doesn't: a script types.</summary>
    Ignored,
}
