namespace Verification.Framework.DebugInfo;

/// <summary>How a caller's register is found.</summary>
internal enum RegisterRule
{
    /// <summary>It still has the caller's value.</summary>
    Same,

    /// <summary>Its value is lost; for the return address: there is no caller.</summary>
    Undefined,

    /// <summary>It is saved at an offset from the frame's address.</summary>
    Saved,

    /// <summary>It is the frame's address plus an offset.</summary>
    FrameOffset,

    /// <summary>It is in another register.</summary>
    Moved,

    /// <summary>It is saved at a register's content plus an offset: the register in the value's high half, the offset in its low one.</summary>
    SavedAtRegister,

    /// <summary>An expression tells that is not evaluated.</summary>
    Expression,
}

/// <summary>
/// The rules at one instruction: the canonical frame address (the stack pointer's value at the function's entry) as a
/// register plus an offset, and where the caller's registers are.
/// </summary>
internal sealed class FrameRules
{
    private readonly Dictionary<int, (RegisterRule Rule, long Value)> registers = [];

    /// <summary>The register that the frame's address is reckoned from; -1 where an expression tells.</summary>
    public int FrameRegister { get; set; } = 2;

    public long FrameOffset { get; set; }

    /// <summary>Whether the frame's address lies in memory where register and offset point.</summary>
    public bool IsFrameInMemory { get; set; }

    public int ReturnRegister { get; init; } = 1;

    /// <summary>Whether the frame was interrupted, not called: its address is exact.</summary>
    public bool IsSignalFrame { get; init; }

    public (RegisterRule Rule, long Value) this[int register]
    {
        get => registers.GetValueOrDefault(register);
        set => registers[register] = value;
    }

    public void Restore(int register, FrameRules initial)
    {
        if (initial.registers.TryGetValue(register, out var rule)) registers[register] = rule;
        else registers.Remove(register);
    }

    public FrameRules Copy()
    {
        var copy = new FrameRules { FrameRegister = FrameRegister, FrameOffset = FrameOffset, IsFrameInMemory = IsFrameInMemory, ReturnRegister = ReturnRegister, IsSignalFrame = IsSignalFrame };
        foreach (var (register, rule) in registers) copy.registers[register] = rule;
        return copy;
    }
}
