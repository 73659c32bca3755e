using System.Numerics;

namespace Verification.Machine.Firmware;

/// <summary>The harts of a call: bit i of <paramref name="Mask"/> is the hart with id <paramref name="Base"/> + i; a base of
/// all ones names all harts, whatever the mask (SBI specification 2.0, section 3.1).</summary>
internal readonly record struct HartMask(ulong Mask, ulong Base)
{
    private const ulong All = ulong.MaxValue;

    /// <summary>The ids, or null where an id is no number at all.</summary>
    public IReadOnlyList<ulong>? Ids(IReadOnlyList<ulong> available)
    {
        if (Base == All) return available;
        var ids = new List<ulong>();
        for (var bits = Mask; bits != 0; bits &= bits - 1)
        {
            var bit = (ulong)BitOperations.TrailingZeroCount(bits);
            if (Base > ulong.MaxValue - bit) return null;
            ids.Add(Base + bit);
        }
        return ids;
    }
}
