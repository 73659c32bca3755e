using System.Globalization;

namespace Verification.Framework.Cli;

/// <summary>QEMU's lists behind a word: <c>first,name=value,name=value</c>, a doubled comma standing for one.</summary>
internal sealed class QemuProperties
{
    private readonly string _word;
    private readonly string _text;
    private readonly List<(string Name, string Value)> _all = [];

    /// <summary>Reads the list.</summary>
    /// <param name="word">The word before it, for sentences.</param>
    /// <param name="text">The list.</param>
    public QemuProperties(string word, string text)
    {
        (_word, _text) = (word, text);
        foreach (string part in text.Replace(",,", "\0").Split(','))
        {
            string whole = part.Replace('\0', ',');
            int equals = whole.IndexOf('=');
            _all.Add(equals < 0 ? ("", whole) : (whole[..equals], whole[(equals + 1)..]));
        }
    }

    /// <summary>Names and values in order; the name of a value that stands alone is empty.</summary>
    public IEnumerable<(string Name, string Value)> All => _all;

    /// <summary>The word and its list, as they were written.</summary>
    public string Written => $"{_word} {_text}";

    /// <summary>What stands first: <c>virtio-blk-device</c> of <c>virtio-blk-device,drive=x0</c>.</summary>
    public string First => _all[0].Name == "" ? _all[0].Value : "";

    /// <summary>The value of a name, or null.</summary>
    public string? this[string name] => _all.FirstOrDefault(p => p.Name == name).Value;

    /// <summary>The value of a name.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public string Demand(string name) => this[name] is { Length: > 0 } value
        ? value
        : throw new BadInputException($"{Written} names no {name}=");

    /// <summary>A number, decimal or hexadecimal with 0x.</summary>
    /// <exception cref="BadInputException">It is none.</exception>
    public ulong Number(string name)
    {
        string text = Demand(name);
        bool isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return ulong.TryParse(isHexadecimal ? text[2..] : text, isHexadecimal ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new BadInputException($"{Written}: {name}={text} is no number");
    }
}
