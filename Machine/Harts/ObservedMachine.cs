using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

/// <summary>An observed run: the observer, and the hart that executes.</summary>
internal sealed class Observation<TObserver>(TObserver observer) where TObserver : struct, IObserver
{
    /// <summary>The observer, in place: a struct that keeps state keeps it.</summary>
    internal TObserver Observer = observer;
}

/// <summary>The machine of the observed interpreter: does what the plain one does, and tells the observer.</summary>
internal readonly unsafe struct ObservedMachine<TObserver>(Hart hart, Observation<TObserver> observation) : IMachine<HostWord>
    where TObserver : struct, IObserver
{
    public HostWord Pc => new(hart.State->Pc);

    public HostWord X(int register) => new(hart.State->X[register]);

    public void X(int register, HostWord value)
    {
        if (register == 0) return;
        hart.State->X[register] = value.Value;
        observation.Observer.Register(hart, register, value.Value);
    }

    public HostWord F(int register) => new(hart.State->F[register]);

    public void F(int register, HostWord value)
    {
        hart.State->F[register] = value.Value;
        hart.State->FloatStatus = 3;
    }

    public bool Load(int sizeBytes, HostWord address, out HostWord value)
    {
        var entry = hart.State->DataTlb + TlbEntry.Slot(address.Value);
        ulong word;
        if (entry->ReadTag == (address.Value & (~0xFFFUL | (uint)(sizeBytes - 1))))
        {
            word = Hart.ReadHost((byte*)((nint)address.Value + entry->Addend), sizeBytes);
            hart.LastPhysical = hart.CachedPhysical(address.Value);
        }
        else if (!hart.LoadSlow(sizeBytes, address.Value, out word))
        {
            value = default;
            return false;
        }
        value = new HostWord(word);
        Tell(address.Value, sizeBytes, AccessKind.Load, word);
        return true;
    }

    public bool Store(int sizeBytes, HostWord address, HostWord value)
    {
        var entry = hart.State->DataTlb + TlbEntry.Slot(address.Value);
        var word = sizeBytes == 8 ? value.Value : value.Value & ((1UL << (8 * sizeBytes)) - 1);
        if (entry->WriteTag == (address.Value & (~0xFFFUL | (uint)(sizeBytes - 1))))
        {
            hart.LastPhysical = hart.CachedPhysical(address.Value);
            Tell(address.Value, sizeBytes, AccessKind.Store, word);
            Hart.WriteHost((byte*)((nint)address.Value + entry->Addend), sizeBytes, word);
            return true;
        }
        if (!hart.MayStore(sizeBytes, address.Value)) return false;
        Tell(address.Value, sizeBytes, AccessKind.Store, word);
        return hart.StoreSlow(sizeBytes, address.Value, word);
    }

    public bool Update(int sizeBytes, HostWord address, HostWord operand, Func<HostWord, HostWord, HostWord> update, out HostWord old)
    {
        if (!hart.Update(sizeBytes, address.Value, operand, update, out old, out var stored)) return false;
        Tell(address.Value, sizeBytes, AccessKind.Atomic, sizeBytes == 8 ? stored : stored & ((1UL << (8 * sizeBytes)) - 1));
        return true;
    }

    public bool LoadReserved(int sizeBytes, HostWord address, out HostWord value)
    {
        var done = hart.LoadReserved(sizeBytes, address.Value, out var word);
        value = new HostWord(word);
        if (done) Tell(address.Value, sizeBytes, AccessKind.Load, word);
        return done;
    }

    public bool StoreConditional(int sizeBytes, HostWord address, HostWord value, out HostWord failed)
    {
        var done = hart.StoreConditional(sizeBytes, address.Value, value.Value, out var word);
        failed = new HostWord(word);
        if (done && word == 0)
            Tell(address.Value, sizeBytes, AccessKind.Atomic, sizeBytes == 8 ? value.Value : (uint)value.Value);
        return done;
    }

    public bool CompareAndSwap(int sizeBytes, HostWord address, HostWord expectedLow, HostWord expectedHigh, HostWord newLow,
        HostWord newHigh, out HostWord oldLow, out HostWord oldHigh)
    {
        var done = hart.CompareAndSwap(sizeBytes, address.Value, new UInt128(expectedHigh.Value, expectedLow.Value),
            new UInt128(newHigh.Value, newLow.Value), out var old);
        (oldLow, oldHigh) = (new HostWord((ulong)old), new HostWord((ulong)(old >> 64)));
        if (done) Tell(address.Value, sizeBytes, AccessKind.Atomic, newLow.Value);
        return done;
    }

    public bool Jump(HostWord target, int link, int baseRegister)
    {
        var state = hart.State;
        if ((target.Value & state->MisalignedPc) != 0)
            return hart.Raise(ExceptionCause.InstructionAddressMisaligned, target.Value);
        var next = state->NextPc;
        state->NextPc = target.Value;
        if (link != 0) X(link, new HostWord(next));
        var kind = link is 1 or 5 ? TransferKind.Call
            : link == 0 && baseRegister is 1 or 5 ? TransferKind.Return
            : TransferKind.Jump;
        observation.Observer.Transfer(hart, state->Pc, target.Value, kind);
        return true;
    }

    public void Branch(HostWord condition, long offset)
    {
        if (condition.Value == 0) return;
        var state = hart.State;
        var target = state->Pc + (ulong)offset;
        if ((target & state->MisalignedPc) != 0)
        {
            hart.Raise(ExceptionCause.InstructionAddressMisaligned, target);
            return;
        }
        state->NextPc = target;
        observation.Observer.Transfer(hart, state->Pc, target, TransferKind.Branch);
    }

    public bool AccessCsr(int csr, CsrOperation operation, bool reads, bool writes, HostWord operand, out HostWord old)
    {
        var done = hart.TryAccessCsr(csr, operation, reads, writes, operand.Value, out var word, out var written);
        old = new HostWord(word);
        if (!done) return hart.RaiseIllegalCurrent();
        if (writes) observation.Observer.Csr(hart, csr, word, written);
        return true;
    }

    public bool Perform(HartOperation operation, in Instruction instruction)
    {
        var from = hart.State->Pc;
        if (operation == HartOperation.EnvironmentCall && hart.IsServedByModel)
            observation.Observer.HostCall(hart, hart.GetRegister(17), hart.GetRegister(16));
        var exceptions = hart.Exceptions;
        var done = hart.Perform(operation, in instruction);
        if (operation is HartOperation.MachineReturn or HartOperation.SupervisorReturn && hart.Exceptions == exceptions)
            observation.Observer.Transfer(hart, from, hart.State->NextPc, TransferKind.TrapReturn);
        if (operation == HartOperation.CacheBlockZero && done)
            Tell(hart.GetRegister(instruction.Rs1) & ~(ulong)(Hart.CacheBlockBytes - 1), Hart.CacheBlockBytes, AccessKind.Store, 0);
        return done;
    }

    public bool Float(FloatOperation operation, in Instruction instruction, HostWord first, HostWord second, HostWord third,
        out HostWord result)
    {
        var done = hart.Float(operation, in instruction, first.Value, second.Value, third.Value, out var word);
        result = new HostWord(word);
        return done;
    }

    private void Tell(ulong address, int sizeBytes, AccessKind kind, ulong value) =>
        observation.Observer.Access(hart, new MemoryAccess(
            hart.State->Pc, address, hart.LastPhysical, sizeBytes, kind, value, hart.CurrentBaseRegister));
}
