using Verification.Machine.Isa;
using Verification.Machine.Isa.Floating;

namespace Verification.Specs.Isa;

/// <summary>
/// The simplest machine on which a meaning can run: registers, bytes, a reservation; it notes what is not its business
/// (steps of the hart, CSR accesses, floating-point operations) in the order in which it was asked for.
/// </summary>
public readonly struct PlainMachine(PlainMachine.State state) : IMachine<HostWord>
{
    public sealed class State
    {
        public readonly ulong[] X = new ulong[32];
        public readonly ulong[] F = new ulong[32];
        public readonly SortedDictionary<ulong, byte> Memory = [];
        public readonly List<string> Asked = [];
        public ulong Pc;
        public ulong NextPc;
        public ulong? Reservation;
        public ulong Csr;
        public uint Fcsr;

        /// <summary>Executes one instruction.</summary>
        public void Execute(in Instruction instruction)
        {
            NextPc = Pc + instruction.SizeBytes;
            InstructionTable<PlainMachine, HostWord>.Rows[instruction.Row].Meaning(new PlainMachine(this), in instruction);
        }

        public ulong Read(ulong address, int sizeBytes)
        {
            var value = 0ul;
            for (var i = 0; i < sizeBytes; i++)
                value |= (ulong)Memory.GetValueOrDefault(address + (ulong)i) << (8 * i);
            return value;
        }

        public void Write(ulong address, int sizeBytes, ulong value)
        {
            for (var i = 0; i < sizeBytes; i++)
                Memory[address + (ulong)i] = (byte)(value >> (8 * i));
        }
    }

    public HostWord Pc => new(state.Pc);

    public HostWord X(int register) => new(state.X[register]);

    public void X(int register, HostWord value)
    {
        if (register != 0)
            state.X[register] = value.Value;
    }

    public HostWord F(int register) => new(state.F[register]);

    public void F(int register, HostWord value) => state.F[register] = value.Value;

    public bool Load(int sizeBytes, HostWord address, out HostWord value)
    {
        value = new(state.Read(address.Value, sizeBytes));
        return true;
    }

    public bool Store(int sizeBytes, HostWord address, HostWord value)
    {
        state.Write(address.Value, sizeBytes, value.Value);
        return true;
    }

    public bool Update(int sizeBytes, HostWord address, HostWord operand,
        Func<HostWord, HostWord, HostWord> update, out HostWord old)
    {
        old = new(state.Read(address.Value, sizeBytes));
        state.Write(address.Value, sizeBytes, update(old, operand).Value);
        return true;
    }

    public bool LoadReserved(int sizeBytes, HostWord address, out HostWord value)
    {
        state.Reservation = address.Value;
        return Load(sizeBytes, address, out value);
    }

    public bool StoreConditional(int sizeBytes, HostWord address, HostWord value, out HostWord failed)
    {
        var holds = state.Reservation == address.Value;
        if (holds)
            state.Write(address.Value, sizeBytes, value.Value);
        state.Reservation = null;
        failed = new(holds ? 0ul : 1);
        return true;
    }

    public bool CompareAndSwap(int sizeBytes, HostWord address, HostWord expectedLow, HostWord expectedHigh,
        HostWord newLow, HostWord newHigh, out HostWord oldLow, out HostWord oldHigh)
    {
        var half = Math.Min(sizeBytes, 8);
        var mask = ulong.MaxValue >> (64 - 8 * half);
        oldLow = new(state.Read(address.Value, half));
        oldHigh = new(sizeBytes == 16 ? state.Read(address.Value + 8, 8) : 0);
        if (oldLow.Value == (expectedLow.Value & mask) && oldHigh.Value == expectedHigh.Value)
        {
            state.Write(address.Value, half, newLow.Value);
            if (sizeBytes == 16)
                state.Write(address.Value + 8, 8, newHigh.Value);
        }

        return true;
    }

    public bool Jump(HostWord target, int link, int baseRegister)
    {
        X(link, new(state.NextPc));
        state.NextPc = target.Value;
        return true;
    }

    public void Branch(HostWord condition, long offset)
    {
        if (condition.Value != 0)
            state.NextPc = state.Pc + (ulong)offset;
    }

    public bool AccessCsr(int csr, CsrOperation operation, bool reads, bool writes, HostWord operand, out HostWord old)
    {
        state.Asked.Add($"csr {csr:x}{(reads ? " read" : "")}{(writes ? " write" : "")}");
        old = new(state.Csr);
        if (writes)
        {
            state.Csr = operation switch
            {
                CsrOperation.Write => operand.Value,
                CsrOperation.Set => state.Csr | operand.Value,
                _ => state.Csr & ~operand.Value,
            };
        }

        return true;
    }

    public bool Perform(HartOperation operation, in Instruction instruction)
    {
        state.Asked.Add(operation.ToString());
        return true;
    }

    public bool Float(FloatOperation operation, in Instruction instruction, HostWord first, HostWord second,
        HostWord third, out HostWord result)
    {
        state.Asked.Add($"{operation.Kind} {operation.Format} {operation.Target}");
        var rounding = instruction.Mode == RoundingModeNames.Dynamic ? state.Fcsr >> 5 : instruction.Mode;
        result = new(SoftFloat.Compute(
            operation, (RoundingMode)rounding, first.Value, second.Value, third.Value, out var flags));
        state.Fcsr |= (uint)flags;
        return true;
    }
}
