using System.Buffers.Binary;
using Verification.Machine.Isa;

namespace Verification.Toolchain.Linking;

/// <summary>
/// Reads a stub's instructions as a debugger and a stack analysis need them: where, at each of them, the caller's or the
/// interrupted code's registers are; how many bytes each function of the stub takes; what it calls, and on which stack.
/// <para>
/// Algorithm: the instructions are followed along all ways with values that are sums of a register's first content and a
/// constant, in registers, control registers and stack slots. A load into <c>sp</c>, or a swap with a control register,
/// begins another stack. Known limits: stores through pointers of unknown value are taken not to hit the stub's own
/// slots; a move of <c>sp</c> by an unknown amount is an error unless <c>.stack_frame BYTES</c> declares the frame.
/// </para>
/// </summary>
internal sealed class StubFlow
{
    private const int StackPointer = 2;
    private const int ReturnAddress = 1;
    private const int InterruptedPc = 64;

    // The RISC-V DWARF specification's numbers of control registers begin here.
    private const int FirstCsr = 4096;
    private const int FreshToken = 1000;

    private const int Sepc = 0x141;
    private const int Mepc = 0x341;

    private static readonly int[] KeptByCallees = [1, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27];
    private static readonly int[] LostInCalls = [1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31];

    private readonly bool _isDeclared;
    private readonly byte[] _code;
    private readonly StubFrame _frame;
    private readonly IReadOnlyList<StubSymbol> _symbols;
    private readonly Dictionary<int, Relocation> _relocations = [];
    private readonly Dictionary<int, string> _farTargets = [];
    private readonly SortedDictionary<int, State> _before = [];
    private readonly SortedDictionary<int, StubCall> _calls = [];
    private readonly SortedDictionary<int, State> _inCallees = [];
    private readonly SortedDictionary<int, (int Entry, int Own)> _depths = [];
    private readonly Queue<int> _work = new();

    private StubFlow(byte[] code, IReadOnlyList<Relocation> relocations, IReadOnlyList<StubSymbol> symbols, StubFrame frame, bool isDeclared)
    {
        _isDeclared = isDeclared;
        _code = code;
        _symbols = symbols;
        _frame = frame;
        foreach (Relocation relocation in relocations) _relocations[relocation.Offset] = relocation;
    }

    /// <summary>What is wrong, and at which offset; null if all is understood.</summary>
    public (int Offset, string Sentence)? Mistake { get; private set; }

    /// <summary>Follows a stub's code.</summary>
    /// <param name="code">Its bytes before linking.</param>
    /// <param name="relocations">Its places to fill in.</param>
    /// <param name="symbols">Its labels.</param>
    /// <param name="frame">How it is entered.</param>
    /// <param name="isDeclared">Whether the text declares the frame's size.</param>
    public static StubFlow Of(
        byte[] code, IReadOnlyList<Relocation> relocations, IReadOnlyList<StubSymbol> symbols, StubFrame frame, bool isDeclared)
    {
        StubFlow flow = new(code, relocations, symbols, frame, isDeclared);
        foreach (StubSymbol symbol in symbols.Where(symbol => symbol.IsGlobal))
        {
            // A label that the code before leads to is no function of its own making.
            if (flow._before.ContainsKey(symbol.Offset)) continue;
            flow.Reach(symbol.Offset, State.AtEntry(frame == StubFrame.Trap ? flow.PcRegister : null));
            while (flow.Mistake is null && flow._work.TryDequeue(out int offset)) flow.Follow(offset);
        }

        return flow;
    }

    /// <summary>The functions of the stub, by their global labels.</summary>
    /// <param name="declaredFrameBytes">The frame that the text declares, if it does.</param>
    public IReadOnlyList<StubFunction> Functions(int? declaredFrameBytes)
    {
        List<StubSymbol> globals = [.. _symbols.Where(symbol => symbol.IsGlobal).OrderBy(symbol => symbol.Offset)];
        List<StubFunction> functions = [];
        for (int index = 0; index < globals.Count; index++)
        {
            int start = globals[index].Offset;
            int end = index + 1 < globals.Count ? globals[index + 1].Offset : _code.Length;
            (int entry, int own) = (0, 0);
            foreach ((int offset, (int Entry, int Own) depth) in _depths)
            {
                if (offset >= start && offset < end) (entry, own) = (Math.Max(entry, depth.Entry), Math.Max(own, depth.Own));
            }

            // The stack of whoever jumps to the first instruction of all is nobody's.
            if (_frame == StubFrame.Outermost) entry = 0;
            functions.Add(new StubFunction(
                globals[index].Name, start, declaredFrameBytes ?? Math.Max(entry, own), declaredFrameBytes ?? entry,
                [.. _calls.Values.Where(call => call.Offset >= start && call.Offset < end)]));
        }

        return functions;
    }

