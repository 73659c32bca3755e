using Verification.Machine.Isa;
using Verification.Machine.Translation.X64;

namespace Verification.Machine.Translation;

/// <summary>
/// Which checks the accesses of a block need that go through <c>s0</c>, a frame pointer or any other: one for all as long as it
/// is the same.
/// </summary>
internal static class FrameChecks
{
    /// <summary>For the first guard of those that are checked together, what they reach. Other guards are no keys.</summary>
    /// <param name="effects">What the block's instructions do.</param>
    /// <param name="known">Gets the guards that are checked with an earlier one.</param>
    internal static Dictionary<Effect, FrameCheck> Of(IReadOnlyCollection<Effect> effects, out HashSet<Effect> known)
    {
        var result = new Dictionary<Effect, FrameCheck>(ReferenceEqualityComparer.Instance);
        known = new(ReferenceEqualityComparer.Instance);
        var walks = effects.Any(static effect => effect is Effect.SetRegister { Register: ObservedEffects.FramePointer } set
            && set.Value.Uses(ObservedEffects.FramePointer) > 0);
        Effect? first = null;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Effect.GuardAccess { BaseRegister: ObservedEffects.FramePointer } guard
                    when AccessGroup.TryParse(guard.Address, out var register, out var offset) && register == ObservedEffects.FramePointer:
                    if (first is not null) known.Add(guard);
                    first ??= guard;
                    var end = offset + guard.SizeBytes;
                    var check = result.TryGetValue(first, out var before) ? before : new(offset, end, walks);
                    result[first] = check with { Low = Math.Min(check.Low, offset), End = Math.Max(check.End, end) };
                    break;
                case Effect.SetRegister { Register: ObservedEffects.FramePointer } or Effect.Perform:
                    first = null;
                    break;
            }
        }

        return result;
    }
}

/// <summary>What accesses through one <c>s0</c> reach.</summary>
/// <param name="Low">Offset of the lowest byte.</param>
/// <param name="End">Offset behind the highest.</param>
/// <param name="Walks">It is no frame's: the block steps it on.</param>
internal readonly record struct FrameCheck(int Low, int End, bool Walks)
{
    /// <summary>Something lies below where <c>s0</c> points.</summary>
    internal bool IsBelow => Low < 0;

    /// <summary>Something lies there or above.</summary>
    internal bool IsAbove => End > 0;
}
