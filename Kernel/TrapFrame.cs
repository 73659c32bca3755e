namespace Verification.Kernel;

/// <summary>What the trap stub saves of the interrupted code. The stub's offsets are this struct's: 8 bytes each.</summary>
public struct TrapFrame
{
    /// <summary>The interrupted instruction.</summary>
    public ulong ProgramCounter;

    /// <summary>Return address, <c>x1</c>.</summary>
    public ulong ReturnAddress;

    /// <summary>The interrupted stack pointer, <c>x2</c>.</summary>
    public ulong StackPointer;

    /// <summary>The trap's cause, <c>scause</c>.</summary>
    public ulong Cause;

    /// <summary>The trap's value, <c>stval</c>.</summary>
    public ulong Value;
}
