using Verification.Framework.Observing;
using Verification.Machine;

namespace Verification.Framework.Booting;

/// <summary>What a campaign has seen so far.</summary>
public sealed record CampaignResult
{
    /// <summary>Before the first boot.</summary>
    public static CampaignResult Empty { get; } = new();

    /// <summary>Machines booted.</summary>
    public int Machines { get; private init; }

    /// <summary>Instructions of all boots.</summary>
    public ulong Instructions { get; private init; }

    /// <summary>The fewest harts of a machine, and the most.</summary>
    public (int Fewest, int Most) Harts { get; private init; } = (int.MaxValue, 0);

    /// <summary>The least memory of a machine in bytes, and the most.</summary>
    public (ulong Least, ulong Most) MemoryBytes { get; private init; } = (ulong.MaxValue, 0);

    /// <summary>The most banks of memory that a machine had.</summary>
    public int MostBanks { get; private init; }

    /// <summary>The deepest use of each stack that the image itself holds, by the stack's address.</summary>
    public IReadOnlyList<StackDepth> Stacks { get; private init; } = [];

    /// <summary>The deepest use of a stack in other memory; there may be any number of those.</summary>
    public StackDepth? DeepestOtherStack { get; private init; }

    /// <summary>The boot that did not pass.</summary>
    public BootResult? Failure { get; private init; }

    /// <summary>With one boot more.</summary>
    public CampaignResult With(BootResult boot)
    {
        ulong memory = boot.Machine.Memory.Aggregate(0UL, (sum, bank) => sum + bank.SizeBytes);
        var image = boot.Kernel.Image.Extent;
        bool IsOfImage(StackDepth d) => d.Stack.Origin != StackOrigin.Anonymous
            && (d.Stack.HighAddress > image.BaseAddress && d.Stack.LowAddress < image.EndAddress);
        var others = boot.Stacks.Where(d => !IsOfImage(d));
        return this with
        {
            Machines = Machines + 1,
            Instructions = Instructions + boot.Instructions,
            Harts = (Math.Min(Harts.Fewest, boot.Machine.Harts.Count), Math.Max(Harts.Most, boot.Machine.Harts.Count)),
            MemoryBytes = (Math.Min(MemoryBytes.Least, memory), Math.Max(MemoryBytes.Most, memory)),
            MostBanks = Math.Max(MostBanks, boot.Machine.Memory.Count),
            Stacks = [.. Stacks.Concat(boot.Stacks.Where(IsOfImage)).GroupBy(d => d.Stack)
                .Select(g => g.MaxBy(d => d.DeepestBytes)!).OrderBy(d => d.Stack.LowAddress)],
            DeepestOtherStack = others.Append(DeepestOtherStack).MaxBy(d => d?.DeepestBytes),
            Failure = boot.Verdict == BootVerdict.Passed ? Failure : boot,
        };
    }
}
