namespace Verification.Machine.Isa;

/// <summary>Endings of an atomic instruction's mnemonic.</summary>
internal static class Ordering
{
    /// <summary>By aq (2) and rl (1).</summary>
    internal static readonly string[] Suffixes = ["", ".rl", ".aq", ".aqrl"];
}

/// <summary>The sets of accesses that a fence orders: input, output, reads, writes.</summary>
internal static class FenceSets
{
    private const string Letters = "iorw";

    /// <summary>The set as text; the empty one is 0.</summary>
    internal static string Of(int set) =>
        set == 0 ? "0" : string.Concat(Letters.Where((_, place) => (set >> (3 - place) & 1) != 0));

    /// <summary>Reads a set: letters in this order, or 0.</summary>
    internal static bool TryParse(string text, out int set)
    {
        set = 0;
        foreach (var letter in text)
        {
            if (Letters.IndexOf(letter) is >= 0 and var place)
                set |= 8 >> place;
        }

        return text == Of(set);
    }
}
