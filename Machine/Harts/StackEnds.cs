namespace Verification.Machine.Harts;

/// <summary>The ends of a guarded stack, and what an instruction that goes through a frame pointer into the stack can reach beyond them.</summary>
/// <param name="Low">The lowest address.</param>
/// <param name="High">The address behind the highest.</param>
internal readonly record struct StackEnds(ulong Low, ulong High)
{
    // So far below s0 an instruction can begin to reach, by 12 bits with their sign, and so far above it end.
    private const int ReachBelowBytes = 2048, ReachAboveBytes = 2047 + 8;

    /// <summary>Nothing is guarded.</summary>
    internal static StackEnds None => default;

    /// <summary>The pages that lie outside of the stack in part, so near that a frame pointer within may reach it there.</summary>
    internal ulong[] Pages =>
        this == None ? [] : [PageOf(Low - ReachBelowBytes), PageOf(Low - 1), PageOf(High), PageOf(High + ReachAboveBytes - 1)];

    private static ulong PageOf(ulong address) => address & ~0xFFFUL;
}
