using System.Runtime.CompilerServices;
using Verification.Machine.Isa;

namespace Verification.Machine.Harts;

/// <summary>The machine of the plain interpreter: meanings act on the hart's unmanaged state at once.</summary>
internal readonly unsafe struct InterpreterMachine(HartState* state) : IMachine<HostWord>
{
    private readonly HartState* _state = state;

    public HostWord Pc
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_state->Pc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HostWord X(int register) => new(_state->X[register]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void X(int register, HostWord value)
    {
        if (register != 0) _state->X[register] = value.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HostWord F(int register) => new(_state->F[register]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void F(int register, HostWord value)
    {
        _state->F[register] = value.Value;
        _state->FloatStatus = 3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Load(int sizeBytes, HostWord address, out HostWord value)
    {
        var entry = _state->DataTlb + TlbEntry.Slot(address.Value);
        if (entry->ReadTag == (address.Value & (~0xFFFUL | (uint)(sizeBytes - 1))))
        {
            value = new HostWord(Hart.ReadHost((byte*)((nint)address.Value + entry->Addend), sizeBytes));
            return true;
        }
        return LoadSlow(_state, sizeBytes, address.Value, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Store(int sizeBytes, HostWord address, HostWord value)
    {
        var entry = _state->DataTlb + TlbEntry.Slot(address.Value);
        if (entry->WriteTag == (address.Value & (~0xFFFUL | (uint)(sizeBytes - 1))))
        {
            Hart.WriteHost((byte*)((nint)address.Value + entry->Addend), sizeBytes, value.Value);
            return true;
        }
        return StoreSlow(_state, sizeBytes, address.Value, value.Value);
    }

    public bool Update(int sizeBytes, HostWord address, HostWord operand, Func<HostWord, HostWord, HostWord> update, out HostWord old)
    {
        var entry = _state->DataTlb + TlbEntry.Slot(address.Value);
        var tag = address.Value & (~0xFFFUL | (uint)(sizeBytes - 1));
        if (entry->WriteTag != tag || entry->ReadTag != tag)
            return _state->Hart.Update(sizeBytes, address.Value, operand, update, out old, out _);
        var host = (byte*)((nint)address.Value + entry->Addend);
        old = new HostWord(Hart.ReadHost(host, sizeBytes));
        Hart.WriteHost(host, sizeBytes, update(old, operand).Value);
        return true;
    }

    public bool LoadReserved(int sizeBytes, HostWord address, out HostWord value)
    {
        var done = _state->Hart.LoadReserved(sizeBytes, address.Value, out var word);
        value = new HostWord(word);
        return done;
    }

    public bool StoreConditional(int sizeBytes, HostWord address, HostWord value, out HostWord failed)
    {
        var done = _state->Hart.StoreConditional(sizeBytes, address.Value, value.Value, out var word);
        failed = new HostWord(word);
        return done;
    }

    public bool CompareAndSwap(int sizeBytes, HostWord address, HostWord expectedLow, HostWord expectedHigh, HostWord newLow,
        HostWord newHigh, out HostWord oldLow, out HostWord oldHigh)
    {
        var done = _state->Hart.CompareAndSwap(sizeBytes, address.Value, new UInt128(expectedHigh.Value, expectedLow.Value),
            new UInt128(newHigh.Value, newLow.Value), out var old);
        (oldLow, oldHigh) = (new HostWord((ulong)old), new HostWord((ulong)(old >> 64)));
        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Jump(HostWord target, int link, int baseRegister)
    {
        if ((target.Value & _state->MisalignedPc) != 0) return MisalignedTarget(_state, target.Value);
        if (link != 0) _state->X[link] = _state->NextPc;
        _state->NextPc = target.Value;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Branch(HostWord condition, long offset)
    {
        if (condition.Value == 0) return;
        var target = _state->Pc + (ulong)offset;
        if ((target & _state->MisalignedPc) != 0) MisalignedTarget(_state, target);
        else _state->NextPc = target;
    }

    public bool AccessCsr(int csr, CsrOperation operation, bool reads, bool writes, HostWord operand, out HostWord old)
    {
        var hart = _state->Hart;
        var done = hart.TryAccessCsr(csr, operation, reads, writes, operand.Value, out var word, out _);
        old = new HostWord(word);
        return done || hart.RaiseIllegalCurrent();
    }

    public bool Perform(HartOperation operation, in Instruction instruction)
    {
        if (operation == HartOperation.RequireFloat && _state->FloatStatus != 0) return true;
        return _state->Hart.Perform(operation, in instruction);
    }

    public bool Float(FloatOperation operation, in Instruction instruction, HostWord first, HostWord second, HostWord third,
        out HostWord result)
    {
        var done = _state->Hart.Float(operation, in instruction, first.Value, second.Value, third.Value, out var word);
        result = new HostWord(word);
        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool LoadSlow(HartState* state, int sizeBytes, ulong address, out HostWord value)
    {
        var done = state->Hart.LoadSlow(sizeBytes, address, out var word);
        value = new HostWord(word);
        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool StoreSlow(HartState* state, int sizeBytes, ulong address, ulong value) =>
        state->Hart.StoreSlow(sizeBytes, address, value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool MisalignedTarget(HartState* state, ulong target) =>
        state->Hart.Raise(ExceptionCause.InstructionAddressMisaligned, target);
}
