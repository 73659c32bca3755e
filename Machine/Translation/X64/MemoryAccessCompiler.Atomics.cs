using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

// Atomics: harts take turns, so that nothing comes between the parts of one.
internal sealed partial class MemoryAccessCompiler
{
    /// <summary>
    /// Reserves, and answers where to load from: a place where a store may go as well. A page that has no room for both is the
    /// interpreter's; so is a reservation that others may break, to give up.
    /// </summary>
    internal HostAddress Reserve(Effect.LoadReserved load, AccessGroup? group, List<int> leaves)
    {
        code.OpMemory(Alu.Compare, State, HartStateLayout.ReservationIsMarked, 0, 32);
        leaves.Add(code.Jump(Condition.NotEqual));
        var from = Translate(load, group);
        code.Store(State, HartStateLayout.ReservedAddend, from.Base);
        if (from.Displacement == 0)
        {
            code.Store(State, HartStateLayout.ReservedVirtual, from.Index!.Value);
        }
        else
        {
            code.LoadAddress(R.Rcx, from.Index!.Value, from.Displacement);
            code.Store(State, HartStateLayout.ReservedVirtual, R.Rcx);
        }

        // With the mark behind it: what is stored in two parts can't be forwarded to a comparison of both.
        code.StoreImmediate(State, HartStateLayout.Reserved, 1);
        return from;
    }

    /// <summary>
    /// Stores where the code has reserved, and sets a register to 0, which says so. Any other attempt is the interpreter's.
    /// </summary>
    internal void StoreConditional(Effect.StoreConditional store, int result, List<int> leaves)
    {
        if (store.Address.Operator != Operator.Register || expressions.HostOf((int)store.Address.Value) is not { } address)
            expressions.EvaluateInto(address = R.Rax, store.Address);
        code.OpFrom(Alu.Compare, address, State, HartStateLayout.ReservedVirtual);
        leaves.Add(code.Jump(Condition.NotEqual));

        // The reservation may be that of half a word, or the address the one that stands for none.
        code.TestByte(address, store.SizeBytes - 1);
        leaves.Add(code.Jump(Condition.NotEqual));

        // Reserved, and not marked: both in one.
        code.OpMemory(Alu.Compare, State, HartStateLayout.Reserved, 1);
        leaves.Add(code.Jump(Condition.NotEqual));
        code.StoreImmediate(State, HartStateLayout.Reserved, 0);
        code.Load(R.Rdx, State, HartStateLayout.ReservedAddend);
        var value = store.Value.Operator == Operator.Register ? expressions.HostOf((int)store.Value.Value) : null;
        if (value is null)
            expressions.EvaluateInto(R.Rcx, store.Value, Live.Rax | Live.Rdx);
        code.Store(new HostAddress(R.Rdx, 0, address), value ?? R.Rcx, store.SizeBytes);
        if (result != 0)
            expressions.Assign(result, 0ul);
    }

    /// <summary>Replaces a word; the old one goes into the frame, or into the register that the next effect sets.</summary>
    /// <returns>Whether that effect is done.</returns>
    internal bool Update(Effect.Update update, AccessGroup? group, Effect? next)
    {
        var at = Translate(update, group);
        var old = next is Effect.SetRegister set
            && (set.Value.Operator == Operator.Loaded || set.Value is { Operator: Operator.SignExtend, Value: 32, First.Operator: Operator.Loaded })
            ? set.Register : (int?)null;
        if (at.Index == R.Rax)
        {
            code.LoadAddress(R.Rdx, R.Rdx, R.Rax);
            at = new(R.Rdx, at.Displacement);
        }

        code.LoadExtended(R.Rax, at, update.SizeBytes, ExtensionKind.Zero);
        code.Move(R.Rcx, R.Rax);
        if (expressions.TryApply(R.Rcx, update.NewValue))
        {
            code.Store(at, R.Rcx, update.SizeBytes);
            if (old is { } register)
            {
                if (update.SizeBytes < 8)
                    code.SignExtend(R.Rax, R.Rax, 32);
                expressions.AssignRax(register);
                return true;
            }

            code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rax);
            return false;
        }

        code.Store(R.Rsp, 8 * ExpressionCompiler.LoadedSlot, R.Rax);
        expressions.EvaluateInto(R.Rcx, update.NewValue, Live.Rdx);
        code.Store(at, R.Rcx, update.SizeBytes);
        return false;
    }
}
