using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

// Atomics: harts take turns, so that nothing comes between the parts of one.
internal sealed partial class MemoryAccessCompiler
{
    /// <summary>
    /// Reserves, and answers where to load from. What can't be done in place is the interpreter's; so is a reservation that
    /// others may break, to give up.
    /// </summary>
    internal HostAddress Reserve(Effect.LoadReserved load, List<int> leaves)
    {
        expressions.EvaluateInto(R.Rax, load.Address);
        EmitLookup(load.SizeBytes, AccessKind.Load);
        leaves.Add(code.Jump(Condition.NotEqual));
        code.OpMemory(Alu.Compare, State, HartStateLayout.ReservationIsMarked, 0, 32);
        leaves.Add(code.Jump(Condition.NotEqual));

        // A store may go there as well, if the page has its tag.
        code.Store(State, HartStateLayout.ReservedVirtual, R.Rax);
        code.OpFrom(Alu.Compare, R.Rdx, R.Rcx, HartStateLayout.WriteTag);
        var isWritable = code.Jump(Condition.Equal);
        code.StoreImmediate(State, HartStateLayout.ReservedVirtual, (int)HartState.Nowhere);
        code.BindHere(isWritable);

        LoadOfSlot(HartStateLayout.DataPhysical);
        code.Load(R.Rcx, R.Rcx, HartStateLayout.Addend);
        code.Op(Alu.Add, R.Rcx, R.Rax);
        code.Op(Alu.And, R.Rax, 0xFFF, 32);
        code.Op(Alu.Or, R.Rdx, R.Rax);
        code.Store(State, HartStateLayout.ReservedAddress, R.Rdx);
        code.Store(State, HartStateLayout.ReservedHost, R.Rcx);
        // With the mark behind it: what is stored in two parts can't be forwarded to a comparison of both.
        code.StoreImmediate(State, HartStateLayout.Reserved, 1);
        return new(R.Rcx);
    }

    /// <summary>
    /// Stores where the code has reserved, and sets a register to 0, which says so. Any other attempt is the interpreter's.
    /// </summary>
    internal void StoreConditional(Effect.StoreConditional store, int result, List<int> leaves)
    {
        expressions.EvaluateInto(R.Rax, store.Address);
        code.OpFrom(Alu.Compare, R.Rax, State, HartStateLayout.ReservedVirtual);
        leaves.Add(code.Jump(Condition.NotEqual));

        // The reservation may be that of half a word, or the address the one that stands for none.
        code.TestByte(R.Rax, store.SizeBytes - 1);
        leaves.Add(code.Jump(Condition.NotEqual));

        // Reserved, and not marked: both in one.
        code.OpMemory(Alu.Compare, State, HartStateLayout.Reserved, 1);
        leaves.Add(code.Jump(Condition.NotEqual));
        code.StoreImmediate(State, HartStateLayout.Reserved, 0);
        code.Load(R.Rcx, State, HartStateLayout.ReservedHost);
        var value = store.Value.Operator == Operator.Register ? expressions.HostOf((int)store.Value.Value) : null;
        if (value is null)
            expressions.EvaluateInto(R.Rax, store.Value, Live.Rcx);
        code.Store(new HostAddress(R.Rcx), value ?? R.Rax, store.SizeBytes);
        if (result != 0)
            expressions.Assign(result, 0ul);
    }

    /// <summary>Replaces a word; the old one goes into the frame, or into the register that the next effect sets.</summary>
    /// <returns>Whether that effect is done.</returns>
    internal bool Update(Effect.Update update, Effect? next)
    {
        var (low, displacement, high) = Translate(update.Address, update.SizeBytes, AccessKind.Store);
        code.LoadAddress(R.Rax, low, high!.Value);
        var at = new HostAddress(R.Rax, displacement);
        code.LoadExtended(R.Rcx, at, update.SizeBytes, ExtensionKind.Zero);
        var old = next is Effect.SetRegister set
            && (set.Value.Operator == Operator.Loaded || set.Value is { Operator: Operator.SignExtend, Value: 32, First.Operator: Operator.Loaded })
            ? set.Register : (int?)null;
        code.Move(R.Rdx, R.Rcx);
        if (expressions.TryApply(R.Rcx, update.NewValue))
        {
            code.Store(at, R.Rcx, update.SizeBytes);
            if (old is { } register)
            {
                var target = expressions.HostOf(register) ?? R.Rdx;
                if (update.SizeBytes == 8)
                    code.Move(target, R.Rdx);
                else
                    code.SignExtend(target, R.Rdx, 32);
                if (target == R.Rdx)
                    code.Store(ExpressionCompiler.State, ExpressionCompiler.OffsetOf(register), R.Rdx);
                expressions.Written(register);
                return true;
            }

            code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rdx);
            return false;
        }

        code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rcx);
        code.Store(R.Rsp, 8 * ExpressionCompiler.AddressSlot, R.Rax);
        expressions.EvaluateInto(R.Rcx, update.NewValue);
        code.Load(R.Rax, R.Rsp, 8 * ExpressionCompiler.AddressSlot);
        code.Store(at, R.Rcx, update.SizeBytes);
        return false;
    }
}
