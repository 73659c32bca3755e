using System.Buffers.Binary;
using Verification.Machine.Images;

namespace Verification.Framework.DebugInfo;

/// <summary>
/// Finds frame rules where no call frame information tells them: follows a function's instructions from its symbol along
/// all branches, and with them what compilers do to the stack pointer, the frame pointer and the saved registers.
/// </summary>
/// <remarks>
/// Known limits: where two paths meet, the first to arrive decides, as compilers keep the frame alike on both; behind an
/// indirect jump (a switch's table) the largest frame seen is taken; only sums of constants are known.
/// </remarks>
internal sealed class PrologueReader(KernelImage image)
{
    private const int LongestFunction = 64 << 10;
    private const int StackPointer = 2, FramePointer = 8;

    public FrameRules? Find(ulong address)
    {
        if (image.Elf is not { } elf || image.Symbols.FindFunction(address) is not { } place || place.Offset > LongestFunction) return null;
        var start = place.Symbol.Address;
        var end = start + (place.Symbol.SizeBytes > 0 ? Math.Min(place.Symbol.SizeBytes, LongestFunction) : LongestFunction);
        var visited = new HashSet<ulong>();
        var pending = new Stack<(ulong At, State State)>();
        pending.Push((start, new State()));
        State? largest = null;
        while (pending.TryPop(out var path))
        {
            var (at, state) = path;
            while (at >= start && at < end && visited.Add(at))
            {
                if (at == address) return state.Rules();
                if (largest is null || state.Depth > largest.Depth) largest = state.Copy();
                if (Fetch(elf, at) is not { } word) break;
                state.Apply(word);
                if (FunctionFlow.Target(word) is { } distance) pending.Push((at + (ulong)distance, state.Copy()));
                if (FunctionFlow.Leaves(word)) break;
                at += (word & 3) == 3 ? 4ul : 2;
            }
        }

        return largest?.Rules();
    }

    private static uint? Fetch(ElfImage elf, ulong at)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (!elf.TryRead(at, bytes[..2])) return null;
        uint word = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if ((word & 3) != 3) return word;
        return elf.TryRead(at, bytes) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : null;
    }

    private sealed class State
    {
        private readonly Dictionary<int, long> constants;
        private readonly Dictionary<int, long> saved;
        private long depth;
        private long? frameAt;
        private bool isUnknown;

        public State()
            : this([], [])
        {
        }

        private State(Dictionary<int, long> constants, Dictionary<int, long> saved) => (this.constants, this.saved) = (constants, saved);

        /// <summary>Bytes that the stack pointer stands below its value at the entry.</summary>
        public long Depth => depth;

        public State Copy() => new(new(constants), new(saved)) { depth = depth, frameAt = frameAt, isUnknown = isUnknown };

        public void Apply(uint word)
        {
            if ((word & 3) == 3) Full(word);
            else Compressed(word);
        }

        public FrameRules? Rules()
        {
            var rules = new FrameRules();
            if (frameAt is { } fixedAt && isUnknown) (rules.FrameRegister, rules.FrameOffset) = (FramePointer, fixedAt);
            else if (isUnknown) return null;
            else (rules.FrameRegister, rules.FrameOffset) = (StackPointer, depth);
            // Within an epilogue registers were loaded back from slots that are being given up.
            foreach (var (register, offset) in saved)
            {
                if (offset >= -depth || frameAt is not null) rules[register] = (RegisterRule.Saved, offset);
            }

            return rules;
        }

        private void Full(uint word)
        {
            var immediate = (int)word >> 20;
            var (destination, source, second) = ((int)(word >> 7) & 31, (int)(word >> 15) & 31, (int)(word >> 20) & 31);
            switch (word & 0x7f)
            {
                case 0x13 when (word & 0x7000) == 0:
                    Add(destination, source, immediate);
                    break;
                case 0x1b when (word & 0x7000) == 0:
                    Add(destination, source, immediate);
                    break;
                case 0x37:
                    constants[destination] = (int)(word & 0xfffff000);
                    break;
                case 0x23 when (word & 0x7000) == 0x3000 && source == StackPointer:
                    Save(second, (immediate & ~31) | destination);
                    break;
                case 0x33 when destination == StackPointer && source == StackPointer && (word & 0x7000) == 0:
                    Move(constants.TryGetValue(second, out var amount) ? (word >> 30 == 0 ? amount : -amount) : null);
                    break;
                case 0x63 or 0x23 or 0x6f or 0x67 or 0x73 or 0x0f:
                    break;
                default:
                    Lose(destination);
                    break;
            }
        }

        private void Compressed(uint word)
        {
            var register = (int)(word >> 7) & 31;
            var immediate = (int)((word >> 2) & 31) - (int)((word >> 7) & 32);
            switch (word & 0xe003)
            {
                case 0x0000 when word != 0:
                    // c.addi4spn: nzuimm[5:4|9:6|2|3].
                    Add(8 + (int)((word >> 2) & 7), StackPointer, (int)(((word >> 7) & 0x30) | ((word >> 1) & 0x3c0) | ((word >> 4) & 4) | ((word >> 2) & 8)));
                    break;
                case 0x0001 or 0x2001:
                    Add(register, register, immediate);
                    break;
                case 0x4001:
                    constants[register] = immediate;
                    break;
                case 0x6001 when register == StackPointer:
                    // c.addi16sp: nzimm[9], then [4|6|8:7|5].
                    Move((int)(((word >> 2) & 0x10) | ((word << 1) & 0x40) | ((word << 4) & 0x180) | ((word << 3) & 0x20)) - (int)((word >> 3) & 0x200));
                    break;
                case 0x6001:
                    constants[register] = (long)immediate << 12;
                    break;
                case 0xe002:
                    Save((int)(word >> 2) & 31, (int)(((word >> 7) & 0x38) | ((word >> 1) & 0x1c0)));
                    break;
                case 0x8002 when (word & 0x1000) != 0 && register == StackPointer:
                    Move(constants.TryGetValue((int)(word >> 2) & 31, out var amount) ? amount : null);
                    break;
                case 0x8002 when (word & 0x7c) == 0:
                    break;
                case 0x8002 or 0x4002 or 0x6002 or 0x0002:
                    Lose(register);
                    break;
                case 0x8001 or 0x4000 or 0x6000:
                    Lose(8 + (int)(word >> ((word & 3) == 0 ? 2 : 7) & 7));
                    break;
            }
        }

        private void Add(int destination, int source, long amount)
        {
            if (destination == StackPointer && source == StackPointer) Move(amount);
            else if (destination == StackPointer && source == FramePointer && frameAt is { } fixedAt) (depth, isUnknown) = (fixedAt - amount, false);
            else if (destination == FramePointer && source == StackPointer && !isUnknown) frameAt = depth - amount;
            else if (source == 0) constants[destination] = amount;
            else if (constants.TryGetValue(source, out var known)) constants[destination] = known + amount;
            else Lose(destination);
        }

        private void Move(long? amount)
        {
            if (amount is { } known) depth -= known;
            else isUnknown = true;
        }

        private void Save(int register, long offset)
        {
            if (isUnknown || register is not (1 or FramePointer or 9 or (>= 18 and <= 27))) return;
            saved.TryAdd(register, offset - depth);
        }

        private void Lose(int register)
        {
            constants.Remove(register);
            if (register == StackPointer) isUnknown = true;
        }
    }
}
