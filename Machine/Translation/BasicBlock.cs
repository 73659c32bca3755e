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

    /// <summary>Where guest registers live in it.</summary>
    internal RegisterMap Map => Loop?.Map ?? RegisterMap.Standard;

    /// <summary>What its instructions do, in order.</summary>
    internal IEnumerable<Effect> Effects => Instructions.SelectMany(static decoded => decoded.Effects);

    /// <summary>Puts another effect in the place of one, or drops it.</summary>
    /// <param name="instruction">Whose effect it is, counted from the block's first.</param>
    /// <param name="effect">That very effect.</param>
    /// <param name="other">The other; null for none.</param>
    internal void Replace(int instruction, Effect effect, Effect? other)
    {
        var effects = Instructions[instruction].Effects.ToList();
        var at = effects.FindIndex(one => ReferenceEquals(one, effect));
        if (other is null) effects.RemoveAt(at);
        else effects[at] = other;
        Instructions[instruction] = Instructions[instruction] with { Effects = [.. effects] };
    }
}
