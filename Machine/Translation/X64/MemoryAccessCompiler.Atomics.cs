using Verification.Machine.Harts;

namespace Verification.Machine.Translation.X64;

// Atomics: harts take turns, so that nothing comes between the parts of one.
internal sealed partial class MemoryAccessCompiler
{
    /// <summary>Reserves, and answers where to load from. What can't be done in place is the interpreter's.</summary>
    internal HostAddress Reserve(Effect.LoadReserved load, List<int> leaves)
    {
        Reach(load.Address, load.SizeBytes, AccessKind.Load, leaves);
        code.Store(ExpressionCompiler.State, HartStateLayout.ReservedAddress, R.Rdx);
        code.OpMemoryMove32(ExpressionCompiler.State, HartStateLayout.Reserved, 1);
        return new(R.Rcx);
    }

    /// <summary>Stores if the reservation is on the address, and sets a register to whether it failed.</summary>
    internal void StoreConditional(Effect.StoreConditional store, int result, List<int> leaves)
    {
        // Without a reservation the interpreter asks nothing of the page, not even its dirty bit: nor may the translator.
        Reach(store.Address, store.SizeBytes, AccessKind.Store, leaves);
        code.OpFrom(Alu.Subtract, R.Rdx, ExpressionCompiler.State, HartStateLayout.ReservedAddress);
        code.OpMemory(Alu.Compare, ExpressionCompiler.State, HartStateLayout.Reserved, 0, 32);
        code.OpMemoryMove32(ExpressionCompiler.State, HartStateLayout.Reserved, 0);
        var isFree = code.Jump(Condition.Equal);
        code.Test(R.Rdx, R.Rdx);
        var isElsewhere = code.Jump(Condition.NotEqual);
        var value = store.Value.Operator == Operator.Register ? expressions.HostOf((int)store.Value.Value) : null;
        if (value is null)
            expressions.EvaluateInto(R.Rax, store.Value, Live.Rcx | Live.Rdx);
        code.Store(new HostAddress(R.Rcx), value ?? R.Rax, store.SizeBytes);
        if (result != 0)
            expressions.Assign(result, 0ul);
        var done = code.Jump();
        code.BindHere(isFree);
        code.BindHere(isElsewhere);
        if (result != 0)
            expressions.Assign(result, 1ul);
        code.BindHere(done);
    }

    // The host's address in rcx, the physical address in rdx. A reservation that others may break is the
    // interpreter's to give up.
    private void Reach(Expression address, int sizeBytes, AccessKind kind, List<int> leaves)
    {
        expressions.EvaluateInto(R.Rax, address);
        EmitLookup(sizeBytes, kind);
        leaves.Add(code.Jump(Condition.NotEqual));
        code.OpMemory(Alu.Compare, ExpressionCompiler.State, HartStateLayout.ReservationIsMarked, 0, 32);
        leaves.Add(code.Jump(Condition.NotEqual));
        code.Move(R.Rdx, R.Rcx);
        code.OpFrom(Alu.Subtract, R.Rdx, ExpressionCompiler.State, HartStateLayout.DataTlb);
        code.ShiftImmediate(5, R.Rdx, HartStateLayout.TlbEntryShift - 3, 64);
        code.OpFrom(Alu.Add, R.Rdx, ExpressionCompiler.State, HartStateLayout.DataPhysical);
        code.Load(R.Rdx, R.Rdx, 0);
        code.Load(R.Rcx, R.Rcx, HartStateLayout.Addend);
        code.Op(Alu.Add, R.Rcx, R.Rax);
        code.Op(Alu.And, R.Rax, 0xFFF, 32);
        code.Op(Alu.Or, R.Rdx, R.Rax);
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