    /// <summary>The unwinding rules, one row for each instruction at which they change.</summary>
    public IReadOnlyList<StubRow> Rows()
    {
        List<StubRow> rows = [];
        if (_frame == StubFrame.Outermost) return rows;
        int[] wanted = _frame == StubFrame.Trap ? [1, .. Enumerable.Range(3, 29), InterruptedPc] : KeptByCallees;
        foreach ((int offset, State state) in _before.Concat(_inCallees).OrderBy(pair => pair.Key))
        {
            StubPlace? found = state.Find(StackPointer, exact: false);
            StubPlace frame = found ?? new StubPlace(StubPlaceKind.Register, StackPointer, 0);
            List<(int, StubPlace)> registers = [];
            foreach (int register in wanted)
            {
                // Without its frame, nothing tells the caller's return address either.
                StubPlace place = (found is not null || register != ReturnAddress ? state.Find(register, exact: true) : null)
                    ?? new StubPlace(StubPlaceKind.Lost, 0, 0);
                if (place.Kind != StubPlaceKind.Same) registers.Add((register, place));
            }

            StubRow row = new(offset, frame, registers);
            if (rows.Count > 0 && rows[^1].FrameAddress == frame && rows[^1].Registers.SequenceEqual(registers)) continue;
            rows.Add(row);
        }

        return rows;
    }

    private int PcRegister => Contains("mret") ? Mepc : Sepc;

    private bool Contains(string mnemonic)
    {
        for (int offset = 0; offset < _code.Length;)
        {
            if (Decode(offset) is not { } instruction) return false;
            if (InstructionSet.Rows[instruction.Row].Mnemonic == mnemonic) return true;
            offset += instruction.SizeBytes;
        }

        return false;
    }

    private Instruction? Decode(int offset)
    {
        if (offset + 2 > _code.Length) return null;
        uint word = BinaryPrimitives.ReadUInt16LittleEndian(_code.AsSpan(offset));
        if (Decoder.SizeBytes(word) == 4)
        {
            if (offset + 4 > _code.Length) return null;
            word = BinaryPrimitives.ReadUInt32LittleEndian(_code.AsSpan(offset));
        }

        return Decoder.Decode(word, (IsaExtensions)ulong.MaxValue);
    }

    private void Reach(int offset, State state)
    {
        if (offset < 0 || offset >= _code.Length)
        {
            Mistake ??= (Math.Max(0, _code.Length - 2), "the code runs on behind its last instruction");
            return;
        }

        if (!_before.TryGetValue(offset, out State? known)) _before.Add(offset, state);
        else if (!known.Merge(state, offset, out string? mistake))
        {
            if (mistake is not null) Mistake ??= (offset, mistake);
            return;
        }

        _work.Enqueue(offset);
    }

    private void Follow(int offset)
    {
        if (Decode(offset) is not { } instruction)
        {
            Mistake ??= (offset, "what control comes to here is no instruction");
            return;
        }

        State state = _before[offset].Copy();
        string mnemonic = InstructionSet.Rows[instruction.Row].Mnemonic;
        int next = offset + instruction.SizeBytes;
        Measure(offset, state);
        switch (mnemonic)
        {
            case "jal":
                Jump(offset, next, instruction.Rd, Target(offset, instruction.Immediate, out string? symbol), symbol, state);
                return;
            case "jalr" when _farTargets.TryGetValue(offset, out string? far):
                Jump(offset, next, instruction.Rd, LabelOffset(far), far, state);
                return;
            case "jalr":
                if (instruction.Rd == 0 && state.Registers[instruction.Rs1].Token == ReturnAddress) return;
                AddCall(offset, instruction.Rd == 0 ? CallKind.Tail : CallKind.Call, [], state);
                if (instruction.Rd != 0) AfterCall(next, state);
                return;
            case "beq" or "bne" or "blt" or "bge" or "bltu" or "bgeu":
                if (Target(offset, instruction.Immediate, out _) is { } taken) Reach(taken, state.Copy());
                Reach(next, state);
                return;
            case "sret" or "mret":
                return;
        }

        if (_relocations.TryGetValue(offset, out Relocation? relocation) && relocation.Kind == RelocationKind.CallPlt) _farTargets[next] = relocation.Symbol;
        Value stack = state.Registers[StackPointer];
        Effect(offset, mnemonic, instruction, state);
        if (Mistake is not null) return;
        if (state.Registers[StackPointer] != stack) Measure(offset, state);
        Reach(next, state);
    }

