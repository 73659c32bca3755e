using System.Buffers.Binary;

namespace Verification.Framework.DebugInfo;

/// <summary>Reads guest memory; false where there is none.</summary>
public delegate bool StackMemory(ulong address, Span<byte> destination);

/// <summary>How a frame's extent was found.</summary>
public enum FrameSource
{
    /// <summary>It wasn't: the chain ends here.</summary>
    None,

    /// <summary>From call frame information.</summary>
    CallFrameInformation,

    /// <summary>From the function's first instructions.</summary>
    Prologue,
}

/// <summary>A function's frame on the stack.</summary>
/// <param name="Pc">The instruction: of the innermost frame the one that is next, of others the one that is returned to.</param>
/// <param name="StackPointer">Lowest address of the frame.</param>
/// <param name="FrameAddress">The stack pointer's value at the function's entry; null where it can't be found.</param>
/// <param name="Source">How it was found.</param>
/// <param name="Places">The functions in whose code the instruction stands, innermost first.</param>
public sealed record StackFrame(ulong Pc, ulong StackPointer, ulong? FrameAddress, FrameSource Source, IReadOnlyList<CodePlace> Places)
{
    /// <summary>Bytes that the function has taken of the stack; null where its extent can't be found.</summary>
    public ulong? SizeBytes => FrameAddress - StackPointer;

    /// <summary>The function that owns the frame, or the address.</summary>
    public string Function => Places.Count > 0 ? Places[^1].Function : $"0x{Pc:x}";
}

/// <summary>
/// Finds the chain of calls from registers and stack: by call frame information, else by the functions' prologues. What it
/// reads may be destroyed; it ends where the chain makes no more sense.
/// </summary>
public sealed class Unwinder(ImageDebugInfo info)
{
    private const int StackRegister = 2;
    private const int Registers = 32;

    private readonly PrologueReader prologues = new(info.Image);

    /// <summary>Most frames of a chain.</summary>
    public int MostFrames { get; init; } = 1024;

    /// <summary>The frames, innermost first.</summary>
    /// <param name="pc">The next instruction.</param>
    /// <param name="registers">x0 to x31.</param>
    /// <param name="memory">The guest's memory.</param>
    public IReadOnlyList<StackFrame> Unwind(ulong pc, ReadOnlySpan<ulong> registers, StackMemory memory)
    {
        if (registers.Length != Registers) throw new ArgumentException("A hart has 32 registers.", nameof(registers));
        var known = new ulong?[Registers];
        for (var i = 0; i < Registers; i++) known[i] = registers[i];
        var frames = new List<StackFrame>();
        var isExact = true;
        while (frames.Count < MostFrames && known[StackRegister] is { } stackPointer)
        {
            // A call may be a function's last instruction: what is returned to belongs to the next one then.
            var place = isExact ? pc : pc - 1;
            var places = info.PlacesOf(place);
            if (places.Count == 0 && frames.Count > 0) break;
            var (rules, source) = Rules(place, pc);
            var frameAddress = rules is null ? null : FrameAddress(rules, known, memory);
            // A trap handler's own stack may lie anywhere; else a caller's frame lies above.
            if (frameAddress < stackPointer && !rules!.IsSignalFrame) (frameAddress, source) = (null, FrameSource.None);
            frames.Add(new StackFrame(pc, stackPointer, frameAddress, source, places));
            if (rules is null || frameAddress is not { } frame) break;
            // A function that has called has saved its return address; else the register is another's.
            if (!isExact && rules[rules.ReturnRegister].Rule == RegisterRule.Same) break;
            if (Caller(rules, known, frame, memory) is not { } caller || caller.Pc < 2) break;
            // A frame that takes nothing and returns to itself would go on for ever.
            if (frame == stackPointer && frames.Count > 1 && caller.Pc == pc) break;
            (pc, known, isExact) = (caller.Pc, caller.Known, rules.IsSignalFrame);
        }

        return frames;
    }

    private (FrameRules? Rules, FrameSource Source) Rules(ulong place, ulong pc)
    {
        if (info.Frames.Find(place) is { } found) return (found, FrameSource.CallFrameInformation);
        return prologues.Find(pc) is { } read ? (read, FrameSource.Prologue) : (null, FrameSource.None);
    }

    private static ulong? FrameAddress(FrameRules rules, ulong?[] known, StackMemory memory)
    {
        if (rules.FrameRegister is < 0 or >= Registers || known[rules.FrameRegister] is not { } start) return null;
        var address = start + (ulong)rules.FrameOffset;
        return rules.IsFrameInMemory ? Word(address, memory) : address;
    }

    private static ulong? Word(ulong address, StackMemory memory)
    {
        Span<byte> bytes = stackalloc byte[8];
        return memory(address, bytes) ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : null;
    }

    private static (ulong Pc, ulong?[] Known)? Caller(FrameRules rules, ulong?[] known, ulong frame, StackMemory memory)
    {
        var caller = new ulong?[Registers];
        for (var i = 1; i < Registers; i++) caller[i] = Value(rules[i], i, known, frame, memory);
        caller[0] = 0;
        caller[StackRegister] = frame;
        // A trap's return column is none of the 32: it stands for the interrupted pc.
        var pc = rules.ReturnRegister is >= 0 and < Registers
            ? caller[rules.ReturnRegister]
            : rules[rules.ReturnRegister] is { Rule: not RegisterRule.Same } place ? Value(place, 0, known, frame, memory) : null;
        return pc is null ? null : (pc.Value, caller);
    }

    private static ulong? Value((RegisterRule Rule, long Value) rule, int register, ulong?[] known, ulong frame, StackMemory memory)
    {
        switch (rule.Rule)
        {
            case RegisterRule.Same: return known[register];
            case RegisterRule.FrameOffset: return frame + (ulong)rule.Value;
            case RegisterRule.Moved: return rule.Value is >= 0 and < Registers ? known[rule.Value] : null;
            case RegisterRule.Saved:
                return Word(frame + (ulong)rule.Value, memory);
            case RegisterRule.SavedAtRegister:
                return known[(int)(rule.Value >> 32) & (Registers - 1)] is { } start ? Word(start + (ulong)(int)rule.Value, memory) : null;
            default: return null;
        }
    }
}
