using Verification.Machine.Translation.X64;

namespace Verification.Machine.Translation;

/// <summary>
/// Which checks the accesses of a block need that go through <c>s0</c> to what lies below it, as those of a frame pointer do:
/// one for all as long as it is the same.
/// </summary>
internal static class FrameChecks
{
    /// <summary>For the first guard of those that are checked together, what they reach; null for the others. Other guards are no keys.</summary>
    internal static Dictionary<Effect, FrameCheck?> Of(IEnumerable<Effect> effects)
    {
        var result = new Dictionary<Effect, FrameCheck?>(ReferenceEqualityComparer.Instance);
        Effect? first = null;
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Effect.GuardAccess { BaseRegister: ObservedEffects.FramePointer } guard
                    when AccessGroup.TryParse(guard.Address, out _, out var offset) && offset + guard.SizeBytes <= 0:
                    result[guard] = null;
                    first ??= guard;
                    var (low, end) = result[first] ?? new(offset, offset + guard.SizeBytes);
                    result[first] = new(Math.Min(low, offset), Math.Max(end, offset + guard.SizeBytes));
                    break;
                case Effect.SetRegister { Register: ObservedEffects.FramePointer } or Effect.Perform:
                    first = null;
                    break;
            }
        }

        return result;
    }
}

/// <summary>Offsets from <c>s0</c>: the lowest byte that is accessed, and the end.</summary>
internal readonly record struct FrameCheck(int Low, int End);
