using Verification.Machine.Harts;

namespace Verification.Specs.Privileged;

/// <summary>
/// One instruction, executed alone in a mode of choice: a0 and a1 go in, a0 comes out, together with the trap that it took.
/// </summary>
/// <param name="Word">The instruction; 16 bits where its low two bits are not 11.</param>
/// <param name="Mode">The mode.</param>
/// <param name="A0">What a0 holds before.</param>
/// <param name="A1">What a1 holds before.</param>
/// <param name="Status">Bits of <c>mstatus</c> besides MPP; in M-mode MPP as well, which MPRV goes by.</param>
/// <param name="Entry">Virtual address of the page that the instruction lies in.</param>
internal sealed record ScriptStep(uint Word, PrivilegeMode Mode, ulong A0 = 0, ulong A1 = 0, ulong Status = ScriptStep.FloatOn,
    ulong Entry = Script.StubAddress)
{
    /// <summary>mstatus.FS = initial.</summary>
    public const ulong FloatOn = 1UL << 13;

    public const ulong Mprv = 1UL << 17, Sum = 1UL << 18, Mxr = 1UL << 19, Tvm = 1UL << 20, Tw = 1UL << 21, Tsr = 1UL << 22;

    /// <summary>What the step is about, for the text of a failure.</summary>
    public string What { get; init; } = "";

    /// <summary>What of a0 may be compared: not the bits of a counter that runs.</summary>
    public ulong Compared { get; init; } = ulong.MaxValue;
}

/// <summary>What a step left: a0, the trap (cause 3 at offset 4 where there was none, by the ebreak behind the instruction),
/// and <c>mstatus</c> in the handler.</summary>
internal readonly record struct Outcome(ulong A0, ulong Cause, ulong Value, ulong Offset, ulong Status)
{
    public override string ToString() => $"a0 {A0:x} cause {Cause:x} tval {Value:x} at +{Offset:x} mstatus {Status:x}";
}
