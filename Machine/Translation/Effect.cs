using Verification.Machine.Harts;
using Verification.Machine.Harts.Registers;
using Verification.Machine.Isa;

namespace Verification.Machine.Translation;

/// <summary>What an instruction does, in order. The meanings that are recorded decide which effects there are.</summary>
internal abstract record Effect
{
    /// <summary>It accesses memory through <c>sp</c> or <c>s0</c>, and an observer follows the stack: unless it stays within, or <c>s0</c>
    /// points elsewhere, the code leaves before the instruction.</summary>
    internal bool IsFramed { get; init; }

    /// <summary>The expressions that it evaluates.</summary>
    internal IEnumerable<Expression> Expressions => this switch
    {
        SetRegister set => [set.Value],
        SetFloat set => [set.Value],
        Load load => [load.Address],
        Store store => [store.Address, store.Value],
        Update update => [update.Address, update.NewValue],
        LoadReserved load => [load.Address],
        StoreConditional store => [store.Address, store.Value],
        Branch branch => [branch.Condition],
        Jump jump => [jump.Target],
        Float step => [step.First, step.Second, step.Third],
        GuardStackPointer guard => [guard.Value],
        WriteControl write => [write.Value],
        _ => [],
    };

    /// <summary>The integer registers that it reads, a bit each.</summary>
    internal uint Registers => Expressions.Aggregate(0u, static (read, expression) => read | expression.Registers);

    /// <summary>The memory that it accesses, if any.</summary>
    internal (Expression Address, int SizeBytes)? Access => this switch
    {
        Load load => (load.Address, load.SizeBytes),
        Store store => (store.Address, store.SizeBytes),
        Update update => (update.Address, update.SizeBytes),
        LoadReserved load => (load.Address, load.SizeBytes),
        StoreConditional store => (store.Address, store.SizeBytes),
        _ => null,
    };

    /// <summary>What its page is looked up for, if it is looked up. Where stores may go, loads may.</summary>
    internal AccessKind? LookUp => this switch
    {
        Load => AccessKind.Load,
        Store or Update or LoadReserved => AccessKind.Store,
        _ => null,
    };

    /// <summary>Adds <paramref name="weight"/> for each register that it reads or sets.</summary>
    internal void CountUses(Span<long> integers, Span<long> floats, long weight)
    {
        foreach (var expression in Expressions) expression.CountUses(integers, floats, weight);
        if (this is SetRegister set) integers[set.Register] += weight;
        if (this is SetFloat setFloat) floats[setFloat.Register] += weight;
    }

    /// <summary>Leaves before the instruction when an observer must be told of this <c>sp</c>.</summary>
    internal sealed record GuardStackPointer(Expression Value) : Effect;

    /// <summary>An integer register gets a value.</summary>
    internal sealed record SetRegister(int Register, Expression Value) : Effect
    {
        /// <summary>The value is the sign extension of its low half, though it may not say so itself.</summary>
        internal bool IsNarrow { get; init; }
    }

    /// <summary>A floating-point register gets 64 bits, and the floating-point state becomes dirty.</summary>
    internal sealed record SetFloat(int Register, Expression Value) : Effect;

    /// <summary>Memory is read; <see cref="Operator.Loaded"/> stands for the word from here on.</summary>
    internal sealed record Load(int SizeBytes, Expression Address) : Effect;

    /// <summary>Memory is written.</summary>
    internal sealed record Store(int SizeBytes, Expression Address, Expression Value) : Effect;

    /// <summary>Memory's word is read as <see cref="Operator.Loaded"/> and replaced.</summary>
    internal sealed record Update(int SizeBytes, Expression Address, Expression NewValue) : Effect;

    /// <summary>As a load, and the hart reserves what it reads.</summary>
    internal sealed record LoadReserved(int SizeBytes, Expression Address) : Effect;

    /// <summary>A store if the reservation holds; <see cref="Operator.Loaded"/> is 0 after a store and 1 without.</summary>
    internal sealed record StoreConditional(int SizeBytes, Expression Address, Expression Value) : Effect;

    /// <summary>The block goes on at one of two places in the same instruction stream.</summary>
    internal sealed record Branch(Expression Condition, long Offset) : Effect;

    /// <summary>The block goes on at an address that may be computed.</summary>
    internal sealed record Jump(Expression Target, int Link) : Effect;

    /// <summary>The floating-point unit must be on, or the instruction traps.</summary>
    internal sealed record RequireFloat : Effect;

    /// <summary>An arithmetic floating-point step; <see cref="Operator.Loaded"/> stands for its result.</summary>
    internal sealed record Float(FloatOperation Operation, int RoundingMode, Expression First, Expression Second, Expression Third)
        : Effect;

    /// <summary>The hart must be in this mode or a more privileged one, or the instruction traps; null for the lowest one that may
    /// see translation.</summary>
    internal sealed record RequireMode(PrivilegeMode? Lowest) : Effect;

    /// <summary>A control register that is a word of the hart's state is read; <see cref="Operator.Loaded"/> stands for it from here on.</summary>
    internal sealed record ReadControl(CsrCell Cell) : Effect;

    /// <summary>A control register that is a word of the hart's state is written.</summary>
    internal sealed record WriteControl(CsrCell Cell, Expression Value) : Effect;

    /// <summary>The whole instruction is done by its meaning, with the code left for that long: what follows says only what it sets.</summary>
    /// <param name="EndsBlock">It goes on elsewhere, as a rule.</param>
    /// <param name="MayBeTold">An observer may have to be told of it.</param>
    internal sealed record Perform(bool EndsBlock, bool MayBeTold) : Effect;
}
