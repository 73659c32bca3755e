namespace Verification.Machine.Translation;

/// <summary>
/// Loops without a fork: their last branch leads back to straight code that ends with it. The code of the first round ends in a
/// second copy, for all rounds after it, which nothing else leads to. That one pays for a round at once, knows what the
/// round before has left, and need not put into registers what the next round replaces before it is read.
/// </summary>
internal static class LaterRounds
{
    /// <summary>The most instructions of all copies in one reading.</summary>
    internal const int MostInstructions = 256;

    // Tries with less owed, before it is tried with nothing.
    private const int MostTries = 4;

    /// <summary>Adds the copies, each behind the block that leads to it.</summary>
    /// <param name="blocks">Blocks in ascending order, those of loops with their <see cref="BasicBlock.Loop"/>.</param>
    internal static void Add(List<BasicBlock> blocks)
    {
        var left = MostInstructions;
        for (var last = 0; last < blocks.Count; last++)
        {
            if (StartOf(blocks, last) is not { } start) continue;
            var chain = blocks.GetRange(start, last + 1 - start);
            var count = chain.Sum(static block => block.Instructions.Count);
            if (count > left) continue;
            left -= count;
            var rounds = new BasicBlock(chain[0].Offset) { Loop = chain[0].Loop };
            rounds.Instructions.AddRange(chain.SelectMany(static block => block.Instructions));
            rounds.Successors.AddRange(chain[^1].Successors);
            rounds.Rounds = chain[^1].Rounds = rounds;
            rounds.Loop!.AddRounds(rounds, chain);
            blocks.Insert(++last, rounds);
        }
    }

    /// <summary>Folds the steps of first and later rounds (<see cref="Temporaries"/>), with what passes from one to the next.</summary>
    /// <returns>Whether the copy has any use.</returns>
    internal static bool Fold(BasicBlock first, BasicBlock rounds)
    {
        var mayOwe = ReplacedUnread(rounds);
        var narrow = uint.MaxValue;
        for (var tries = 0; ; tries++)
        {
            var before = Temporaries.Of(first, mayOwe);
            var start = new RoundStart(before.Owed, before.Narrow & narrow);
            var after = Temporaries.Of(rounds, mayOwe, start);
            var same = start.Owed.Where(owed => Array.Exists(after.Owed, owed.IsSame)).ToArray();
            var isSame = same.Length == start.Owed.Length && same.Length == after.Owed.Length;
            if (isSame && (start.Narrow & ~after.Narrow) == 0)
            {
                before.Apply();
                after.Apply();
                rounds.Start = start;
                return start.Owed.Length != 0 || start.Narrow != 0 || first.Offset != rounds.Offset;
            }

            if (!isSame) mayOwe = tries < MostTries ? same.Aggregate(0u, static (registers, owed) => registers | 1u << owed.Register) : 0;
            narrow = start.Narrow & after.Narrow;
        }
    }

    // Where the straight code starts that a block's branch leads back to, and that it ends.
    private static int? StartOf(List<BasicBlock> blocks, int last)
    {
        var end = blocks[last];
        if (end.Loop is null || end.Instructions[^1].Effects is not [.., Effect.Branch] || end.Successors is not [var target, _]) return null;
        var start = last;
        while (start > 0 && blocks[start].Offset > target) start--;
        if (blocks[start].Offset != target) return null;
        for (var i = start; i <= last; i++)
        {
            if (blocks[i].Effects.Any(static effect => effect is Effect.Perform)) return null;
            if (i < last && (blocks[i].Instructions[^1].EndsBlock || blocks[i].End != blocks[i + 1].Offset)) return null;
        }

        return start;
    }

    // Registers that a round sets before it reads them.
    private static uint ReplacedUnread(BasicBlock rounds)
    {
        var (read, replaced) = (0u, 0u);
        foreach (var effect in rounds.Effects)
        {
            read |= effect.Registers & ~replaced;
            if (effect is Effect.SetRegister set && (read >> set.Register & 1) == 0) replaced |= 1u << set.Register;
        }

        return replaced;
    }
}

/// <summary>What each round of a loop after the first begins with.</summary>
/// <param name="Owed">Registers that do not hold their values, by what the others hold.</param>
/// <param name="Narrow">Registers that hold sign-extended words of 32 bits, a bit each.</param>
internal sealed record RoundStart(OwedRegister[] Owed, uint Narrow);
