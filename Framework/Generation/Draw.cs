namespace Verification.Framework.Generation;

/// <summary>
/// A stream of random choices: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators"), which has
/// the same numbers on every computer and with every version of every library.
/// </summary>
internal sealed class Draw(ulong seed)
{
    private ulong state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Word()
    {
        state += 0x9e3779b97f4a7c15;
        var mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number below <paramref name="bound"/>.</summary>
    public ulong Below(ulong bound) => (ulong)(((UInt128)Word() * bound) >> 64);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both possible.</summary>
    public ulong Between(ulong low, ulong high) => low + (ulong)(((UInt128)Word() * ((UInt128)(high - low) + 1)) >> 64);

    /// <summary>As <see cref="Between(ulong, ulong)"/>.</summary>
    public int Between(int low, int high) => low + (int)Below((ulong)(high - low) + 1);

    /// <summary>A number from 1 to <paramref name="high"/>, each order of magnitude as likely as the others.</summary>
    public ulong Magnitude(ulong high)
    {
        var bits = (int)Below((ulong)(64 - System.Numerics.BitOperations.LeadingZeroCount(high)));
        return Math.Min(high, (1ul << bits) + Below(1ul << bits));
    }

    /// <summary>Whether something happens that happens so often.</summary>
    public bool Happens(int percent) => Below(100) < (ulong)percent;

    /// <summary>One of these.</summary>
    public T Pick<T>(ReadOnlySpan<T> choices) => choices[(int)Below((ulong)choices.Length)];

    /// <summary>Puts elements into any order.</summary>
    public void Shuffle<T>(Span<T> elements)
    {
        for (var i = elements.Length - 1; i > 0; i--)
        {
            var other = (int)Below((ulong)i + 1);
            (elements[i], elements[other]) = (elements[other], elements[i]);
        }
    }
}
