namespace Verification.Machine.Translation.X64;

// Registers that live in memory are also where they were computed, until an access or anything else needs the free registers:
// what reads them next need not wait for memory.
internal sealed partial class ExpressionCompiler
{
    private static readonly R[] s_free = [R.Rcx, R.Rdx, R.Rax];

    // By free register, whose value it holds besides memory; 0 for nobody's.
    private readonly int[] _copies = new int[3];

    /// <summary>The free registers are needed for something else than steps of a computation.</summary>
    internal void ForgetCopies() => Array.Clear(_copies);

    private void ForgetCopyOf(int register)
    {
        if (CopyOf(register) is { } copy)
            _copies[(int)copy] = 0;
    }

    private R? CopyOf(int register)
    {
        var index = Array.IndexOf(_copies, register);
        return index < 0 ? null : (R)index;
    }

    // Keeps one of the copies that a value reads, if it needs no more than one other free register besides that which it is built
    // in; those of others may be lost.
    private Live KeepCopyOf(Expression value, int register)
    {
        if (!IsStep(value))
        {
            ForgetCopies();
            return Live.None;
        }

        var kept = Live.None;
        foreach (var free in s_free)
        {
            if (_copies[(int)free] is var held && (held == 0 || held == register && IsShallow(value, register) || (value.Registers >> held & 1) == 0))
                continue;
            if (kept == Live.None)
                kept = LiveOf(free);
            else
                _copies[(int)free] = 0;
        }

        return kept;
    }

    // What is no step may need rcx and rdx for its own.
    private R FreeFor(Expression value, Live live) => IsStep(value) ? Take(live) : R.Rax;

    // A product takes a register of its own.
    private static bool IsStep(Expression e) => e.IsChain && !e.Exists(static part => part.Operator == Operator.Multiply);
}
