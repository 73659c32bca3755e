using Verification.Machine.Translation.X64;

namespace Verification.Machine.Translation;

/// <summary>
/// Which checks the stack guards of a block need. The stack pointer is where the guard lets it be when the block begins, so
/// that what lies between it and what has been checked needs none: a frame costs one comparison when it is taken, and one
/// when it is given back, its accesses included.
/// </summary>
internal static class StackChecks
{
    /// <summary>The checks of guards that go by constant distances from <c>sp</c>; another guard is no key, and is checked alone.</summary>
    internal static Dictionary<Effect, StackCheck> Of(IEnumerable<Effect> effects)
    {
        var result = new Dictionary<Effect, StackCheck>(ReferenceEqualityComparer.Instance);
        var segment = new List<(Effect Guard, long Moved, long Low, long High)>();
        var moved = 0L;
        foreach (var effect in effects)
        {
            if (effect is Effect.GuardStackPointer pointer)
            {
                if (DistanceOf(pointer.Value) is { } step)
                {
                    segment.Add((effect, moved, moved + step, moved + step));
                    moved += step;
                    continue;
                }

                Close();
            }
            else if (effect is Effect.GuardAccess { BaseRegister: ObservedEffects.StackPointer } access && DistanceOf(access.Address) is { } distance)
            {
                segment.Add((effect, moved, moved + distance, moved + distance + access.SizeBytes));
            }
        }

        Close();
        return result;

        // The first that goes below, or above, where sp was at the segment's beginning is checked for all.
        void Close()
        {
            var (low, high) = (segment.Select(static s => s.Low).Append(0).Min(), segment.Select(static s => s.High).Append(0).Max());
            foreach (var (guard, before, from, to) in segment)
            {
                result[guard] = new(low != 0 && from < 0 ? low - before : null, high != 0 && to > 0 ? high - before : null);
                if (from < 0) low = 0;
                if (to > 0) high = 0;
            }

            segment.Clear();
            moved = 0;
        }
    }

    private static long? DistanceOf(Expression address) =>
        AccessGroup.TryParse(address, out var register, out var offset) && register == ObservedEffects.StackPointer ? offset : null;
}

/// <summary>What is compared before an instruction, as distances from <c>sp</c> as it is there.</summary>
/// <param name="Below">Must be no lower than the guard's deepest <c>sp</c>; null where that is known.</param>
/// <param name="Above">Must be no higher than the stack's top; null where that is known.</param>
internal readonly record struct StackCheck(long? Below, long? Above);