    private void Jump(int offset, int next, int link, int? target, string? symbol, State state)
    {
        if (link == 0 && target is { } local)
        {
            Reach(local, state);
            return;
        }

        AddCall(offset, link == 0 ? CallKind.Tail : CallKind.Call, [symbol ?? LabelAt(target)], state);
        if (link != 0) AfterCall(next, state);
    }

    private string LabelAt(int? offset) => _symbols.FirstOrDefault(symbol => symbol.Offset == offset && symbol.IsGlobal).Name ?? "?";

    private void AfterCall(int next, State state)
    {
        foreach (int register in LostInCalls) state.Registers[register] = Value.Unknown;
        // A trap within the callee, or the callee itself, may have changed them.
        state.Csrs.Clear();
        // A caller is looked up at the byte before its return address: there the call has already happened.
        _inCallees[next - 1] = state.Copy();
        Reach(next, state);
    }

    private void AddCall(int offset, CallKind kind, IReadOnlyList<string> targets, State state)
    {
        Value stack = state.Registers[StackPointer];
        _calls[offset] = new StubCall(offset, kind, targets, (int)Math.Max(0, -stack.Offset), stack.Token == StackPointer && _frame != StubFrame.Outermost);
    }

    private void Measure(int offset, State state)
    {
        Value stack = state.Registers[StackPointer];
        int depth = (int)Math.Max(0, -stack.Offset);
        (int entry, int own) = _depths.GetValueOrDefault(offset);
        _depths[offset] = stack.Token == StackPointer ? (Math.Max(entry, depth), own) : (entry, Math.Max(own, depth));
    }

    private int? Target(int offset, long distance, out string? symbol)
    {
        symbol = null;
        if (!_relocations.TryGetValue(offset, out Relocation? relocation)) return offset + (int)distance;
        symbol = relocation.Symbol;
        return LabelOffset(symbol) + (int)relocation.Addend;
    }

    private int? LabelOffset(string name)
    {
        foreach (StubSymbol symbol in _symbols)
        {
            if (symbol.Name == name) return symbol.Offset;
        }

        return null;
    }

    private void Effect(int offset, string mnemonic, in Instruction instruction, State state)
    {
        Value made = Value.Unknown;
        Value left = state.Registers[instruction.Rs1];
        bool isWritten = true;
        switch (mnemonic)
        {
            case "addi" when !_relocations.ContainsKey(offset):
                made = left.Plus(instruction.Immediate);
                break;
            case "add" when instruction.Rs1 == 0:
                made = state.Registers[instruction.Rs2];
                break;
            case "add" when instruction.Rs2 == 0:
                made = left;
                break;
            case "ld":
                made = left.IsKnown ? state.Load(left.Plus(instruction.Immediate)) : Value.Unknown;
                break;
            case "sd" or "sw" or "sh" or "sb" or "fsd" or "fsw":
                if (left.IsKnown) state.Store(left.Plus(instruction.Immediate), mnemonic == "sd" ? state.Registers[instruction.Rs2] : Value.Unknown);
                isWritten = false;
                break;
            case "csrrw" or "csrrs" or "csrrc" or "csrrwi" or "csrrsi" or "csrrci":
                int csr = (int)instruction.Immediate & 0xFFF;
                made = state.Csrs.GetValueOrDefault(csr, Value.Unknown);
                if (mnemonic == "csrrw" && left.IsKnown && instruction.Rs1 != 0) state.Csrs[csr] = left;
                else if (mnemonic is "csrrw" or "csrrwi" || instruction.Rs1 != 0) state.Csrs.Remove(csr);
                break;
            case "ecall":
                // The SBI specification lets a call change these two.
                state.Registers[10] = state.Registers[11] = Value.Unknown;
                isWritten = false;
                break;
        }

        if (!isWritten || instruction.Rd == 0) return;
        if (instruction.Rd == StackPointer && !made.IsKnown)
        {
            if (mnemonic is not ("ld" or "lui" or "auipc" or "csrrw" or "csrrs" or "addi" or "add") || (mnemonic == "add" && instruction.Rs1 != 0 && instruction.Rs2 != 0))
            {
                if (!_isDeclared) Mistake ??= (offset, "sp is moved by an amount that the text does not tell; say how many bytes the stub takes with .stack_frame BYTES");
            }

            made = new Value(FreshToken + offset, 0);
        }

        // A float's destination has the same number and is none of these.
        if (mnemonic[0] != 'f') state.Registers[instruction.Rd] = made;
    }

