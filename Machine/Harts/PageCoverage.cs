namespace Verification.Machine.Harts;

/// <summary>Which halfwords of a page something was derived from. Threads may add to it at the same time.</summary>
internal sealed class PageCoverage
{
    private const int PageBytes = 4096;

    private readonly ulong[] _words = new ulong[PageBytes / 2 / 64];

    /// <summary>Adds the halfwords that a range of bytes lies in; what is behind the page's end doesn't count.</summary>
    internal void Add(int offset, int sizeBytes)
    {
        for (var word = WordOf(offset); word <= WordOf(Last(offset, sizeBytes)); word++)
            Interlocked.Or(ref _words[word], Mask(word, offset, sizeBytes));
    }

    /// <summary>Whether anything was derived from a range of bytes.</summary>
    internal bool Overlaps(int offset, int sizeBytes)
    {
        for (var word = WordOf(offset); word <= WordOf(Last(offset, sizeBytes)); word++)
        {
            if ((Volatile.Read(ref _words[word]) & Mask(word, offset, sizeBytes)) != 0) return true;
        }

        return false;
    }

    /// <summary>The first covered halfword that differs between two contents of the page; -1 if none does.</summary>
    internal int FirstDifference(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (var offset = 0; offset < PageBytes; offset += 2)
        {
            if ((offset & 127) == 0 && _words[offset >> 7] == 0) offset += 126;
            else if (Overlaps(offset, 2) && !left.Slice(offset, 2).SequenceEqual(right.Slice(offset, 2))) return offset;
        }

        return -1;
    }

    internal PageCoverage Clone()
    {
        var clone = new PageCoverage();
        for (var word = 0; word < _words.Length; word++) clone._words[word] = Volatile.Read(ref _words[word]);
        return clone;
    }

    internal void Clear() => Array.Clear(_words);

    private static int WordOf(int offset) => offset >> 7;

    private static int Last(int offset, int sizeBytes) => Math.Min(offset + sizeBytes, PageBytes) - 1;

    private static ulong Mask(int word, int offset, int sizeBytes)
    {
        var first = Math.Max((offset >> 1) - word * 64, 0);
        var last = Math.Min((Last(offset, sizeBytes) >> 1) - word * 64, 63);
        return ulong.MaxValue << first & ulong.MaxValue >> (63 - last);
    }
}
