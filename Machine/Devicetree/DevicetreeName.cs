using System.Buffers;

namespace Verification.Machine.Devicetree;

/// <summary>
/// What a name must be for the tree to keep its meaning. The specification's character set is narrower (section 2.2.1), but
/// foreign trees are looser, and a reader must not refuse what Linux boots with.
/// </summary>
internal static class DevicetreeName
{
    // All that the specification allows: most names hold nothing else.
    private static readonly SearchValues<char> Harmless =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,._+?#-@");

    /// <summary>Complains about a name that no blob could carry.</summary>
    /// <exception cref="ArgumentException">The name is empty or holds a slash, a NUL or a character outside Latin-1.</exception>
    public static void Require(string name, string owner)
    {
        if (Fault(name) is { } fault) throw new ArgumentException($"A {owner}'s name {fault}.", nameof(name));
    }

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    public static string? Fault(string name)
    {
        if (name.Length == 0) return "is empty";
        if (!name.AsSpan().ContainsAnyExcept(Harmless)) return null;
        foreach (var character in name)
        {
            if (character == '/') return "holds a slash";
            if (character is '\0' or > '\u00ff') return "holds a character that a blob can't carry";
        }

        return null;
    }
}
