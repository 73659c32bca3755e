using Verification.Machine;

namespace Verification.Framework.Generation;

/// <summary>Draws the harts: few most of the time, ids in order or scattered, some disabled.</summary>
internal static class HartDraw
{
    public static HartConfiguration[] Harts(Draw draw, MachineSpace space)
    {
        var count = Math.Min(space.MostHarts, Count(draw));
        var ids = Ids(draw, count, space.HighestHartId);
        var anyDisabled = count > 1 && draw.Happens(30);
        var enabled = draw.Between(0, count - 1);
        var harts = new HartConfiguration[count];
        for (var i = 0; i < count; i++)
        {
            var isDisabled = anyDisabled && i != enabled && draw.Happens(30);
            harts[i] = new HartConfiguration(ids[i], isDisabled ? HartStatus.Disabled : HartStatus.Okay);
        }

        return harts;
    }

    private static int Count(Draw draw) => draw.Below(20) switch
    {
        < 4 => 1,
        < 12 => draw.Between(2, 4),
        < 17 => draw.Between(5, 8),
        < 19 => draw.Between(9, 16),
        _ => draw.Between(17, 64),
    };

    private static ulong[] Ids(Draw draw, int count, ulong highest)
    {
        var ids = new ulong[count];
        for (var i = 0; i < count; i++) ids[i] = (ulong)i;
        if (draw.Happens(40)) Scatter(draw, ids, Math.Max((ulong)count - 1, draw.Happens(50) ? Math.Min(highest, 4 * (ulong)count) : highest));
        if (draw.Happens(50)) draw.Shuffle<ulong>(ids);
        return ids;
    }

    /// <summary>Ascending ids with gaps, not from 0 on.</summary>
    private static void Scatter(Draw draw, ulong[] ids, ulong highest)
    {
        var left = (ulong)ids.Length;
        var next = 0ul;
        for (var i = 0; i < ids.Length; i++, left--)
        {
            // At most twice the mean gap, so that the ids spread over the whole range.
            var room = highest + 1 - next - left;
            next += draw.Between(0, Math.Min(room, 2 * room / left));
            ids[i] = next++;
        }
    }
}
