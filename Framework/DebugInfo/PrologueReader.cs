using System.Buffers.Binary;
using Verification.Machine.Images;

namespace Verification.Framework.DebugInfo;

/// <summary>
/// Finds frame rules where no call frame information tells them: reads a function's instructions from its symbol up to the
/// place, and follows what compilers do to the stack pointer, the frame pointer and the saved registers.
/// </summary>
/// <remarks>
/// Known limits: instructions are read in order, branches are not followed, so a frame that one path alone sets up is seen
/// wrongly; what an epilogue gave back is taken as still there behind its jump; only sums of constants are known.
/// </remarks>
internal sealed class PrologueReader(KernelImage image)
{
    private const int LongestFunction = 64 << 10;
    private const int StackPointer = 2, FramePointer = 8;

    public FrameRules? Find(ulong address)
    {
        if (image.Elf is not { } elf || image.Symbols.FindFunction(address) is not { } place || place.Offset > LongestFunction) return null;
        var state = new State();
        Span<byte> bytes = stackalloc byte[4];
        for (var at = place.Symbol.Address; at < address;)
        {
            if (!elf.TryRead(at, bytes[..2])) return null;
            uint word = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            var isCompressed = (word & 3) != 3;
            if (!isCompressed)
            {
                if (!elf.TryRead(at, bytes)) return null;
                word = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            }

            if (isCompressed) state.Compressed(word);
            else state.Full(word);
            at += isCompressed ? 2ul : 4;
        }

        return state.Rules();
    }

    private sealed class State
    {
        private readonly Dictionary<int, long> constants = [];
        private Dictionary<int, long> saved = [];
        private long depth;
        private long? frameAt;
        private bool isUnknown;
        private (long Depth, long? FrameAt, bool IsUnknown) body;

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

        public void Full(uint word)
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
                case 0x6f or 0x67 when destination == 0:
                    Leave();
                    break;
                case 0x63 or 0x23 or 0x6f or 0x67 or 0x73 or 0x0f:
                    break;
                default:
                    Lose(destination);
                    break;
            }
        }

        public void Compressed(uint word)
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
                case 0xa001:
                    Leave();
                    break;
                case 0xe002:
                    Save((int)(word >> 2) & 31, (int)(((word >> 7) & 0x38) | ((word >> 1) & 0x1c0)));
                    break;
                case 0x8002 when (word & 0x107c) == 0:
                    Leave();
                    break;
                case 0x8002 when (word & 0x1000) != 0 && register == StackPointer:
                    Move(constants.TryGetValue((int)(word >> 2) & 31, out var amount) ? amount : null);
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
            // What is taken belongs to the body; what is given back, to an epilogue.
            if (amount is { } known) depth -= known;
            else isUnknown = true;
            if (amount is null or < 0) body = (depth, frameAt, isUnknown);
        }

        private void Save(int register, long offset)
        {
            if (isUnknown || register is not (1 or FramePointer or 9 or (>= 18 and <= 27))) return;
            saved.TryAdd(register, offset - depth);
        }

        private void Leave()
        {
            (depth, _, isUnknown) = body;
            if (frameAt is null) frameAt = body.FrameAt;
        }

        private void Lose(int register)
        {
            constants.Remove(register);
            if (register == StackPointer) isUnknown = true;
        }
    }
}
