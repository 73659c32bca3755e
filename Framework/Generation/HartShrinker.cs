using Verification.Machine;
using Verification.Machine.State;

namespace Verification.Framework.Generation;

/// <summary>Fewer harts, all enabled, with plain ids, the boot hart first.</summary>
internal static class HartShrinker
{
    public static IEnumerable<BoardConfiguration> Simpler(BoardConfiguration machine)
    {
        yield return Renumbered(machine, machine.Harts.Where(hart => hart.Id == machine.BootHartId).ToValueList());
        foreach (var less in machine.Harts.Without())
        {
            if (less.Any(hart => hart.Id == machine.BootHartId)) yield return machine with { Harts = less };
        }

        yield return Renumbered(machine, machine.Harts.OrderBy(hart => hart.Id == machine.BootHartId ? 0 : 1).ToValueList());
        yield return Renumbered(machine, machine.Harts);
        yield return machine with { Harts = machine.Harts.Select(hart => hart with { Status = HartStatus.Okay }).ToValueList() };
        yield return machine with { Harts = machine.Harts.OrderBy(hart => hart.Id == machine.BootHartId ? 0 : 1).ToValueList() };
        yield return machine with { Harts = machine.Harts.OrderBy(hart => hart.Id).ToValueList() };
        if (machine.Harts[0].Status == HartStatus.Okay) yield return machine with { BootHartId = machine.Harts[0].Id };
        for (var i = 0; i < machine.Harts.Count; i++)
        {
            var hart = machine.Harts[i];
            yield return machine with { Harts = machine.Harts.With(i, hart with { Status = HartStatus.Okay }) };
            foreach (var id in new[] { (ulong)i, (ulong)machine.Harts.Count, hart.Id / 2 })
            {
                if (machine.Harts.Any(other => other.Id == id)) continue;
                yield return machine with
                {
                    Harts = machine.Harts.With(i, hart with { Id = id }),
                    BootHartId = hart.Id == machine.BootHartId ? id : machine.BootHartId,
                };
            }
        }
    }

    /// <summary>Ids from 0 on, in the order of the list.</summary>
    private static BoardConfiguration Renumbered(BoardConfiguration machine, ValueList<HartConfiguration> harts)
    {
        var boot = harts.ToList().FindIndex(hart => hart.Id == machine.BootHartId);
        return machine with { Harts = harts.Select((hart, index) => hart with { Id = (ulong)index }).ToValueList(), BootHartId = (ulong)boot };
    }
}
