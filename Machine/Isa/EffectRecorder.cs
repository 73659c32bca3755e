namespace Verification.Machine.Isa;

/// <summary>A machine that notes what a meaning asks of it: the effect summary is read off the meanings themselves.</summary>
/// <param name="notes">Where to note.</param>
internal readonly struct EffectRecorder(EffectRecorder.Notes notes) : IMachine<HostWord>
{
    internal sealed class Notes
    {
        internal uint IntegerReads;
        internal uint IntegerWrites;
        internal uint FloatReads;
        internal uint FloatWrites;
        internal InstructionTraits Traits;
    }

    public HostWord Pc
    {
        get
        {
            notes.Traits |= InstructionTraits.ReadsPc;
            return default;
        }
    }

    public HostWord X(int register)
    {
        notes.IntegerReads |= 1u << register & ~1u;
        return default;
    }

    public void X(int register, HostWord value) => notes.IntegerWrites |= 1u << register & ~1u;

    public HostWord F(int register)
    {
        notes.FloatReads |= 1u << register;
        return default;
    }

    public void F(int register, HostWord value) => notes.FloatWrites |= 1u << register;

    public bool Load(int sizeBytes, HostWord address, out HostWord value) =>
        Note(InstructionTraits.Loads | InstructionTraits.CanTrap, out value);

    public bool Store(int sizeBytes, HostWord address, HostWord value) =>
        Note(InstructionTraits.Stores | InstructionTraits.CanTrap, out _);

    public bool Update(int sizeBytes, HostWord address, HostWord operand,
        Func<HostWord, HostWord, HostWord> update, out HostWord old) => Atomic(out old);

    public bool LoadReserved(int sizeBytes, HostWord address, out HostWord value) =>
        Note(InstructionTraits.Loads | InstructionTraits.CanTrap | InstructionTraits.Atomic, out value);

    public bool StoreConditional(int sizeBytes, HostWord address, HostWord value, out HostWord failed) =>
        Note(InstructionTraits.Stores | InstructionTraits.CanTrap | InstructionTraits.Atomic, out failed);

    public bool CompareAndSwap(int sizeBytes, HostWord address, HostWord expectedLow, HostWord expectedHigh,
        HostWord newLow, HostWord newHigh, out HostWord oldLow, out HostWord oldHigh)
    {
        oldHigh = default;
        return Atomic(out oldLow);
    }

    public bool Jump(HostWord target, int link, int baseRegister)
    {
        notes.IntegerWrites |= 1u << link & ~1u;
        return Note(InstructionTraits.Jumps | InstructionTraits.CanTrap, out _);
    }

    public void Branch(HostWord condition, long offset) => notes.Traits |= InstructionTraits.Branches;

    public bool AccessCsr(int csr, CsrOperation operation, bool reads, bool writes, HostWord operand, out HostWord old) =>
        Note(
            InstructionTraits.CanTrap
            | (reads ? InstructionTraits.ReadsCsr : 0)
            | (writes ? InstructionTraits.WritesCsr : 0),
            out old);

    public bool Perform(HartOperation operation, in Instruction instruction) =>
        operation == HartOperation.RequireFloat
            ? Note(InstructionTraits.Float | InstructionTraits.CanTrap, out _)
            : Note(InstructionTraits.System | InstructionTraits.CanTrap, out _);

    public bool Float(FloatOperation operation, in Instruction instruction, HostWord first, HostWord second,
        HostWord third, out HostWord result) =>
        Note(InstructionTraits.Float | InstructionTraits.CanTrap, out result);

    private bool Atomic(out HostWord old) =>
        Note(
            InstructionTraits.Loads | InstructionTraits.Stores | InstructionTraits.CanTrap | InstructionTraits.Atomic,
            out old);

    private bool Note(InstructionTraits traits, out HostWord value)
    {
        notes.Traits |= traits;
        value = default;
        return true;
    }
}