    /// <summary>A sum of what a register held at first, or of what is called so, and a constant.</summary>
    private readonly record struct Value(int Token, long Offset)
    {
        public static readonly Value Unknown = new(-1, 0);

        public bool IsKnown => Token >= 0;

        public Value Plus(long distance) => IsKnown ? this with { Offset = Offset + distance } : this;
    }

    private sealed class State
    {
        public Value[] Registers { get; private init; } = new Value[32];

        public SortedDictionary<int, Value> Csrs { get; } = [];

        private readonly SortedDictionary<(int Token, long Offset), Value> _slots = [];

        public static State AtEntry(int? pcRegister)
        {
            State state = new();
            for (int register = 0; register < 32; register++) state.Registers[register] = register == 0 ? Value.Unknown : new Value(register, 0);
            if (pcRegister is { } csr) state.Csrs.Add(csr, new Value(InterruptedPc, 0));
            return state;
        }

        public State Copy()
        {
            State copy = new() { Registers = [.. Registers] };
            foreach ((int csr, Value value) in Csrs) copy.Csrs.Add(csr, value);
            foreach (((int, long) place, Value value) in _slots) copy._slots.Add(place, value);
            return copy;
        }

        public Value Load(Value address) => _slots.GetValueOrDefault((address.Token, address.Offset), Value.Unknown);

        public void Store(Value address, Value value)
        {
            foreach ((int Token, long Offset) place in _slots.Keys.Where(place => place.Token == address.Token && Math.Abs(place.Offset - address.Offset) < 8).ToArray())
                _slots.Remove(place);
            if (value.IsKnown) _slots[(address.Token, address.Offset)] = value;
        }

        /// <summary>Keeps what both ways agree on; true if something was lost.</summary>
        public bool Merge(State other, int offset, out string? mistake)
        {
            mistake = null;
            bool changed = false;
            Value own = Registers[StackPointer];
            Value theirs = other.Registers[StackPointer];
            if (own != theirs && own.Token == theirs.Token)
            {
                mistake = $"sp is {Math.Abs(own.Offset - theirs.Offset)} bytes lower on one way here than on another";
                return false;
            }

            for (int register = 1; register < 32; register++)
            {
                if (Registers[register] == other.Registers[register] || !Registers[register].IsKnown) continue;
                Value merged = register == StackPointer ? new Value(FreshToken + (1 << 20) + offset, 0) : Value.Unknown;
                if (Registers[register] == merged) continue;
                Registers[register] = merged;
                changed = true;
            }

            foreach (int csr in Csrs.Keys.Where(csr => other.Csrs.GetValueOrDefault(csr, Value.Unknown) != Csrs[csr]).ToArray()) changed |= Csrs.Remove(csr);
            foreach ((int, long) slot in _slots.Keys.Where(slot => other._slots.GetValueOrDefault(slot, Value.Unknown) != _slots[slot]).ToArray()) changed |= _slots.Remove(slot);
            return changed;
        }

        /// <summary>Where a first content is now.</summary>
        /// <param name="token">Whose.</param>
        /// <param name="exact">False if a known distance from it will do.</param>
        public StubPlace? Find(int token, bool exact)
        {
            if (exact && token < 32 && Registers[token] == new Value(token, 0)) return new StubPlace(StubPlaceKind.Same, token, 0);
            int[] order = [StackPointer, .. Enumerable.Range(1, 31).Where(register => register != StackPointer)];
            foreach (int register in order)
            {
                if (Registers[register].Token == token && (!exact || Registers[register].Offset == 0))
                    return new StubPlace(StubPlaceKind.Register, register, (int)-Registers[register].Offset);
            }

            foreach ((int csr, Value value) in Csrs)
            {
                if (value == new Value(token, 0)) return new StubPlace(StubPlaceKind.Register, FirstCsr + csr, 0);
            }

            foreach (((int Token, long Offset) slot, Value value) in _slots)
            {
                if (value != new Value(token, 0)) continue;
                foreach (int register in order)
                {
                    if (Registers[register].Token == slot.Token)
                        return new StubPlace(StubPlaceKind.Memory, register, (int)(slot.Offset - Registers[register].Offset));
                }
            }

            return null;
        }
    }
}
