using System.Numerics;
using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

// Registers that do not hold all of their value yet: the upper half of a sign-extended word, or what the code owes them where it is left.
internal sealed partial class ExpressionCompiler
{
    /// <summary>
    /// Guest registers, a bit each, whose host register holds the right low half of a sign-extended word, and anything above:
    /// many are overwritten before anybody asks for more.
    /// </summary>
    internal uint Pending { get; set; }

    /// <summary>What is pending may stay so where the block ends.</summary>
    internal bool GoesOnPending { get; set; }

    /// <summary>Completes the registers of which an expression reads more than the low half.</summary>
    internal void Settle(Expression value)
    {
        if (Pending == 0) return;
        for (var left = value.Registers & Pending; left != 0; left &= left - 1)
        {
            var register = BitOperations.TrailingZeroCount(left);
            if (!value.IsOfLow(register)) Settle(register);
        }
    }

    /// <summary>Completes all registers, but for some, a bit each.</summary>
    internal void SettleAll(uint except = 0)
    {
        for (var left = Pending & ~except; left != 0; left &= left - 1) Settle(BitOperations.TrailingZeroCount(left));
    }

    /// <summary>Gives all registers what they are to hold where code is left; rax, rcx and rdx are lost where any is owed its value.</summary>
    /// <param name="from">Where that is.</param>
    /// <param name="comesBack">What they hold is kept for <see cref="TakeBack"/>.</param>
    internal void Complete(Leaving from, bool comesBack = false)
    {
        Map = from.Loop?.Map ?? RegisterMap.Standard;
        Pending = from.Pending;
        SettleAll();
        foreach (var (place, (register, _)) in comesBack ? from.Steps : [])
        {
            var host = HostOf(register) ?? R.Rax;
            if (host == R.Rax)
                code.Load(R.Rax, State, OffsetOf(register));
            code.Store(State, OffsetOfKept(place), host);
        }

        foreach (var (register, value) in from.Owed)
            Assign(register, value);
        SettleAll();
    }

    /// <summary>Undoes what <see cref="Complete"/> did to registers that the code still asks for what they held.</summary>
    /// <param name="from">Where the code was left.</param>
    /// <param name="result">A register that has got something else meanwhile; null for none.</param>
    internal void TakeBack(Leaving from, int? result)
    {
        Map = from.Loop?.Map ?? RegisterMap.Standard;
        foreach (var (place, (register, _)) in from.Steps)
        {
            if (register == result)
                continue;
            var host = HostOf(register) ?? R.Rax;
            code.Load(host, State, OffsetOfKept(place));
            if (host == R.Rax)
                code.Store(State, OffsetOf(register), R.Rax);
        }
    }

    private static int OffsetOfKept(int place) => HartStateLayout.Kept + (8 * place);

    /// <summary>A register was written by other code than this, all of it.</summary>
    internal void Written(int register) => Pending &= ~(1u << register);

    private void Settle(int register)
    {
        if ((Pending >> register & 1) == 0) return;
        Pending &= ~(1u << register);
        code.SignExtend(HostOf(register)!.Value, HostOf(register)!.Value, 32);
    }

    /// <summary>
    /// A value that is the sign extension of its low half, in the form that costs less here: what it is made of need not be
    /// extended if it is itself.
    /// </summary>
    internal Expression Narrowed(Expression value) =>
        value.Operator is Operator.And or Operator.Or or Operator.Xor
        && ((value.Registers & Pending) != 0 || value.Exists(static e => e is { Operator: Operator.SignExtend, Value: 32 }))
            ? Expression.Unary(Operator.SignExtend, value, 32) : value;
}
