using Verification.Machine.Isa;
using Verification.Machine.Translation.X64;

namespace Verification.Machine.Translation;

/// <summary>An instruction of a page, and what it does.</summary>
/// <param name="Offset">Where it stands in the page.</param>
/// <param name="Instruction">Its operands.</param>
/// <param name="Effects">What it does, in order.</param>
internal sealed record DecodedInstruction(int Offset, Instruction Instruction, Effect[] Effects)
{
    /// <summary>Offset of the instruction behind it.</summary>
    internal int End => Offset + Instruction.SizeBytes;

    /// <summary>It sets where execution goes on.</summary>
    internal bool EndsBlock => Effects is [.., Effect.Jump or Effect.Branch or Effect.Perform { EndsBlock: true }];

    /// <summary>The same instruction, done as a whole by its meaning.</summary>
    internal DecodedInstruction Performed() => this with
    {
        Effects = [new Effect.Perform(EndsBlock: false, MayBeTold: false), .. Effects.Where(static effect => effect is Effect.SetRegister or Effect.SetFloat)],
    };
}

/// <summary>Instructions of a page that are executed one after the other, once the first is.</summary>
internal sealed class BasicBlock(int offset)
{
    private readonly Dictionary<Effect, OwedRegister[]> _owed = new(ReferenceEqualityComparer.Instance);

    /// <summary>Offset of the first instruction.</summary>
    internal int Offset { get; } = offset;

    internal List<DecodedInstruction> Instructions { get; } = [];

    /// <summary>Offset behind the last one.</summary>
    internal int End => Instructions.Count == 0 ? Offset : Instructions[^1].End;

    /// <summary>Blocks of the page that it may go on at without a computed jump or a call.</summary>
    internal List<int> Successors { get; } = [];

    /// <summary>The instruction behind the block is the interpreter's.</summary>
    internal bool EndsBeforeInterpreted { get; set; }

    /// <summary>The loop that it belongs to, if any.</summary>
    internal LoopRegion? Loop { get; set; }

    /// <summary>The code for all rounds after this of the loop that the block's branch leads back into, if it has its own: see
    /// <see cref="LaterRounds"/>.</summary>
    internal BasicBlock? Rounds { get; set; }

    /// <summary>It is a loop's code for all rounds after the first.</summary>
    internal bool IsRounds => Rounds == this;

    /// <summary>What such code begins with.</summary>
    internal RoundStart Start { get; set; } = new([], 0);

    /// <summary>Integer registers that the innermost loop around it only moves on by some bytes at a time, a bit each.</summary>
    internal uint Walking { get; set; }

    /// <summary>Where guest registers live in it.</summary>
    internal RegisterMap Map => Loop?.Map ?? RegisterMap.Standard;

    /// <summary>What its instructions do, in order.</summary>
    internal IEnumerable<Effect> Effects => Instructions.SelectMany(static decoded => decoded.Effects);

    /// <summary>The accesses that share a look-up with others, and the groups that they make.</summary>
    internal Dictionary<Effect, AccessGroup> Groups { get; private set; } = [];

    /// <summary>Finds <see cref="Groups"/>, by what the instructions say.</summary>
    /// <param name="loop">The loop whose groups the accesses may join.</param>
    internal void Group(LoopRegion? loop) => Groups = AccessGroup.Of(Effects, loop, Walking);

    /// <summary>What is compared for guards of the stack pointer and of accesses through it.</summary>
    internal Dictionary<Effect, StackCheck> StackChecks { get; private set; } = [];

    /// <summary>Finds what the guards compare, by what the instructions say, and drops those that need not.</summary>
    internal void Check()
    {
        StackChecks = Translation.StackChecks.Of(Effects);
        var known = StackChecks.Where(static check => check.Value is { Below: null, Above: null }).Select(static check => check.Key)
            .ToHashSet<Effect>(ReferenceEqualityComparer.Instance);
        if (known.Count == 0) return;
        for (var i = 0; i < Instructions.Count; i++)
        {
            if (Array.Exists(Instructions[i].Effects, known.Contains))
                Instructions[i] = Instructions[i] with { Effects = Array.FindAll(Instructions[i].Effects, effect => !known.Contains(effect)) };
        }
    }

    /// <summary>The registers that do not hold their values where the block may be left by an effect.</summary>
    internal OwedRegister[] OwedAt(Effect effect) => _owed.GetValueOrDefault(effect) ?? [];

    /// <summary>An effect leaves registers without their values.</summary>
    internal void Owe(Effect effect, OwedRegister[] registers)
    {
        if (registers.Length != 0) _owed[effect] = registers;
    }

    /// <summary>Another effect does what one did.</summary>
    internal void Replaced(Effect effect, Effect other)
    {
        if (!ReferenceEquals(effect, other) && Groups.Remove(effect, out var group)) Groups[other] = group;
    }
}
